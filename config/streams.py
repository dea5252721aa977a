"""Requests that stay open and so are answered by async code: realtime, and nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any

from django.conf import settings

Application = Callable[[Any, Any, Any], Awaitable[None]]

_streams: dict[tuple[str, str], Application] = {}
_open: set[asyncio.Task[Any]] = set()
_ending = threading.Event()
_CLOSING = [(b"content-length", b"0"), (b"connection", b"close")]

if find_spec("realtime.stream") is not None and not settings.HOLDALL_FOLLOW:
    from realtime.stream import application as realtime

    _streams["GET", "/api/realtime"] = realtime


def stream_for(method: str, path: str) -> Application | None:
    """Return the async application for a request, ``None`` for Django's."""
    return _streams.get((method, path))


async def run(stream: Application, scope: Any, receive: Any, send: Any) -> None:
    """Run one stream until it ends, its client goes, or the worker stops.

    A worker that stops takes no more: clients connect again as soon as they are cut off, and the
    server would wait for them.
    """
    if _ending.is_set():
        await send({"type": "http.response.start", "status": 503, "headers": _CLOSING})
        await send({"type": "http.response.body", "body": b""})
        return
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 a coroutine always runs in a task
    _open.add(task)
    try:
        await stream(scope, receive, send)
    finally:
        _open.discard(task)


def end_all() -> None:
    """End every open stream, for good; a server waits for them before it stops."""
    _ending.set()
    for task in tuple(_open):
        task.cancel()
