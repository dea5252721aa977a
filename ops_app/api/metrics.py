"""``GET /api/metrics``: numbers for Prometheus, to superusers or whoever has the token for them."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from auth_app.authentication import token_of
from auth_app.guards import require_superuser
from core_app.routes import endpoint
from ops_app.metrics import exposition


@endpoint("GET")
def show(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format."""
    if not _has_token(request):
        require_superuser(request)
    response = HttpResponse(exposition.text(), content_type=exposition.CONTENT_TYPE)
    response.quiet = True  # type: ignore[attr-defined]  # not worth a line in the log
    return response


def _has_token(request: HttpRequest) -> bool:
    wanted: str = settings.HOLDALL_METRICS_TOKEN
    sent = token_of(request.META.get("HTTP_AUTHORIZATION", ""))
    return bool(wanted) and secrets.compare_digest(sent.encode(), wanted.encode())
