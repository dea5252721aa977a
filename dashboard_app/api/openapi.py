"""``/api/openapi.json`` and ``/api/docs``: what the API has, for programs and for people."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core_app.permissions import require_superuser
from core_app.responses import JsonResponse
from core_app.routes import endpoint
from dashboard_app.openapi import document

#: Swagger UI sets styles and has its pictures as data; nothing comes from elsewhere
VIEWER_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)


@endpoint("GET")
def show(request: HttpRequest) -> HttpResponse:
    """Answer the document: whole for superusers, for others where the settings allow it.

    Others learn no rules, no hidden fields, no system collections and nothing of superusers' acts.
    """
    record = getattr(request, "auth_record", None)
    is_superuser = record is not None and record.is_superuser
    if not is_superuser and settings.HOLDALL_OPENAPI != "everyone":
        require_superuser(request)
    return JsonResponse(document.content(for_superusers=is_superuser))


def whole(request: HttpRequest) -> HttpResponse:
    """Answer the whole document to the dashboard."""
    return JsonResponse(document.content(for_superusers=True))


@endpoint("GET")
def viewer(request: HttpRequest) -> HttpResponse:
    """Show Swagger UI; its script fetches the document, of which this page knows nothing."""
    context = {
        "is_open": settings.HOLDALL_OPENAPI == "everyone",
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    response = render(request, "dashboard/openapi/viewer.html", context)
    response.headers["Content-Security-Policy"] = VIEWER_POLICY
    return response
