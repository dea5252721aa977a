"""``/api/oauth2-redirect``: where providers send the user's browser back to.

The answer goes to the app that opened the window, through its realtime connection.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from auth_app.hooks import OAuth2RedirectEvent, oauth2_redirected
from auth_app.oauth2 import apple
from core_app import bodies, query_string
from core_app.responses import no_content
from core_app.routes import by_method

_PAGES = "../_/#/auth/oauth2-redirect"


def from_query(request: HttpRequest) -> HttpResponse:
    """Take the answer in the address."""
    status = 307 if request.method == "GET" else 303
    return _redirect(request, {name: query_string.value(request, name) for name in _KEYS}, status)


def from_form(request: HttpRequest) -> HttpResponse:
    """Take the answer that a form brings (Apple), and go on with GET."""
    return _redirect(request, bodies.read_form(request, _KEYS), 303)


_KEYS = ("state", "code", "error", "user")

oauth2_redirect = by_method(GET=from_query, POST=from_form)


def _redirect(request: HttpRequest, given: dict[str, Any], status: int) -> HttpResponse:
    event = OAuth2RedirectEvent(
        state=given["state"],
        code=given["code"],
        error=given["error"],
        ip=getattr(request, "real_ip", ""),
    )
    if event.state:
        if given["user"]:
            apple.remember_name(event.code, given["user"])
        oauth2_redirected.send(None, event=event)
    is_fine = event.is_delivered and event.code and not event.error
    page = "success" if is_fine else "failure"
    response = no_content()
    response.status_code = status
    response.headers["Location"] = f"{_PAGES}-{page}"
    return response
