"""The one middleware that needs floors which do not know each other: versions, schema, settings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from collections_app.schema import snapshot
from core_app import dialects, versions
from core_app.exception_handler import is_bug, log_bug, to_response
from core_app.settings_store import store
from ops_app.api import probes

#: what answers where the database does not: that is what it is asked about
_PROBES = {"/api/health/live": probes.live, "/api/health/ready": probes.ready}


def pin_versions(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let each request go by one schema and one set of settings, whatever commits meanwhile."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            schema, settings = _versions()
        except (DatabaseError, sqlite3.Error) as error:
            if probe := _PROBES.get(request.path):
                return probe(request)
            if is_bug(error):
                log_bug(error, request)
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
        return versions.leased()
    except DatabaseError as error:
        if not dialects.is_away(error) or connection.in_atomic_block:
            raise
        connection.close()
        return versions.read()
