"""Rows from the default database by the shortest way that tests and instruments still see.

The driver's own cursor is used (Django's wrappers cost more than a small query); when queries are
being captured or wrapped, Django's cursor is, so nothing goes by unseen.
Statements carry the marks of the database, as ``collections_app.query.dialects`` makes them; those
written by hand have ``?`` marks and go through ``marked``. What is read is under ``time_limit``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core_app import dialects
from core_app.dialects.steps import Step

Row = tuple[Any, ...]


class _Local(threading.local):
    """What else than the default database answers this thread's reads."""

    reader: Callable[[str, Sequence[Any]], list[Row]] | None = None


_local = _Local()


def read_by(reader: Callable[[str, Sequence[Any]], list[Row]] | None) -> None:
    """Let ``reader`` answer this thread's reads that name no database, until it writes."""
    _local.reader = reader


def fetch_all(text: str, params: Sequence[Any] = (), using: str = "") -> list[Row]:
    """Run one statement and return its rows as tuples, values as the driver gives them.

    Without ``using`` the default database answers, or what stands in for it (``read_by``).
    """
    if not using and _local.reader is not None:
        return _local.reader(text, params)
    using = using or "default"
    connection = connections[using]
    cursor = _driver_cursor(connection)
    if cursor is None:
        with connection.cursor() as wrapped:
            wrapped.execute(for_django(text, using), params)
            found: list[Row] = wrapped.fetchall()
            return found
    if connection.vendor == "postgresql":  # the server watches the clock
        params = _sought(connection, params)
        with _Noticing(connection), connection.wrap_database_errors:
            rows: list[Row] = cursor.execute(text, params).fetchall()
            return rows
    connection.began = monotonic()  # type: ignore[attr-defined]
    try:
        rows = cursor.execute(text, params).fetchall()
    finally:
        connection.began = 0.0  # type: ignore[attr-defined]
    return rows


def fetch_one(text: str, params: Sequence[Any] = (), using: str = "") -> Row | None:
    """Run one statement and return its first row, or ``None``."""
    rows = fetch_all(text, params, using)
    return rows[0] if rows else None


def execute(text: str, params: Sequence[Any] = (), using: str = "default") -> int:
    """Run one writing statement and return the number of rows it changed."""
    _local.reader = None
    connection = connections[using]
    cursor = _driver_cursor(connection)
    if cursor is not None:
        with _Noticing(connection), connection.wrap_database_errors:
            return int(cursor.execute(text, params).rowcount)
    with connection.cursor() as wrapped:
        wrapped.execute(for_django(text, using), params)
        return int(wrapped.rowcount)


def state(connection: BaseDatabaseWrapper) -> Hashable:
    """Return what differs after every commit, ``None`` if that is not known at little cost."""
    if connection.in_atomic_block or is_watched(connection):
        return None
    return dialects.of(connection).state(connection)


def commit_after(steps: Sequence[Step], *, may_wait: bool = False) -> None:
    """Run the last steps of the default database's transaction, if all of them hold.

    Mostly in one go, and with the commit; else one by one, and Django commits. ``may_wait``:
    nothing that follows has to come at once.
    """
    connection = connections["default"]
    if not is_watched(connection):
        with _Noticing(connection), connection.wrap_database_errors:
            if dialects.of(connection).commit(connection, steps, may_wait=may_wait):
                return
    for step in steps:
        _run(step)


def _run(step: Step) -> None:
    """Raise the step's ``otherwise`` if it does not hold."""
    if step.changes or step.otherwise is None:
        holds = execute(step.text, step.params) > 0
    else:
        [[holds]] = fetch_all(f"SELECT {step.text}", step.params, "default")
    if not holds and step.otherwise is not None:
        raise step.otherwise


def marked(text: str, using: str = "default") -> str:
    """Return a statement written with ``?`` marks with those of the database."""
    return _marked(connections[using].vendor, using, text)


def dialect(using: str = "default") -> dialects.Dialect:
    """Return what is peculiar to the database."""
    return dialects.of(connections[using])


def for_django(text: str, using: str = "default") -> str:
    """Return a statement with the marks that Django's own cursors and expressions take."""
    return dialect(using).for_django(text)


@lru_cache(maxsize=500)
def _marked(vendor: str, using: str, text: str) -> str:
    return dialect(using).marked(text)


class _Noticing:
    """Let go of a connection that has broken, so that the next statement gets a new one."""

    __slots__ = ("_connection",)

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        connection = self._connection
        if (
            isinstance(error, DatabaseError)
            and not connection.in_atomic_block
            and dialects.of(connection).is_away(error)
        ):
            connection.close()


def _sought(connection: BaseDatabaseWrapper, params: Sequence[Any]) -> Sequence[Any]:
    """Return values to look for, without those that the database has no place for."""
    for value in params:
        if type(value) is str and "\0" in value:
            sought = dialects.of(connection).sought
            return [sought(item) if type(item) is str else item for item in params]
    return params


def is_watched(connection: BaseDatabaseWrapper) -> bool:
    """Return whether statements are being captured or wrapped, so that Django must see them."""
    return bool(connection.queries_logged or connection.execute_wrappers)


def _driver_cursor(connection: BaseDatabaseWrapper) -> Any:
    """Return what runs statements past Django, or ``None`` where Django's cursor must be used."""
    if not is_watched(connection):
        return dialects.of(connection).cursor(connection)
    # Django's wrapper, around a cursor that takes and gives the same values
    cursor = dialects.of(connection).watchable_cursor(connection)
    if cursor is None:
        return None
    how = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return how(cursor)
