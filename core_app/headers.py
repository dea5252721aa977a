"""A request's headers as rules name them: ``X-Token`` is ``x_token``. Read only when asked.

Of a header that comes several times the first counts, and one with hyphens before its like with
underscores (``X_Token``), which proxies may let through. As Go does, those about the connection are
left out: ``Host``, ``Transfer-Encoding``, ``Trailer``, and ``Content-Length`` of a body in chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

_BETWEEN_WORDS = re.compile(r"[\W_]+", re.ASCII)
_OF_CONNECTIONS = ("host", "transfer_encoding", "trailer")


def name_of(header: str) -> str:
    """Return the name of a header in rules."""
    return _BETWEEN_WORDS.sub("_", header.lower()).strip("_")


class RequestHeaders(Mapping[str, str]):
    """First values by name; bytes that are no UTF-8 are shown as ``�``."""

    __slots__ = ("_known", "_source")

    def __init__(self, request: HttpRequest) -> None:
        scope = getattr(request, "scope", None)
        self._source = request.META if scope is None else scope
        self._known: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, str]:
        if self._known is None:
            sent = self._source.get("headers")
            pairs = _of_meta(self._source) if sent is None else _of_scope(sent)
            found: dict[str, str] = {}
            for header, value in pairs:
                found.setdefault(name_of(header), value)
            if "transfer_encoding" in found:
                found.pop("content_length", None)
            for name in _OF_CONNECTIONS:
                found.pop(name, None)
            self._known = found
        return self._known


def _of_scope(sent: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, value in sorted(sent, key=lambda header: b"_" in header[0]):
        yield name.decode("latin-1"), value.decode("utf-8", "replace")


def _of_meta(meta: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in meta.items():
        if key.startswith("HTTP_"):
            yield key[5:], value
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield key, str(value)
