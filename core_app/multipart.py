"""A multipart body -> texts and files by key, or an error where it is not whole.

Read in one pass and in pieces, as Go's ``mime/multipart`` reads it, on which PocketBase stands:
what one of them takes, skips or refuses, the other does too. Django's own parser differs in what
matters here: it skips parts without a head, does not miss the end, finds boundaries inside
lines, decodes base64, and knows no head above a kibibyte.
"""

from __future__ import annotations

import posixpath
import re
from binascii import a2b_qp
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import (
    InMemoryUploadedFile,
    TemporaryUploadedFile,
    UploadedFile,
)
from django.http import HttpRequest

from core_app import media_type

CHUNK = 1 << 16  # bytes read at once
KEPT_IN_MEMORY = 1 << 16  # bytes of a file, above which it is written to the disk
MOST_PARTS = 1000
MOST_HEAD_BYTES = 1 << 20  # of one part
MOST_TEXT_BYTES = 42 << 20  # of all texts together

Texts = dict[str, list[str]]
Files = dict[str, list["UploadedFile[bytes]"]]
Head = dict[str, str]

_CONTROL = re.compile(rb"[\0-\x08\n-\x1f\x7f]")  # what no value may have: all but the tab
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z ]+")
_BLANKS = b" \t"


class BrokenMultipart(Exception):
    """The body is not a whole multipart body; the text says what is wrong."""


def read(request: HttpRequest) -> tuple[Texts, Files]:
    """Return the texts and the uploaded files. Raise ``BrokenMultipart``."""
    stream = BytesIO(request.body) if hasattr(request, "_body") else request
    texts: Texts = {}
    files: Files = {}
    left = MOST_TEXT_BYTES
    try:
        for head, content in parts(stream, _boundary(request.META["CONTENT_TYPE"])):
            name, file_name = _names(head)
            if file_name:
                files.setdefault(name, []).append(_file(file_name, head, content))
            elif name:
                text = b"".join(_limited(content, left))
                left -= len(text)
                texts.setdefault(name, []).append(text.decode("utf-8", "replace"))
    except BaseException:
        for file in (one for some in files.values() for one in some):
            file.close()
        raise
    return texts, files


def parts(stream: Any, boundary: bytes) -> Iterator[tuple[Head, Iterator[bytes]]]:
    """Return head and content of each part that has a name; ``stream`` is read as they are.

    Header names are in lower case. Raise ``BrokenMultipart``.
    """
    reader = _Reader(stream, boundary)
    while (head := reader.next_head()) is not None:
        content = reader.content()
        if _names(head)[0]:
            how = head.get("content-transfer-encoding", "").lower()
            yield head, _unquoted(content) if how == "quoted-printable" else content
        for _ in content:  # what nobody wanted
            pass


class _Reader:
    """What is held of the stream (from ``_at`` on), and where in the body that is."""

    def __init__(self, stream: Any, boundary: bytes) -> None:
        self._stream = stream
        self._held = b""
        self._at = 0
        self._at_end = False
        self._mark = b"--" + boundary
        self._break = b"\r\n"  # the body's first line decides
        self._count = 0

    def next_head(self) -> Head | None:
        """Return the head of the next part, ``None`` behind the last."""
        is_due = False  # a line break was read that belongs to a boundary
        while True:
            line = self._line()
            if self._is_mark(line, self._mark + b"--", or_end=True):
                return None
            if not line.endswith(b"\n"):
                raise BrokenMultipart("it has no end")
            if self._is_mark(line, self._mark):
                self._count += 1
                if self._count > MOST_PARTS:
                    raise BrokenMultipart("too many parts")
                return self._head()
            if is_due or (self._count and line != self._break):
                raise BrokenMultipart("something between two parts")
            is_due = bool(self._count)

    def content(self) -> Iterator[bytes]:
        """Return the content of the part whose head was read, in pieces."""
        is_first = True
        while True:
            end, is_whole = self._find_end(is_first)
            if end > self._at:
                piece = self._held[self._at : end]
                self._at = end
                is_first = False
                yield piece
            elif not is_whole and not self._read_on():
                raise BrokenMultipart("a part without its end")
            if is_whole:
                return

    def _is_mark(self, line: bytes, mark: bytes, *, or_end: bool = False) -> bool:
        if not line.startswith(mark):
            return False
        rest = line[len(mark) :].lstrip(_BLANKS)
        if rest == b"\n" and not self._count and not or_end:
            self._break = rest
        return rest == self._break or (or_end and not rest)

    def _head(self) -> Head | None:
        """Return the headers up to the empty line; ``None`` if the body ends among them."""
        head: Head = {}
        line, size = self._line(), 0
        if line[:1] in (b" ", b"\t"):
            raise BrokenMultipart("a head that begins with a blank")
        while bare := _without_break(line):
            following = self._line()
            whole = bare.strip(_BLANKS)
            while following[:1] in (b" ", b"\t"):
                whole += b" " + _without_break(following).strip(_BLANKS)
                following = self._line()
            size += len(whole)
            name, colon, value = whole.partition(b":")
            is_header = colon and _NAME.fullmatch(name) and not _CONTROL.search(value)
            if size > MOST_HEAD_BYTES or not is_header:
                raise BrokenMultipart("a part without its head")
            text = value.lstrip(_BLANKS).decode("utf-8", "surrogateescape")
            head.setdefault(name.decode("ascii").lower(), text)
            line = following
        return head if line else None

    def _find_end(self, is_first: bool) -> tuple[int, bool]:
        """Return up to where what is held is content, and whether the part ends there."""
        held, at, mark = self._held, self._at, self._mark
        if is_first:
            if held.startswith(mark, at):
                is_end = self._ends_mark(at + len(mark))
                return (at + len(mark), False) if is_end is False else (at, bool(is_end))
            if mark.startswith(held[at:]):
                return at, False
        mark = self._break + mark
        found = held.find(mark, at)
        if found >= 0:
            is_end = self._ends_mark(found + len(mark))
            return (found + len(mark), False) if is_end is False else (found, bool(is_end))
        # what may be the beginning of a mark is no content yet
        begin = held.rfind(mark[:1], max(at, len(held) - len(mark)))
        if begin >= 0 and mark.startswith(held[begin:]):
            return begin, False
        return len(held), False

    def _ends_mark(self, at: int) -> bool | None:
        """Whether the mark before ``at`` is one; ``None`` if what is held does not tell."""
        after = self._held[at : at + 2]
        if after in (b"", b"-") and not self._at_end:
            return None
        return after == b"--" or after[:1] in (b"", b" ", b"\t", b"\r", b"\n")

    def _line(self) -> bytes:
        """Return the next line with its break; without one at the end."""
        searched = self._at
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held) - self._at
            if searched > MOST_HEAD_BYTES:
                raise BrokenMultipart("a line without its end")
            if not self._read_on():
                end = len(self._held) - 1
                break
        line = self._held[self._at : end + 1]
        self._at = end + 1
        return line

    def _read_on(self) -> bool:
        """Hold more of the stream. Return whether anything new is known: more of it, or its end."""
        was_at_end = self._at_end
        data: bytes = b"" if was_at_end else self._stream.read(CHUNK)
        self._held = self._held[self._at :] + data
        self._at = 0
        self._at_end = not data
        return not was_at_end


def _without_break(line: bytes) -> bytes:
    return line[:-1].removesuffix(b"\r") if line.endswith(b"\n") else line


def _boundary(content_type: str) -> bytes:
    found = media_type.parse(content_type)
    boundary = found[1].get("boundary", "") if found and found[0] == "multipart/form-data" else ""
    if not boundary:
        raise BrokenMultipart("no boundary")
    return boundary.encode("utf-8", "surrogateescape")


def _names(head: Head) -> tuple[str, str]:
    """Return the names of a part and of its file, ``""`` where there is none."""
    found = media_type.parse(head.get("content-disposition", ""))
    if found is None or found[0] != "form-data":
        return "", ""
    name, file_name = (_text(found[1].get(key, "")) for key in ("name", "filename"))
    return name, (posixpath.basename(file_name.rstrip("/")) or "/") if file_name else ""


def _text(header: str) -> str:
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _limited(content: Iterator[bytes], most: int) -> Iterator[bytes]:
    for piece in content:
        most -= len(piece)
        if most < 0:
            raise BrokenMultipart("too much text")
        yield piece


def _file(name: str, head: Head, content: Iterator[bytes]) -> UploadedFile[bytes]:
    """Return the content as an open file; a large one lies on the disk."""
    if name in (".", "..", "/"):
        name = "-"  # Django has no files of such names
    content_type = _text(head.get("content-type", ""))
    kept = b""
    for piece in content:
        kept += piece
        if len(kept) > KEPT_IN_MEMORY:
            break
    else:
        return InMemoryUploadedFile(BytesIO(kept), None, name, content_type, len(kept), None)
    file = TemporaryUploadedFile(name, content_type, 0, None)
    try:
        file.write(kept)
        for piece in content:
            file.write(piece)
    except BaseException:
        file.close()
        raise
    file.size = file.tell()
    file.seek(0)
    return file


def _unquoted(content: Iterator[bytes]) -> Iterator[bytes]:
    """Return quoted-printable content decoded, line by line."""
    rest = b""
    for piece in content:
        lines, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield a2b_qp(lines + newline)
    yield a2b_qp(rest)
