"""``GET /api/realtime`` as an ASGI application: one long answer, written as messages come.

The request first goes through Django's middlewares and its view like any other (real address, rate
limits, CORS and security headers, hooks), in a thread; what the view accepts is then streamed here.
A writer per connection takes all that waits and hands it to the server in one piece; the server's
``send`` holds it back while the client does not read.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse, StreamingHttpResponse

from core_app.errors import ServiceUnavailable
from realtime import hub as hubs
from realtime.hooks import DisconnectEvent, realtime_disconnected

if TYPE_CHECKING:
    from realtime.clients import Client
    from realtime.hub import Hub

#: how long a stream that is stopped from outside may take to write its end
LAST_WORDS_S = 1.0

Header = tuple[bytes, bytes]


class Accepted(StreamingHttpResponse):
    """The view's yes: what the stream of ``client`` begins with and how long it may last.

    ``first`` is the first message, ``None`` if a hook stopped it.
    """

    #: not worth an entry in the request log
    quiet = True

    def __init__(
        self, client: Client, first: bytes | None, idle_timeout_s: float, max_timeout_s: float
    ) -> None:
        super().__init__((), content_type="text/event-stream")
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"
        self.client = client
        self.first = first
        self.idle_timeout_s = idle_timeout_s
        self.max_timeout_s = max_timeout_s


class _Door:
    """Django's handler for the beginning of a connection, in threads that stay."""

    def __init__(self) -> None:
        self._handler: BaseHandler | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="realtime-door")

    async def ask(self, scope: dict[str, Any]) -> HttpResponse | Accepted:
        """Return what the view and all before it say to this request."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, scope)

    async def tell_disconnected(self, client: Client) -> None:
        """Let receivers know, in a thread."""
        await asyncio.get_running_loop().run_in_executor(self._threads, _tell_disconnected, client)

    def _ask(self, scope: dict[str, Any]) -> Any:
        if self._handler is None:
            handler = BaseHandler()
            handler.load_middleware()
            self._handler = handler
        response = self._handler.get_response(ASGIRequest(scope, BytesIO()))
        response.close()
        return response


_door = _Door()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one connection, from its first message to its last."""
    hub = await _ready_hub()
    response = await _door.ask(scope)
    start = {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": _headers(response),
    }
    if not isinstance(response, Accepted):
        await send(start)
        await send({"type": "http.response.body", "body": response.content})
        return
    client = response.client
    stream = _Stream(client, response, send)
    hub.registry.add(client)
    try:
        await send(start)
        await stream.run(receive)
    finally:
        client.close()
        hub.forget(client)
        if realtime_disconnected.receivers:
            await _door.tell_disconnected(client)


class _Stream:
    """One open answer."""

    def __init__(self, client: Client, accepted: Accepted, send: Any) -> None:
        self._client = client
        self._accepted = accepted
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._end = self._last + accepted.max_timeout_s

    async def run(self, receive: Any) -> None:
        """Write until the client is gone, its time is over, or somebody closes it."""
        writer = self._loop.create_task(self._write())
        gone = self._loop.create_task(_gone(receive))
        self._client.on_cut = writer.cancel
        self._watch_time()
        try:
            await asyncio.wait((writer, gone), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the server stops: end the answer as answers end
            self._client.close()
            await asyncio.wait((writer,), timeout=LAST_WORDS_S)
        finally:
            self._timer.cancel()
            writer.cancel()
            gone.cancel()
            await asyncio.gather(writer, gone, return_exceptions=True)

    async def _write(self) -> None:
        send, client, loop = self._send, self._client, self._loop
        message: bytes | None = None
        if self._accepted.first is not None:
            message = client.prefix + self._accepted.first
        while message is not None:
            await send({"type": "http.response.body", "body": message, "more_body": True})
            self._last = loop.time()
            message = await client.next()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _watch_time(self) -> None:
        """Close the client when it has been idle, or there at all, for too long."""
        now = self._loop.time()
        due = min(self._last + self._accepted.idle_timeout_s, self._end)
        if now >= due:
            self._client.close()
            due = now + 1
        self._timer = self._loop.call_at(due, self._watch_time)


async def _gone(receive: Any) -> None:
    """Return when the client has closed the connection, or only its half of it."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ready_hub() -> Hub:
    """Return this process's hub, started, with its connections in the running loop."""
    hub = hubs.current()
    loop = asyncio.get_running_loop()
    if not hub.is_worker:
        await asyncio.to_thread(hub.start, loop)
    hub.outlet.attach(loop)
    return hub


def _headers(response: HttpResponse | Accepted) -> list[Header]:
    headers = [
        (name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()
    ]
    if not isinstance(response, Accepted):
        headers.append((b"content-length", b"%d" % len(response.content)))
        if response.status_code == ServiceUnavailable.status:
            headers.append(
                (b"connection", b"close")
            )  # it is connections that there are too many of
    return headers


def _tell_disconnected(client: Client) -> None:
    realtime_disconnected.send_robust(None, event=DisconnectEvent(client))
