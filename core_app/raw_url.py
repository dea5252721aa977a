"""What a request asked for, as it was sent: nothing decoded."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest


def path(request: HttpRequest) -> bytes:
    """Return the path as it was sent; without a server (in tests) as it could have been."""
    scope = getattr(request, "scope", None)
    raw: bytes = quote(request.path_info).encode() if scope is None else scope["raw_path"]
    return raw
