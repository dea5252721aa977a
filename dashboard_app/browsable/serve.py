"""The API as pages, for the browser of a superuser who is signed in to the dashboard.

Middleware: such a browser's request is answered by the API like any client's, and the JSON is shown
with forms around it. Everybody else's requests pass untouched, and no view knows of this.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import CSRFCheck

from core_app import networks
from core_app.settings_store import store
from dashboard_app.acting import info_of
from dashboard_app.browsable import page

_SAFE = ("GET", "HEAD", "OPTIONS")


def serve(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware; sessions and users are known by then."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/_/") or not _sign_in(request):
            return get_response(request)
        request.META["HTTP_ACCEPT"] = "application/json"
        request.__dict__.pop("headers", None)  # Django has kept what was accepted
        response = get_response(request)
        return page.show(request, response) if _is_json(request, response) else response

    return middleware


def _sign_in(request: HttpRequest) -> bool:
    """Let a superuser's session be what a token is. A request that may be forged is a guest's."""
    if "HTTP_AUTHORIZATION" in request.META:
        return False
    info = info_of(request)
    if info is None:
        return False
    allowed = store.current().superuser_ips
    if allowed and not networks.is_listed(info.ip, allowed):
        return False
    if request.method not in _SAFE and _may_be_forged(request):
        return False
    request.auth_record = info.auth  # type: ignore[attr-defined]
    return True


def _may_be_forged(request: HttpRequest) -> bool:
    _ = request.body  # read once, so that it can be parsed twice
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda: HttpResponse(), (), {}) is not None


def _is_json(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether there is an answer to show: files stay files, whatever is in them."""
    if request.path_info.startswith("/api/files/") and request.path_info != "/api/files/token":
        return False
    if request.path_info == "/api/openapi.json" or response.streaming:
        return False
    if response.status_code == 204:
        return True
    if not response.headers.get("Content-Type", "").startswith("application/json"):
        return False
    try:
        orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return False
    return True
