"""Signals around the life of a server process, for hooks and for our own background work.

``app_ready``: everything is loaded. ``server_starting``: a worker is about to take requests, in
the event loop ``loop``.
``server_stopping``: it is asked to stop; what has begun is finished. ``server_stopped``: nothing
runs any more, what was kept in memory must be written now. Sent in the worker's process, the last
two never from a request's thread. Receivers of ``server_stopping`` must be quick.
"""

from __future__ import annotations

from core_app.hooks import HookSignal

app_ready = HookSignal("app_ready")
server_starting = HookSignal("server_starting")
server_stopping = HookSignal("server_stopping")
server_stopped = HookSignal("server_stopped")
