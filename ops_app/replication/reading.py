"""A request to a server that follows a replica: it reads the newest state, and writes nothing."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse

from core_app.errors import ServiceUnavailable
from core_app.exception_handler import to_response
from core_app.transactions import READ_ONLY

_READING = frozenset(("GET", "HEAD", "OPTIONS"))
#: these only sign a token
_SIGNING = re.compile(r"/api/(?:files/token|collections/[^/]+/auth-refresh)")
#: nothing is written here, so nobody would ever be told anything
_REALTIME = "/api/realtime"


class Reading:
    """Middleware, where a replica is followed.

    Refuses by method and path, before anything else is looked at; what a hook writes while it
    answers a reading request is refused by ``transactions.write``, and at last by SQLite.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.HOLDALL_FOLLOW:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._thread = threading.local()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path == _REALTIME or not (request.method in _READING or _SIGNING.fullmatch(path)):
            return to_response(ServiceUnavailable(READ_ONLY))
        self._turn_to_newest()
        return self.get_response(request)

    def _turn_to_newest(self) -> None:
        """Let this thread's connection go if another state has taken the place of its file."""
        found = os.stat(connection.settings_dict["NAME"])
        state = (found.st_ino, found.st_mtime_ns)
        if state != getattr(self._thread, "state", None):
            connection.close()
            self._thread.state = state
