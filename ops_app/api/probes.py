"""``/api/health/live`` and ``/api/health/ready``: what an orchestrator asks before it acts."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from core_app import sql
from core_app.responses import JsonResponse, encode
from core_app.routes import endpoint
from ops_app.backups import swap

_SPARE = 16 << 20  # bytes of the disk without which nothing can be written

_LIVE = b'{"message":"Alive.","code":200,"data":{}}'


@endpoint("GET")
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as this process answers at all. If it does not: start it again."""
    return _quiet(JsonResponse(_LIVE))


@endpoint("GET")
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if requests can be served, else 503 with what is missing. If so: send none."""
    checks = {name: "ok" if check() else "failed" for name, check in _CHECKS.items()}
    code = 503 if "failed" in checks.values() else 200
    message = "Ready." if code == 200 else "Not ready."
    body = {"message": message, "code": code, "data": checks}
    return _quiet(JsonResponse(encode(body), code))


def _quiet(response: HttpResponse) -> HttpResponse:
    response.quiet = True  # type: ignore[attr-defined]  # not worth a line in the log
    return response


def _reads(alias: str) -> bool:
    try:
        return sql.fetch_one("SELECT 1", (), alias) is not None
    except (DatabaseError, sqlite3.Error, OSError):
        return False


def _disk() -> bool:
    folder = settings.HOLDALL_DATA_DIR
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free > _SPARE


_CHECKS: dict[str, Callable[[], bool]] = {
    "data": lambda: _reads("default"),
    "logs": lambda: _reads("auxiliary"),
    "disk": _disk,
    "restore": lambda: not swap.is_under_way(),
}
