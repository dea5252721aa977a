"""The outermost step: unclean paths, preflights, exceptions to answers, headers on every answer."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from core_app import exception_handler, raw_url
from core_app.middleware.origins import Origins
from core_app.responses import Prepared, no_content, prepare_headers

SECURITY_HEADERS = prepare_headers(
    {
        "X-XSS-Protection": "1; mode=block",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Vary": "Origin",
    }
)
#: what a clean path does not have: empty, "." and ".." parts, broken percent signs; nor is the
#: dashboard's complete without its last slash
_UNCLEAN = re.compile(rb"//|/\.\.?(?:/|$)|%(?![0-9a-fA-F]{2})|^[^/]|^/_$")
_READING = ("GET", "HEAD")
_BAD_PERCENT = re.compile(rb"%(?![0-9a-fA-F]{2})")


class Edge:
    """Middleware. A response with a true ``embeddable`` may be shown in frames of other sites."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.origins = Origins(settings.HOLDALL_ORIGINS)
        self.anyone_headers: Prepared = SECURITY_HEADERS | prepare_headers(
            {"Access-Control-Allow-Origin": "*"}
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = raw_url.path(request)
        if _UNCLEAN.search(path) is not None and (path != b"/_" or request.method in _READING):
            return _put_right(request.method, path, request.META.get("QUERY_STRING", ""))
        if request.method == "OPTIONS":
            return self.origins.preflight(request)
        response = self.get_response(request)
        headers: Prepared = SECURITY_HEADERS
        origin = request.META.get("HTTP_ORIGIN")
        if origin:
            if self.origins.anyone:
                headers = self.anyone_headers
            elif self.origins.allows(origin):
                headers = SECURITY_HEADERS | prepare_headers(
                    {"Access-Control-Allow-Origin": origin}
                )
        # what the view has set itself stays
        store = response.headers._store
        response.headers._store = {**headers, **store}
        if "vary" in store:
            patch_vary_headers(response, ("Origin",))
        if getattr(response, "embeddable", False):
            response.headers._store.pop("x-frame-options", None)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Answer what a view raised."""
        if exception_handler.is_bug(error):
            exception_handler.log_bug(error, request)
        return exception_handler.to_response(error)


def _put_right(method: str | None, raw_path: bytes, query: str) -> HttpResponse:
    """Redirect to the path without empty, ``.`` and ``..`` parts; refuse one that is broken."""
    if _BAD_PERCENT.search(raw_path) is not None:
        return HttpResponse("400 Bad Request", status=400, content_type="text/plain; charset=utf-8")
    path = raw_path.decode("latin-1")
    clean = "/" + posixpath.normpath("/" + path).lstrip("/")
    if clean == "/_" or (path.endswith("/") and clean != "/"):
        clean += "/"
    target = quote(clean, safe="%/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")
    body = f'<a href="{escape(target)}">Temporary Redirect</a>.\n\n'
    if method not in _READING:
        response = no_content()
        response.status_code = 307
        response.headers["Location"] = target
        return response
    return HttpResponse(
        body, status=307, content_type="text/html; charset=utf-8", headers={"Location": target}
    )
