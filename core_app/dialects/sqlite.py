"""SQLite: one writer, and whoever has the file has the database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Hashable
from time import monotonic
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from core_app.dialects.base import Dialect, Violation

#: steps of SQLite's machine between two looks at the clock; some 50 ms, depending on the steps
STEPS = 2_000_000

_REFUSALS = frozenset((sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_INTERRUPT))
_VIOLATED = re.compile(r"UNIQUE constraint failed: (.+)")


class SQLite(Dialect):
    has_one_writer = True
    error_ends_transaction = False
    for_update = ""

    def marked(self, text: str) -> str:
        return text

    def for_django(self, text: str) -> str:
        """Statements hold no literal ``?``."""
        return text.replace("%", "%%").replace("?", "%s")

    def row_number(self, table: str) -> str:
        return f"{table}.rowid"

    def same_name(self, one: str, other: str) -> bool:
        return one.lower() == other.lower()

    def sought(self, text: str) -> str:
        return text

    def identifier(self, name: str) -> str:
        return name

    def cursor(self, connection: BaseDatabaseWrapper) -> Any:
        if connection.connection is None:
            connection.ensure_connection()
        return connection.connection

    def state(self, connection: BaseDatabaseWrapper) -> Hashable:
        """Others' commits are in the first number, this connection's own changes in the second."""
        raw = self.cursor(connection)
        [[version]] = raw.execute("PRAGMA data_version")
        return version, raw.total_changes

    def limit(self, connection: BaseDatabaseWrapper, seconds: float) -> None:
        watched = _Watch(connection, seconds) if seconds > 0 else None
        connection.connection.set_progress_handler(watched, STEPS)

    def ran_out(self, error: BaseException) -> bool:
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT

    def is_refusal(self, error: BaseException) -> bool:
        code = getattr(error, "sqlite_errorcode", None)
        return code is None or code & 0xFF in _REFUSALS

    def is_away(self, error: BaseException) -> bool:
        return False

    def violation(self, error: BaseException) -> Violation | None:
        found = _VIOLATED.search(str(error))
        if found is None:
            return None
        columns = [column.rpartition(".") for column in found[1].split(", ")]
        tables = {table for table, _, _ in columns}
        if len(tables) != 1:
            return None
        return Violation(tables.pop(), tuple(name for _, _, name in columns), "")

    def may_try_again(self, error: BaseException) -> bool:
        return False

    def lock(self, connection: BaseDatabaseWrapper, name: str, *, waits: bool = True) -> bool:
        """Everybody is on this machine, where files are locked: there is no other place."""
        return True

    def unlock(self, connection: BaseDatabaseWrapper, name: str) -> None:
        pass


class _Watch:
    """What SQLite calls while a statement runs; true stops it."""

    def __init__(self, connection: BaseDatabaseWrapper, seconds: float) -> None:
        self._connection: Any = connection
        self._seconds = seconds

    def __call__(self) -> bool:
        began: float = self._connection.began
        return began > 0.0 and monotonic() - began > self._seconds
