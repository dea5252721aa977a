"""Which collections stand at the top of the sidebar: kept by the browser, in a cookie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

COOKIE = "pinned"
MOST = 30
_KEPT_S = 400 * 24 * 60 * 60  # no browser keeps one longer
_SEPARATOR = "."  # no id has one


def of(request: HttpRequest) -> list[str]:
    """Return the ids of the collections, the last one pinned first."""
    found = request.COOKIES.get(COOKIE, "").split(_SEPARATOR)
    return [item for item in found if item][:MOST]


def turn(request: HttpRequest, response: HttpResponse, collection_id: str) -> None:
    """Pin a collection, or unpin it if it is; ``response`` tells the browser."""
    pinned = of(request)
    if collection_id in pinned:
        pinned.remove(collection_id)
    else:
        pinned.insert(0, collection_id)
    response.set_cookie(
        COOKIE,
        _SEPARATOR.join(pinned[:MOST]),
        max_age=_KEPT_S,
        path="/_/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
