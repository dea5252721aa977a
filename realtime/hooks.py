"""The signals around realtime connections, each beside the event it carries. No senders.

They are sent in threads, never in the event loop, and cost nothing while nobody listens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core_app.hooks import HookSignal

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core_app.request_info import RequestInfo
    from realtime.clients import Client


@dataclass(slots=True)
class ConnectEvent:
    """A client connects; raise ``ApiError`` to refuse. The timeouts (seconds) may be changed.

    ``idle_timeout_s`` counts from the last message, ``max_timeout_s`` from the beginning.
    """

    client: Client
    request: HttpRequest
    idle_timeout_s: float
    max_timeout_s: float


@dataclass(slots=True)
class SubscribeEvent:
    """A client is about to listen to ``subscriptions`` and nothing else; change or refuse them.

    The connection itself may be another worker's, so there is only its id.
    """

    client_id: str
    subscriptions: list[str]
    info: RequestInfo


@dataclass(slots=True)
class MessageEvent:
    """A message is about to be sent to one client; ``data`` is its JSON.

    Both may be changed. Raising closes the connection.
    """

    client: Client
    name: str
    data: bytes


@dataclass(slots=True)
class DisconnectEvent:
    """A connection has ended, whoever ended it."""

    client: Client


realtime_connect_request = HookSignal("realtime_connect_request")
realtime_subscribe_request = HookSignal("realtime_subscribe_request")
before_realtime_message = HookSignal("before_realtime_message")
realtime_disconnected = HookSignal("realtime_disconnected")
