"""Conditional and partial requests for something with a size and a moment of change, no ETag.

Headers in, a decision out; answers as Go's ``http.ServeContent``, which PocketBase serves with.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.http import parse_http_date_safe

_INTEGER = re.compile(r"\+?[0-9]+")


class BadRange(Exception):
    """The ``Range`` header cannot be read."""


class NoOverlap(BadRange):
    """The ``Range`` header names nothing that exists."""


@dataclass(frozen=True, slots=True)
class Range:
    """``length`` bytes from ``start`` on."""

    start: int
    length: int

    def content_range(self, size: int) -> str:
        """Return the value of ``Content-Range``."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


class Verdict(enum.Enum):
    """What a conditional request is answered with."""

    SEND = 200
    NOT_MODIFIED = 304
    FAILED = 412


def judge(headers: Mapping[str, str], modified_s: int) -> Verdict:
    """Return the verdict on a GET or HEAD; ``modified_s`` is a moment in whole seconds."""
    if match := headers.get("If-Match"):
        # without an ETag of ours only the star can match
        if "*" not in match.split(","):
            return Verdict.FAILED
    elif (since := _date(headers.get("If-Unmodified-Since"))) and modified_s > since:
        return Verdict.FAILED
    if none_match := headers.get("If-None-Match"):
        return Verdict.NOT_MODIFIED if none_match.strip() == "*" else Verdict.SEND
    since = _date(headers.get("If-Modified-Since"))
    return Verdict.NOT_MODIFIED if since and modified_s <= since else Verdict.SEND


def wanted(headers: Mapping[str, str], size: int, modified_s: int) -> list[Range]:
    """Return the ranges to send, none for everything. Raise ``BadRange`` or ``NoOverlap``."""
    header = headers.get("Range", "")
    if (if_range := headers.get("If-Range")) and _date(if_range) != modified_s:
        return []
    try:
        ranges = parse(header, size)
    except NoOverlap:
        if size == 0:
            return []
        raise
    # more than everything is asked for: simply send everything
    return [] if sum(item.length for item in ranges) > size else ranges


def parse(header: str, size: int) -> list[Range]:
    """Return the satisfiable ranges of a ``Range`` header. Raise ``BadRange`` or ``NoOverlap``."""
    if not header:
        return []
    if not header.startswith("bytes="):
        raise BadRange(header)
    ranges: list[Range] = []
    beyond = False
    for part in header.removeprefix("bytes=").split(","):
        part = part.strip()
        if not part:
            continue
        start_text, dash, end_text = (text.strip() for text in part.partition("-"))
        if not dash:
            raise BadRange(header)
        if not start_text:
            length = min(_integer(end_text), size)
            ranges.append(Range(size - length, length))
            continue
        start = _integer(start_text)
        if start >= size:
            beyond = True
            continue
        end = _integer(end_text) if end_text else size - 1
        if start > end:
            raise BadRange(header)
        ranges.append(Range(start, min(end, size - 1) - start + 1))
    if beyond and not ranges:
        raise NoOverlap(header)
    return ranges


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or len(text) > 19:
        raise BadRange(text)
    return int(text)


def _date(text: str | None) -> int | None:
    return parse_http_date_safe(text) if text else None
