"""The console on PostgreSQL: one transaction, and nothing of the machine that the server runs on.

A text of several statements goes to the server as it is, which runs all or none of them. The role
of ``DATABASE_URL`` bounds what it may do, so a role that reaches files and programs is refused:
as such a one, a query could leave triggers and functions behind that later run with its power.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection as django_connection

from core_app import versions
from core_app.dialects.postgresql_values import canonical, compact
from ops_app.sql_console.outcome import KEPT, MOST_ROWS, WRITES, Outcome, QueryFailed, number

if TYPE_CHECKING:
    import psycopg

_MAY_TOO_MUCH = (
    "SELECT rolsuper OR pg_has_role(oid, 'pg_read_server_files', 'MEMBER')"
    " OR pg_has_role(oid, 'pg_write_server_files', 'MEMBER')"
    " OR pg_has_role(oid, 'pg_execute_server_program', 'MEMBER')"
    " FROM pg_roles WHERE rolname = current_user"
)
_REFUSED = (
    "the role of DATABASE_URL may use the files and programs of PostgreSQL's machine,"
    " so the SQL console is off: use a role that is no superuser there"
)
#: seconds after which we stop waiting, if the server has not stopped by itself
_GRACE_S = 1
#: what comes of statements that count rows which they have changed
_CHANGES = ("INSERT", "UPDATE", "DELETE", "MERGE")
#: VACUUM and its like: they want no transaction around them
_NOT_IN_TRANSACTION = "25001"

_BOOL, _BYTEA, _NUMERIC = 16, 17, 1700
_FLOATS, _JSON, _JSONB = (700, 701), 114, 3802


def run(text: str, deadline: float) -> Outcome:
    """Run one or more statements; what comes back is the last one's. Raise ``QueryFailed``."""
    import psycopg

    if "\0" in text:
        raise QueryFailed("a query cannot hold the character NUL")
    try:
        with closing(_connect(deadline)) as database:
            try:
                return _in_transaction(database, text, deadline)
            except psycopg.errors.ActiveSqlTransaction:
                database.rollback()
                database.autocommit = True
                return _run(database, text, deadline)
    except psycopg.Error as error:
        raise QueryFailed(_message(error)) from error


def _in_transaction(database: psycopg.Connection[Any], text: str, deadline: float) -> Outcome:
    before = _kept(database)
    outcome = _run(database, text, deadline)
    database.execute("RESET ALL")  # what the text has set is not for what follows
    after = _kept(database)
    touched = [what for table, what in KEPT.items() if before[table] != after[table]]
    for what in touched:
        moved = f'UPDATE "_versions" SET "{what}" = %s'  # noqa: S608 a name of ours
        database.execute(moved, [time.time_ns()])
    database.commit()
    if touched:
        versions.wait_for_leases()
    return outcome


def _connect(deadline: float) -> psycopg.Connection[Any]:
    import psycopg

    wanted = django_connection.get_connection_params()
    database = psycopg.connect(**{**wanted, "cursor_factory": psycopg.Cursor, "context": None})
    limit = max(1, int((deadline - time.monotonic()) * 1000))
    database.execute("SELECT set_config('statement_timeout', %s, false)", [str(limit)])
    database.commit()
    [(may_too_much,)] = database.execute(_MAY_TOO_MUCH).fetchall()
    if may_too_much:
        database.close()
        raise QueryFailed(_REFUSED)
    return database


def _kept(database: psycopg.Connection[Any]) -> dict[str, Any]:
    """Return what tells a state of the tables that workers keep in memory from another one."""
    text = "SELECT md5(string_agg(row::text, ';' ORDER BY row::text)) FROM {} AS row"
    return {table: database.execute(text.format(f'"{table}"')).fetchone() for table in KEPT}


def _run(database: psycopg.Connection[Any], text: str, deadline: float) -> Outcome:
    from psycopg import errors, pq

    outcome = Outcome()
    writes = text.upper().startswith(WRITES)
    rows: list[list[str | None]] = []
    failed: psycopg.Error | None = None
    last: Any = None  # what describes the columns of the last statement that has some
    for result in _results(database, text, deadline):
        match result.status:
            case pq.ExecStatus.SINGLE_TUPLE:
                if len(rows) < MOST_ROWS:
                    rows.append(_row(result))
            case pq.ExecStatus.TUPLES_OK:
                last, outcome.rows, rows = result, rows, []
            case pq.ExecStatus.FATAL_ERROR:
                failed = errors.error_from_result(result)
            case pq.ExecStatus.COPY_IN | pq.ExecStatus.COPY_OUT | pq.ExecStatus.COPY_BOTH:
                raise QueryFailed("COPY has nowhere to go from here")
        done = (result.command_status or b"").decode()
        if done.startswith(_CHANGES) and result.command_tuples:
            outcome.changed = result.command_tuples
    if failed is not None:
        raise failed
    if writes:
        return Outcome(changed=outcome.changed)
    outcome.changed = 0
    if last is not None:
        outcome.columns = _columns(database, last)
    return outcome


def _results(database: psycopg.Connection[Any], text: str, deadline: float) -> Iterator[Any]:
    """Give the results of ``text``, row by row; other threads go on while the server works."""
    libpq = database.pgconn
    socket = select.poll()
    socket.register(libpq.socket, select.POLLIN)
    libpq.send_query(text.encode())
    libpq.set_single_row_mode()
    while True:
        libpq.flush()
        while libpq.is_busy():
            left = deadline + _GRACE_S - time.monotonic()
            if not socket.poll(max(0, int(left * 1000))):
                database.cancel_safe()
                raise QueryFailed("the query took too long")
            libpq.consume_input()
        result = libpq.get_result()
        if result is None:
            return
        yield result


def _columns(database: psycopg.Connection[Any], result: Any) -> list[tuple[str, str]]:
    """Return each column's name, and its type if it is a table's."""
    at = range(result.nfields)
    kinds = database.execute(
        "SELECT upper(format_type(kind, size)) FROM unnest(%s::oid[], %s::int[])"
        " WITH ORDINALITY AS given (kind, size, at) ORDER BY at",
        [[result.ftype(i) for i in at], [result.fmod(i) for i in at]],
    ).fetchall()
    return [
        (result.fname(i).decode(), kind if result.ftable(i) else "")
        for i, (kind,) in zip(at, kinds, strict=True)
    ]


def _row(result: Any) -> list[str | None]:
    return [_text(result.get_value(0, at), result.ftype(at)) for at in range(result.nfields)]


def _text(raw: bytes | None, kind: int) -> str | None:
    """Return a value as SQLite's console shows it, all else as PostgreSQL writes it."""
    if raw is None:
        return None
    text = raw.decode("utf-8", "replace")
    if kind == _BOOL:
        return "1" if text == "t" else "0"
    if kind == _BYTEA and text.startswith("\\x"):
        return bytes.fromhex(text[2:]).decode("utf-8", "replace")
    if kind == _JSON:
        return compact(text)
    if kind == _JSONB:
        return canonical(raw)
    if kind in _FLOATS or (kind == _NUMERIC and Decimal(text) == Decimal(repr(float(text)))):
        return number(float(text))
    return text


def _message(error: psycopg.Error) -> str:
    told = error.diag
    if told.message_primary is None:
        return str(error)
    detail = f": {told.message_detail.rstrip('.')}" if told.message_detail else ""
    return f"{told.message_primary}{detail} ({told.sqlstate})"
