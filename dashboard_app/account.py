"""``/_/account/``: the pages that links in mails and OAuth2 providers lead to, for anybody.

Those links are ``/_/#/auth/<act>/<token>``; only the browser sees what follows ``#``. ``entry.js``,
on every page of the dashboard, comes here with it; ``account.js`` does the act through the API.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from auth_app import superusers
from core_app.settings_store import store

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the page; which of its parts counts is the script's matter."""
    meta = store.current().meta
    context = {
        "app_name": meta.app_name,
        "app_url": meta.app_url if meta.app_url.startswith(("http://", "https://")) else "",
        "superusers_id": superusers.collection().id,
    }
    response = render(request, "dashboard/account.html", context)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
