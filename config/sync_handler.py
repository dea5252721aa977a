"""ASGI -> Django's synchronous handler, in a few threads that live as long as the worker.

Django's own ASGI handler makes a thread, and so a database connection, for each request. Here a
fixed set of threads takes requests from a queue and keeps its connections. The event loop reads
bodies (large ones into temporary files) and writes answers; all of Django runs in the threads.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from asgiref.sync import async_to_sync, iscoroutinefunction
from django.conf import settings
from django.core import signals
from django.core.cache import close_caches
from django.core.handlers.base import BaseHandler, reset_urlconf
from django.db import DatabaseError, close_old_connections, connection, connections, reset_queries
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from config.request import Request
from config.request_body import ClientGone, has_body, read_body
from config.thread_pool import Failed, ThreadPool, Unsettled
from core_app.dialects import late_commits
from core_app.dialects.late_commits import LateCommit
from core_app.errors import ApiError
from core_app.exception_handler import to_response
from core_app.route_table import RouteTable
from core_app.routes import unmatched
from ops_app.serving import stopping

CHUNK = 1 << 16  # bytes of a file that are read at once
#: the ASGI extension by which a server sends a file without its bytes passing through Python
PATHSEND = "http.response.pathsend"

#: threads of a worker where nothing else is said
_THREADS = 8
_WRITING = frozenset({"POST", "PATCH"})

Header = tuple[bytes, bytes]
#: a request: its scope and its body
Job = tuple[dict[str, Any], bytes | IO[bytes]]

_MOST_ENCODED = 500
_OURS = ("core_app.", "config.", "ops_app.", "auth_app.")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Answer(NamedTuple):
    """A response ready to be sent: all of it, or its first chunk and where the rest comes from."""

    status: int
    headers: list[Header]
    content: bytes
    rest: Iterator[bytes] | None = None
    close: Any = None
    path: str = ""  # a file that the server itself sends as the body


class SyncHandler(BaseHandler):
    """An ASGI application; its pool must have been started."""

    def __init__(self, threads: int | None = None) -> None:
        super().__init__()
        self.load_middleware()
        _keep_connections()
        self._routes: RouteTable | None = None
        self._callables: dict[Any, Any] = {}
        count = threads or int(os.environ.get("HOLDALL_THREADS") or _THREADS)
        self.pool = ThreadPool(count, _lanes(count), self._settled)
        self._commits_late = _knows_all_middleware()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        pool = self.pool
        try:
            body = await read_body(scope, receive, pool) if has_body(scope) else b""
        except ClientGone:
            return
        except ApiError as error:
            answer = _whole(to_response(error))
        else:
            late = self._commits_late and scope["method"] in _WRITING and type(body) is bytes
            answer = await pool.run(self._answer_late if late else self._answer, (scope, body))
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        if answer.path:
            await send({"type": PATHSEND, "path": answer.path})
        elif answer.rest is None:
            await send({"type": "http.response.body", "body": answer.content})
        else:
            await self._send_rest(answer, receive, send)

    def _answer_late(self, job: Job) -> Answer | Unsettled:
        """Return Django's answer to a request; if its commit waits, with that and the request."""
        try:
            answer, waiting = late_commits.work(self._answer, job)
        except DatabaseError as error:
            return _whole(to_response(error))
        return answer if waiting is None else Unsettled((job, answer, waiting))

    def _settled(self, unsettled: Sequence[tuple[Job, Answer, LateCommit]]) -> list[Any]:
        """Commit what waits; return the answers, made once more where there was no commit."""
        outcomes = late_commits.settle([waiting for _, _, waiting in unsettled])
        final: list[Answer | Failed] = []
        for (job, answer, _), outcome in zip(unsettled, outcomes, strict=True):
            if outcome is True:
                final.append(answer)
            elif outcome is False:
                try:
                    final.append(late_commits.work_again(self._answer, job))
                except BaseException as error:  # noqa: BLE001 it is raised where it is awaited
                    final.append(Failed(error))
            else:
                final.append(_whole(to_response(outcome)))
        return final

    def _answer(self, job: Job) -> Answer:
        """Return Django's answer to a request; runs in a thread of the pool."""
        scope, body = job
        signals.request_started.send(sender=SyncHandler, scope=scope)
        request = Request(scope, body)
        response: Any = self._middleware_chain(request)  # type: ignore[attr-defined]
        response._resource_closers.append(request.close)
        response._handler_class = SyncHandler
        if "urlconf" in request.__dict__:
            reset_urlconf(SyncHandler)
        for opened in this_thread.connections:
            if opened.errors_occurred:
                opened.close_if_unusable_or_obsolete()
        if scope["method"] == "HEAD":
            answer = _without_content(response)
        elif response.streaming:
            if (path := getattr(response, "path", "")) and PATHSEND in scope.get("extensions", ()):
                answer = Answer(response.status_code, _encode_headers(response), b"", path=path)
            else:
                return _started(response)
        else:
            answer = _whole(response)
        response.close()
        return answer

    def resolve_request(self, request: Any) -> Any:
        """Return the view and its arguments; the API's without making a ``ResolverMatch``."""
        routes = self._routes
        if routes is None:
            routes = self._routes = import_string(f"{settings.ROOT_URLCONF}.api")
        raw: bytes = request.scope["raw_path"]
        if b"%" in raw and b"%2f" in raw.lower():
            found = routes.find_encoded(raw[1:].decode("latin-1"))
            if found is None and request.path_info.startswith("/api/"):
                return unmatched, (), {}  # Django would take the slash for one of the path
        else:
            found = routes.find(request.path_info[1:])
        return super().resolve_request(request) if found is None else (found[0], (), found[1])

    def _get_response(self, request: Any) -> Any:
        """Return the view's response, in Django's steps; how to call a view is decided once."""
        view, args, kwargs = self.resolve_request(request)
        for step in self._view_middleware:  # type: ignore[attr-defined]
            if response := step(request, view, args, kwargs):
                break
        else:
            call = self._callables.get(view)
            if call is None:
                call = self._callables[view] = self._callable(view)
            try:
                response = call(request, *args, **kwargs)
            except Exception as error:
                response = self.process_exception_by_middleware(error, request)
                if response is None:
                    raise
        if not isinstance(response, HttpResponseBase):
            self.check_response(response, view)
        if callable(getattr(response, "render", None)):
            return self._rendered(request, response)
        return response

    def _callable(self, view: Any) -> Any:
        made = self.make_view_atomic(view)
        return async_to_sync(made) if iscoroutinefunction(made) else made

    def _rendered(self, request: Any, response: Any) -> Any:
        for step in self._template_response_middleware:  # type: ignore[attr-defined]
            response = step(request, response)
            name = f"{type(step.__self__).__name__}.process_template_response"
            self.check_response(response, step, name=name)
        try:
            return response.render()
        except Exception as error:
            answer = self.process_exception_by_middleware(error, request)
            if answer is None:
                raise
            return answer

    async def _send_rest(self, answer: Answer, receive: Any, send: Any) -> None:
        """Send chunk after chunk, each read in a thread, until the end or the client is gone."""
        gone = asyncio.ensure_future(_disconnect(receive))
        chunk = answer.content
        try:
            while chunk and not gone.done():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await self.pool.run(_next_chunk, answer.rest)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            await self.pool.run(_close, answer)


def _lanes(threads: int) -> int:
    """Return how many of a worker's threads run at a time as long as none takes long.

    SQLite answers from memory. A server on this machine needs the same cores, and a thread's
    commits wait for each other's company; one elsewhere is waited for.
    """
    if given := os.environ.get("HOLDALL_LANES"):
        return int(given)
    if connection.vendor != "postgresql":
        return 1
    host = connection.settings_dict["HOST"]
    if host and not host.startswith("/") and host not in _THIS_MACHINE:
        return threads
    return max(1, 2 * (os.cpu_count() or 1) // stopping.workers())


def _knows_all_middleware() -> bool:
    """Return whether no middleware of the app's own would see answers before their commit."""
    return all(path.startswith(_OURS) for path in settings.MIDDLEWARE)


class _ThisThread(threading.local):
    """The connection objects of a thread; they stay the same, open or closed."""

    def __init__(self) -> None:
        self.connections = connections.all()


this_thread = _ThisThread()


def _keep_connections() -> None:
    """Take off what Django does around every request: ours looks at what broke, and no more."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_caches)
    signals.request_finished.disconnect(reset_urlconf)
    if not settings.DEBUG:
        signals.request_started.disconnect(reset_queries)


def _whole(response: Any) -> Answer:
    content = response.content
    headers = _encode_headers(response)
    headers.append((b"content-length", b"%d" % len(content)))
    return Answer(response.status_code, headers, content)


def _without_content(response: Any) -> Answer:
    headers = _encode_headers(response)
    if not response.streaming and "content-length" not in response.headers:
        headers.append((b"content-length", b"%d" % len(response.content)))
    return Answer(response.status_code, headers, b"")


def _started(response: Any) -> Answer:
    """Return the answer of a streaming response with its first chunk read."""
    if hasattr(response, "block_size"):
        response.block_size = CHUNK
    chunks = iter(response)
    first = next(chunks, b"")
    expected = response.headers.get("Content-Length")
    if expected is not None and len(first) == int(expected):
        answer = Answer(response.status_code, _encode_headers(response), first)
        response.close()
        return answer
    return Answer(response.status_code, _encode_headers(response), first, chunks, response.close)


class _Encoded(dict[tuple[str, str], Header]):
    """Headers as Django keeps them -> as they are sent; the first few hundred are remembered."""

    def __missing__(self, pair: tuple[str, str]) -> Header:
        encoded = (pair[0].lower().encode("ascii"), pair[1].encode("latin-1"))
        if len(self) < _MOST_ENCODED:
            self[pair] = encoded
        return encoded


_encoded = _Encoded()


def _encode_headers(response: Any) -> list[Header]:
    headers = [_encoded[pair] for pair in response.headers._store.values()]
    own = response.__dict__
    if "more_headers" in own:
        headers += own["more_headers"]
    if own.get("cookies"):
        headers += [
            (b"set-cookie", cookie.output(header="").strip().encode("ascii"))
            for cookie in response.cookies.values()
        ]
    return headers


def _next_chunk(chunks: Iterator[bytes]) -> bytes:
    for chunk in chunks:
        if chunk:
            return chunk
    return b""


def _close(answer: Answer) -> None:
    answer.close()


async def _disconnect(receive: Any) -> None:
    """Return when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
