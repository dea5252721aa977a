"""The console on SQLite: the data file, and no other one."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.conf import settings
from django.db import connection as django_connection

from core_app import versions
from core_app.dialects import sqlite_errors
from core_app.sql_statements import statements
from core_app.transactions import gate, write
from ops_app.sql_console.outcome import KEPT, MOST_ROWS, WRITES, Outcome, QueryFailed, number

_STEPS = 100_000  # of SQLite's machine between two looks at the clock

_SHAPED = ("SELECT", "WITH", "VALUES")


def run(text: str, deadline: float) -> Outcome:
    """Run one or more statements; what comes back is the last one's. Raise ``QueryFailed``."""
    touched: set[str] = set()
    try:
        with closing(_connect(touched, deadline)) as database:
            outcome = (_write if text.upper().startswith(WRITES) else _read)(database, text)
    except sqlite3.Error as error:
        raise QueryFailed(sqlite_errors.told(error) or str(error)) from error
    except ValueError as error:
        raise QueryFailed(str(error)) from error
    _tell_workers(touched)
    return outcome


def _write(database: sqlite3.Connection, text: str) -> Outcome:
    outcome = Outcome()
    gate.acquire()
    try:
        database.execute("BEGIN IMMEDIATE")
        for statement in statements(text):
            before = database.total_changes
            database.execute(statement).fetchall()
            if database.total_changes != before:
                outcome.changed = int(database.execute("SELECT changes()").fetchone()[0])
        if database.in_transaction:
            database.execute("COMMIT")
        return outcome
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
        gate.release()


def _read(database: sqlite3.Connection, text: str) -> Outcome:
    outcome = Outcome()
    for statement in statements(text):
        cursor = database.execute(statement)
        rows = cursor.fetchmany(MOST_ROWS)
        cursor.close()
        if cursor.description is not None:
            names = [column[0] for column in cursor.description]
            types = _declared_types(database, statement, len(names))
            outcome.columns = list(zip(names, types, strict=True))
            outcome.rows = [[_text(value) for value in row] for row in rows]
    return outcome


def _connect(touched: set[str], deadline: float) -> sqlite3.Connection:
    """Return a connection that notes the tables it writes to and keeps to this one file."""

    def allowed(action: int, first: str | None, *_: str | None) -> int:
        if action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
            touched.add(first or "")
        # other files are not the API's to read and write; VACUUM attaches one without a name
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH and first else 0

    name = django_connection.settings_dict["NAME"]
    database = sqlite3.connect(name, timeout=10, isolation_level=None)
    for pragma in settings.DATABASES["default"]["OPTIONS"]["init_command"].split("; "):
        database.execute(pragma)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.set_authorizer(allowed)
    database.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    return database


def _declared_types(database: sqlite3.Connection, statement: str, count: int) -> Iterator[str]:
    """Return each column's type as its table declares it, ``""`` for what is computed.

    Python's driver does not tell; the columns of a view of the same statement have it.
    """
    types = [""] * count
    if statement.lstrip("(").upper().startswith(_SHAPED):
        try:
            database.execute(f'CREATE TEMP VIEW "_shape" AS {statement.rstrip(";")}')
            found = database.execute('PRAGMA temp.table_info("_shape")').fetchall()
            database.execute('DROP VIEW temp."_shape"')
        except sqlite3.Error:
            found = []  # not something a view can be made of
        if len(found) == count:
            types = [str(column[2]).upper() for column in found]
    return iter(types)


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case float():
            return number(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return str(value)


def _tell_workers(touched: set[str]) -> None:
    for table in touched & KEPT.keys():
        with write():
            versions.bump(KEPT[table])
