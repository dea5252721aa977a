"""Sets ``request.auth_record`` to whoever the ``Authorization`` header names, or to ``None``."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from auth_app.authentication import authenticate as signed_in_by

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def authenticate(get_response: GetResponse) -> GetResponse:
    """Return the middleware; the snapshot of this request is pinned before it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        header = request.META.get("HTTP_AUTHORIZATION")
        request.auth_record = signed_in_by(header) if header else None  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
