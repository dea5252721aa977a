"""The paths below ``/_/``, made on first need for each version of the schema, in every worker.

A collection's records are at ``/_/collections/<name>/records/``. ``serve`` is the middleware that
lets a request of the dashboard go by the paths of the snapshot it began with; the API's paths
never change.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import clear_url_caches, include, path, re_path, set_urlconf

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from dashboard_app.records import admins

#: scripts are files of ours; none stands in a page, and none is made of text
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
#: where rich text is edited its pictures are seen, wherever they are
WITH_PICTURES = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src 'self' https:")

_RECORDS = re.compile(r"/_/collections/([^/]+)/records(?:/|$)")

_making = threading.Lock()


def to_dashboard(request: HttpRequest) -> HttpResponse:
    """Lead from ``/_`` to the dashboard."""
    body = '<a href="/_/">Temporary Redirect</a>.\n\n'
    return HttpResponse(body, status=307, headers={"Location": "/_/"})


class Paths:
    """What Django takes for a URL configuration: the dashboard's paths, then everybody's.

    Of all records only those of one collection have paths: a request is about one, and Django
    takes a second to read the paths of two hundred.
    """

    def __init__(self, held: Snapshot, collection: CollectionDef | None) -> None:
        site = admin.site
        records: list[Any] = []
        if collection is not None:
            own = include(admins.of(collection, held).urls)
            records = [path(f"collections/{collection.name}/records/", own)]
        everywhere = held.cached(("dashboard", "every page"), site.get_urls)
        dashboard = ([*records, *everywhere], "admin", site.name)
        *others, public_files = import_module(settings.ROOT_URLCONF).urlpatterns
        not_found = re_path(r"^_/(?!static/)", site.admin_view(_not_found))
        self.urlpatterns = [path("_/", dashboard), *others, not_found, public_files]


def _not_found(request: HttpRequest) -> HttpResponse:
    raise Http404


def paths_of(held: Snapshot, collection: CollectionDef | None) -> Paths:
    """Return the paths at one version of the schema, with those of one collection's records."""
    key = "dashboard paths", collection.id if collection is not None else ""
    found: Paths | None = held.cache.get(key)
    if found is not None:
        return found
    with _making:
        if ("dashboard", "every page") not in held.cache:
            clear_url_caches()  # Django keeps every configuration it has ever seen
        made: Paths = held.cached(key, lambda: Paths(held, collection))
    return made


def _asked_for(held: Snapshot, address: str) -> CollectionDef | None:
    """Return the collection whose records an address is about."""
    found = _RECORDS.match(address)
    if found is None:
        return None
    collection = held.by_lower_name.get(found[1].lower())
    return collection if collection is not None and collection.name == found[1] else None


def serve(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware of the dashboard alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        held = snapshot.current()
        collection = _asked_for(held, request.path_info)
        urlconf: Any = paths_of(held, collection)
        request.urlconf = urlconf
        set_urlconf(urlconf)  # for what is answered before a view is looked for
        try:
            response = get_response(request)
        finally:
            set_urlconf(None)
        response.headers.setdefault("Content-Security-Policy", _policy(collection))
        return response

    return middleware


def _policy(collection: CollectionDef | None) -> str:
    fields = collection.fields if collection is not None else ()
    has_rich_text = any(field.type_name == "editor" for field in fields)
    return WITH_PICTURES if has_rich_text else CONTENT_SECURITY_POLICY
