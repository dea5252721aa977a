"""Who does something in the dashboard, as the services below know it."""

from __future__ import annotations

from django.http import HttpRequest

from auth_app import superusers
from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from core_app.request_info import RequestInfo


def info_of(request: HttpRequest) -> RequestInfo | None:
    """Return a superuser's request, as if it had come through the API; ``None`` for an editor.

    What an editor may do Django's permissions have decided already: rules are for the API.
    """
    record_id = getattr(request.user, "record_id", None)
    stored = superusers.stored(record_id) if record_id else None
    if stored is None:
        return None
    method = "GET" if request.method in ("GET", "HEAD") else "POST"
    return RequestInfo.of(request).but(
        method=method, query={}, auth=SignedIn(superusers.collection(), stored)
    )


def file_token(request: HttpRequest) -> str:
    """Return a token that opens protected files for a superuser, ``""`` for an editor."""
    info = info_of(request)
    if info is None or not isinstance(info.auth, SignedIn):
        return ""
    return sign.issue(info.auth, TokenKind.FILE)
