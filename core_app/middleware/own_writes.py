"""Lets whoever has written read that, where a replica answers reads (``core_app.replica``)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from core_app import replica

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def note_own_writes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware; it comes after ``request.auth_record`` and ``real_ip`` are known."""
    if not settings.DATABASE_REPLICA_URL:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_refused = 400 <= response.status_code < 500
        if request.method not in _SAFE and not is_refused:
            replica.note_write(request)
        return response

    return middleware
