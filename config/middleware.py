"""The one middleware that needs floors which do not know each other: versions, schema, settings."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from collections_app.schema import snapshot
from core_app import dialects, versions
from core_app.exception_handler import to_response
from core_app.settings_store import store


def pin_versions(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let each request go by one schema and one set of settings, whatever commits meanwhile."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            schema, settings = _versions()
        except DatabaseError as error:
            return to_response(error)
        try:
            snapshot.pin(snapshot.newest(schema))
            store.pin(store.newest(settings))
            return get_response(request)
        finally:
            snapshot.pin(None)
            store.pin(None)

    return middleware


def _versions() -> versions.Versions:
    """Return the versions; by a new connection if the one there is has broken meanwhile."""
    try:
        return versions.read()
    except DatabaseError as error:
        if not dialects.is_away(error) or connection.in_atomic_block:
            raise
        connection.close()
        return versions.read()
