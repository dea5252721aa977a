"""CORS: which web origins may call, and the answer to a browser's preflight."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from core_app.responses import no_content

_REQUEST_HEADERS = (b"Access-Control-Request-Method", b"Access-Control-Request-Headers")
METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE"


#: longer ones are no names of hosts
_LONGEST_HOST = 253


class Origins:
    """A list of origins: ``*``, exact ones, or ``https://*.example.com`` for subdomains.

    In a pattern ``*`` stands for any characters and ``?`` for one, but none of them for a slash.
    Case counts: browsers send lower case.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        entries = list(allowed) or ["*"]
        self.anyone = "*" in entries
        self._exact = frozenset(entries)
        self._patterns = [re.compile(_pattern(entry)) for entry in entries]

    def allows(self, origin: str) -> bool:
        """Whether a page from ``origin`` may read answers."""
        if self.anyone or origin in self._exact:
            return True
        _, mark, host = origin.partition("://")
        if not mark or len(host) > _LONGEST_HOST:
            return False
        return any(pattern.fullmatch(origin) for pattern in self._patterns)

    def preflight(self, request: HttpRequest) -> HttpResponse:
        """Answer any ``OPTIONS``: 204, with permissions where the origin is allowed."""
        response = no_content()
        response.headers["Vary"] = "Origin"
        origin = request.META.get("HTTP_ORIGIN", "")
        if not origin or not self.allows(origin):
            return response
        # a line each, as the reference: what Django has no way to say
        response.more_headers = [(b"vary", name) for name in _REQUEST_HEADERS]  # type: ignore[attr-defined]
        response.headers["Access-Control-Allow-Origin"] = "*" if self.anyone else origin
        response.headers["Access-Control-Allow-Methods"] = METHODS
        wanted = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
        if wanted:
            response.headers["Access-Control-Allow-Headers"] = wanted
        return response


def _pattern(entry: str) -> str:
    """Return the regular expression of an entry; before the scheme's mark a slash may be."""
    escaped = re.escape(entry).replace(r"\?", "[^/]")
    if "://" in entry:
        return escaped.replace(r"\*", "[^/]*")
    return escaped.replace(r"\*", r"(?:[^/]+://)?[^/]*")
