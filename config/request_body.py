"""Reading a request's body from ASGI: small ones to memory, large ones to a temporary file."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from config.thread_pool import ThreadPool
from core_app import body_limits
from core_app.errors import PayloadTooLarge

MEMORY_LIMIT = 1 << 20  # bytes that are kept in memory
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


def has_body(scope: Any) -> bool:
    """Whether there is a body to wait for. Requests of reading methods announce theirs."""
    if scope["method"] not in _WITHOUT_BODY:
        return True
    for name, value in scope["headers"]:
        if name == b"content-length":
            return bool(value != b"0")
        if name == b"transfer-encoding":
            return True
    return False


async def read_body(scope: Any, receive: Any, pool: ThreadPool) -> bytes | IO[bytes]:
    """Return the body, as an open file where it is large.

    Raise ``ApiError`` before reading on where it is longer than its path allows its sender,
    ``ClientGone`` if it does not arrive whole.
    """
    length = _announced_length(scope)
    limit = body_limits.DEFAULT_LIMIT
    if length is not None and length > limit:
        limit = await _check(length, scope, pool)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    # servers may say only with another, empty message that there is no more than was announced
    if not message.get("more_body") or len(body) == length:
        return body
    chunks, size = [body], len(body)
    file: IO[bytes] | None = None
    while message.get("more_body") and size != length:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            limit = await _check(size, scope, pool)
        if size > MEMORY_LIMIT:
            if file is None:
                file = tempfile.TemporaryFile()  # noqa: SIM115 the request closes it
            file.write(b"".join(chunks))
            chunks.clear()
    if file is None:
        return b"".join(chunks)
    file.seek(0)
    return file


def _announced_length(scope: Any) -> int | None:
    """Return the length of the body, ``None`` where only its end will tell."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


async def _check(size: int, scope: Any, pool: ThreadPool) -> int:
    """Return the limit of this path. Raise ``PayloadTooLarge`` if ``size`` is above it."""
    limit: int = await pool.run(_limit_of, scope)
    if size > limit:
        raise PayloadTooLarge
    return limit


def _limit_of(scope: Any) -> int:
    headers = (value for name, value in scope["headers"] if name == b"authorization")
    return body_limits.limit_of(scope["path"], next(headers, b"").decode("latin-1"))
