"""Who may use an endpoint."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from core_app.errors import Forbidden, Unauthorized

NO_TOKEN = "The request requires valid record authorization token."  # noqa: S105 a message
NOT_ALLOWED = "The authorized record is not allowed to perform this action."


def require_superuser(request: HttpRequest | Request) -> None:
    """Raise ``Unauthorized`` for a guest, ``Forbidden`` for anyone but a superuser."""
    record = getattr(request, "auth_record", None)
    if record is None:
        raise Unauthorized(NO_TOKEN)
    if not record.is_superuser:
        raise Forbidden(NOT_ALLOWED)
