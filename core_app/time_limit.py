"""Statements that run too long are stopped: ``settings.HOLDALL_QUERY_TIMEOUT`` seconds, 0 = never.

On SQLite that holds for what is read through ``core_app.sql``: a connection is asked about once in
some millions of its steps whether its statement has had its time, so short statements never notice.
On PostgreSQL the server watches every statement of a connection but those of migrations.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from core_app import dialects


def limit() -> float:
    """Return the seconds that a statement may take."""
    return float(settings.HOLDALL_QUERY_TIMEOUT)


def ran_out(error: BaseException | None) -> bool:
    """Return whether ``error``, of the driver or of Django, says that a statement was stopped."""
    while error is not None:
        if dialects.ran_out(error):
            return True
        error = error.__cause__
    return False


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Have the statements of a new connection watched."""
    #: when the statement began that is running now; 0 if it may take as long as it likes
    connection.began = 0.0  # type: ignore[attr-defined]
    dialects.of(connection).limit(connection, limit())


def _lift(using: str, **_: Any) -> None:
    connections[using].ensure_connection()
    dialects.of(connections[using]).limit(connections[using], 0)


def _restore(using: str, **_: Any) -> None:
    dialects.of(connections[using]).limit(connections[using], limit())


connection_created.connect(watch, dispatch_uid="time_limit")
pre_migrate.connect(_lift, dispatch_uid="time_limit")
post_migrate.connect(_restore, dispatch_uid="time_limit")
