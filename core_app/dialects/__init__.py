"""One file for what the lowest floor has to know of one database. ``of()`` is the way in."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from core_app.dialects.base import Dialect, Violation
from core_app.dialects.postgresql import PostgreSQL
from core_app.dialects.sqlite import SQLite

_dialects: dict[str, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


def of(connection: BaseDatabaseWrapper) -> Dialect:
    """Return the dialect of a connection. Raise ``KeyError`` for a database that has none."""
    return _dialects[connection.vendor]


def ran_out(error: BaseException) -> bool:
    """Return whether a driver's ``error`` says that a statement took too long."""
    return any(dialect.ran_out(error) for dialect in _dialects.values())


def is_away(error: BaseException) -> bool:
    """Return whether ``error`` says that a database cannot be reached, or has gone."""
    return any(dialect.is_away(error) for dialect in _dialects.values())


__all__ = ["Dialect", "Violation", "is_away", "of", "ran_out"]
