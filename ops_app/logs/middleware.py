"""Counts every request, and notes it for the log unless the settings turn that off.

A server that follows a replica keeps no log: nobody would shorten it there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core_app.dialects import late_commits
from core_app.settings_store import store
from core_app.settings_store.shape import Logs
from ops_app.logs.entry import note
from ops_app.logs.writer import writer
from ops_app.metrics.counters import count

#: requests that are only worth an entry when they fail
_QUIET = ("/api/logs", "/_/", "/api/oauth2-redirect")

GetResponse = Callable[[HttpRequest], HttpResponse]


def log_requests(get_response: GetResponse) -> GetResponse:
    """Return the middleware. A response with a true ``quiet`` is logged only as a failure."""
    keeps_log = not settings.HOLDALL_FOLLOW

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = get_response(request)
        logs = store.current().logs
        late_commits.then(partial(note_down, request, response, start, logs))
        return response

    def note_down(request: HttpRequest, response: HttpResponse, start: float, logs: Logs) -> None:
        took_s = time.perf_counter() - start
        count(request.method, response.status_code, took_s)
        if not (logs.max_days and keeps_log):
            return
        failed = response.status_code >= 400
        if not failed and (
            request.path_info.startswith(_QUIET) or getattr(response, "quiet", False)
        ):
            return
        noted = note(request, response, took_s, logs)
        if noted.level >= logs.min_level:
            writer.add(noted)

    return middleware
