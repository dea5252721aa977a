"""Bytes with a length and a moment of change -> the response that sends them, as Go would.

Ranges, 304 and 412 by ``ranges``; small things in one piece, others in chunks. Sets no header that
says what the bytes are for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from core_app.responses import bytes_response
from storage_app import ranges
from storage_app.ranges import BadRange, NoOverlap, Range, Verdict

#: up to this many bytes are sent in one piece
WHOLE = 1 << 18
CHUNK = 1 << 16
#: the headers that make an answer anything but all of the source
_CONDITIONS = frozenset(
    f"HTTP_{name}"
    for name in (
        *("RANGE", "IF_RANGE", "IF_MATCH", "IF_NONE_MATCH"),
        *("IF_MODIFIED_SINCE", "IF_UNMODIFIED_SINCE"),
    )
)


@dataclass(frozen=True, slots=True)
class Source:
    """What is sent: its size in bytes, when it changed (whole seconds), and how to get at it.

    ``part(start, length)`` is a stream of at least ``length`` bytes from ``start`` on. ``path`` is
    the file itself where it lies on this machine's disk.
    """

    size: int
    modified_s: int
    part: Callable[[int, int], IO[bytes]]
    path: str = ""


def send(request: HttpRequest, source: Source, content_type: str) -> HttpResponseBase:
    """Return status, body and the headers that depend on the client's conditions."""
    if _CONDITIONS.isdisjoint(request.META):
        response = _body(request, source, Range(0, source.size), content_type)
        response.headers["Accept-Ranges"] = "bytes"
        return response
    verdict = ranges.judge(request.headers, source.modified_s)
    if verdict is Verdict.NOT_MODIFIED:
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
        return response
    if verdict is Verdict.FAILED:
        return HttpResponse(status=412, content_type=content_type)
    try:
        wanted = ranges.wanted(request.headers, source.size, source.modified_s)
    except BadRange as error:
        return _unsatisfiable(error, source.size)
    if not wanted:
        response = _body(request, source, Range(0, source.size), content_type)
    elif len(wanted) == 1:
        response = _body(request, source, wanted[0], content_type)
        response.status_code = 206
        response.headers["Content-Range"] = wanted[0].content_range(source.size)
    else:
        response = _several(request, source, wanted, content_type)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _body(request: HttpRequest, source: Source, part: Range, content_type: str) -> HttpResponse:
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    elif part.length <= WHOLE:
        return bytes_response(_read(source, part), content_type)
    else:
        pieces = Pieces(source, [part])
        response = StreamingHttpResponse(pieces, content_type=content_type)  # type: ignore[assignment]
        if part.length == source.size:
            response.path = source.path  # type: ignore[attr-defined]  # the server may send it itself
    response.headers["Content-Length"] = str(part.length)
    return response


def _read(source: Source, part: Range) -> bytes:
    if source.path:
        with open(source.path, "rb", buffering=0) as file:
            file.seek(part.start)
            return file.read(part.length)
    with closing(source.part(part.start, part.length)) as stream:
        return stream.read(part.length)


def _several(
    request: HttpRequest, source: Source, wanted: list[Range], content_type: str
) -> HttpResponse:
    boundary = secrets.token_hex(30)
    heads = [
        f"--{boundary}\r\nContent-Range: {part.content_range(source.size)}\r\n"
        f"Content-Type: {content_type}\r\n\r\n".encode()
        for part in wanted
    ]
    heads[1:] = [b"\r\n" + head for head in heads[1:]]
    tail = f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/byteranges; boundary={boundary}"
    if request.method == "HEAD":
        response = HttpResponse(status=206, content_type=kind)
    else:
        pieces = Pieces(source, wanted, heads, tail)
        response = StreamingHttpResponse(pieces, status=206, content_type=kind)  # type: ignore[assignment]
    length = sum(part.length for part in wanted) + sum(map(len, heads)) + len(tail)
    response.headers["Content-Length"] = str(length)
    return response


def _unsatisfiable(error: BadRange, size: int) -> HttpResponse:
    overlaps = not isinstance(error, NoOverlap)
    text = "invalid range\n" if overlaps else "invalid range: failed to overlap\n"
    response = HttpResponse(text, status=416, content_type="text/plain; charset=utf-8")
    if not overlaps:
        response.headers["Content-Range"] = f"bytes */{size}"
    return response


class Pieces:
    """The parts of a source as chunks of bytes, each part after its head.

    The first part is opened at once, so that what is not there is told before anything is sent.
    """

    def __init__(
        self,
        source: Source,
        parts: list[Range],
        heads: list[bytes] | None = None,
        tail: bytes = b"",
    ) -> None:
        self._source = source
        self._parts = parts
        self._heads = heads or [b""] * len(parts)
        self._tail = tail
        self._stream: IO[bytes] | None = source.part(parts[0].start, parts[0].length)

    def __iter__(self) -> Iterator[bytes]:
        try:
            for head, part in zip(self._heads, self._parts, strict=True):
                if head:
                    yield head
                yield from self._part(part)
            if self._tail:
                yield self._tail
        finally:
            self.close()

    def _part(self, part: Range) -> Iterator[bytes]:
        stream = self._stream or self._source.part(part.start, part.length)
        self._stream = stream
        left = part.length
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
        self.close()

    def close(self) -> None:
        """Close what is open; Django calls this when the client has gone."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
