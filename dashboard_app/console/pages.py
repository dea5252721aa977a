"""The console, and the live view of events. Their scripts send what is asked, as clients do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from collections_app.schema import snapshot
from dashboard_app.tools import page

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def console(request: HttpRequest) -> HttpResponse:
    """Show the form for a request, filled in as the query says."""
    method = request.GET.get("method", "GET")
    return page.show(
        request,
        "console",
        "Console",
        auth_collections=_auth_collections(),
        methods=METHODS,
        method=method if method in METHODS else "GET",
        url=request.GET.get("url", "/api/collections/"),
        body=request.GET.get("body", ""),
    )


def live(request: HttpRequest) -> HttpResponse:
    """Show the form for topics, filled in as the query says."""
    topics = request.GET.get("topics", "")
    collections = _auth_collections()
    return page.show(request, "live", "Live events", topics=topics, auth_collections=collections)


def _auth_collections() -> list[str]:
    """Return whose records can sign in, system ones last."""
    found = [item.name for item in snapshot.current().collections if item.is_auth]
    return sorted(found, key=lambda name: (name.startswith("_"), name))
