"""A connection to PostgreSQL as one cursor that talks to libpq itself: prepared, few round trips.

Text of a statement and its parameters -> rows, in the forms of ``postgresql_values``. What begins a
transaction goes to the server together with its first statement, and the commit together with the
statement that it depends on. Knows nothing of Django.
"""

from __future__ import annotations

import select
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

from core_app.dialects import postgresql_values

#: how often a connection runs a statement before it keeps it prepared
_PREPARED_AFTER = 2
#: statements that a connection keeps prepared
_MOST_PREPARED = 500

_IDLE = pq.TransactionStatus.IDLE
_SUCCEEDED = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)
_END = pq.ExecStatus.PIPELINE_SYNC

Values = list[Any]  # bytes, or None


class _Message(NamedTuple):
    """A statement by its text, or by its name if it has been prepared, and its parameters."""

    statement: bytes
    values: Values
    is_name: bool = False


class Change(NamedTuple):
    """A statement that changes a row, its parameters, and the id of that row."""

    statement: bytes
    values: Values
    row: str


_BEGIN, _COMMIT, _NOTHING = (_Message(text, []) for text in (b"BEGIN", b"COMMIT", b""))
#: nobody is to wait for long because another one's row is locked
_SHORT_WAITS = b"SELECT set_config('lock_timeout', '50ms', true)"


class Statements:
    """What runs the statements of one connection; fetch a result before the next one runs."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._socket = select.poll()
        self._socket.register(self._libpq.socket, select.POLLIN)
        #: psycopg's own cursor, for parameters of other types and for whoever has to watch
        self.watchable = psycopg.Cursor(connection)
        postgresql_values.register(self.watchable)
        self._rows = Transformer(self.watchable)
        self._names: OrderedDict[bytes, bytes] = OrderedDict()  # by text
        self._runs: dict[bytes, int] = {}  # by text, of what has no name yet
        self._named = 0
        self._schema = 0
        self._is_stale = False
        self._result: Any = None

    def execute(self, text: str, params: Sequence[Any] = ()) -> Any:
        """Run a statement with ``%s`` marks; return what has ``fetchall()`` and ``rowcount``."""
        values = _values(params)
        if values is None:
            return self.watchable.execute(text, params)
        statement = _numbered(text)
        try:
            self._result = self._run(statement, values)
        except psycopg.Error as error:
            if not is_stale(error):
                raise
            self._is_stale = True
            if not self.is_idle():  # nothing can be done before a rollback
                raise
            self._result = self._run(statement, values)
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        self._rows.set_pgresult(self._result)
        return self._rows.load_rows(0, self._result.ntuples, tuple)

    @property
    def rowcount(self) -> int:
        return self._result.command_tuples or 0

    def schema_is(self, version: int) -> None:
        """Give up what was prepared under another version of the schema."""
        if version != self._schema:
            if self._names:
                self._forget()
            self._schema = version

    def is_idle(self) -> bool:
        """Return whether nothing has begun a transaction."""
        return bool(self._libpq.transaction_status == _IDLE)

    def is_quiet(self) -> bool:
        """Return whether the server has sent nothing since the last answer; a farewell would be."""
        return not self._socket.poll(0)

    def commit_alone(self, change: Change) -> bool:
        """Run one statement as a transaction, by one call, while none has begun.

        Return False, nothing done, if it divides by zero. Raise every other error.
        """
        if self._is_stale:
            self._forget()
        message = self._message(change.statement, change.values)
        try:
            self._checked(self._exec(message))
        except errors.DivisionByZero:
            return False
        except psycopg.Error as error:
            self._is_stale = is_stale(error)
            raise
        return True

    def commit_together(self, changes: Sequence[Change]) -> bool:
        """Run statements as one transaction, in one round trip, while none has begun.

        Return False, nothing done, if one of them fails or waits for another transaction's row.
        Raise what says that the connection has broken: then nobody knows.
        """
        if self._is_stale:
            self._forget()
        # all in the same order everywhere, or two might wait for each other
        in_order = sorted(changes, key=_by_row)
        messages = [self._message(change.statement, change.values) for change in in_order]
        results = self._send(_BEGIN, self._message(_SHORT_WAITS, []), *messages, _COMMIT)
        try:
            for result in results:
                self._checked(result)
        except psycopg.Error as error:
            if self._libpq.status != pq.ConnStatus.OK:
                raise
            self._is_stale = is_stale(error)
            self._checked(self._libpq.exec_(b"ROLLBACK"))
            return False
        return True

    def commit_after(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> int | None:
        """Run statements and commit, all in one round trip; the first to fail undoes them all.

        Return which of them divided by zero, if that is what it was; raise every other error.
        """
        if self._is_stale:
            self._forget()
        messages: list[_Message] = []
        for text, params in statements:
            values = _values(params)
            if values is None:  # of a type that only psycopg knows how to send
                self.watchable.execute(text, params)
                messages.append(_NOTHING)
            else:
                messages.append(self._message(_numbered(text), values))
        first = 0
        if self.is_idle():
            messages.insert(0, _BEGIN)
            first = 1
        results = self._send(*messages, _COMMIT)
        for at, result in enumerate(results):
            try:
                self._checked(result)
            except errors.DivisionByZero:
                return at - first
            except psycopg.Error as error:
                self._is_stale = is_stale(error)
                raise
        return None

    def _run(self, statement: bytes, values: Values) -> Any:
        if self._is_stale:
            self._forget()
        message = self._message(statement, values)
        if self.is_idle() and not self._connection.autocommit:
            return self._together(_BEGIN, message)
        return self._checked(self._exec(message))

    def _exec(self, message: _Message) -> Any:
        run = self._libpq.exec_prepared if message.is_name else self._libpq.exec_params
        return run(message.statement, message.values)

    def _message(self, statement: bytes, values: Values) -> _Message:
        """Return what runs the statement; prepare it if that is worth it."""
        name = self._names.get(statement)
        if name is not None:
            self._names.move_to_end(statement)
            return _Message(name, values, is_name=True)
        runs = self._runs.get(statement, 0)
        if runs < _PREPARED_AFTER:
            if len(self._runs) >= _MOST_PREPARED:
                self._runs.clear()
            self._runs[statement] = runs + 1
            return _Message(statement, values)
        if len(self._names) >= _MOST_PREPARED:
            _, oldest = self._names.popitem(last=False)
            self._checked(self._libpq.exec_(b"DEALLOCATE " + oldest))
        self._named += 1
        name = b"holdall_%d" % self._named
        self._checked(self._libpq.prepare(name, statement))
        self._names[statement] = name
        del self._runs[statement]
        return _Message(name, values, is_name=True)

    def _forget(self) -> None:
        """Give up what is prepared."""
        self._names.clear()
        self._runs.clear()
        self._checked(self._libpq.exec_(b"DEALLOCATE ALL"))
        self._is_stale = False

    def _together(self, *messages: _Message) -> Any:
        """Send all in one go and return the last one's result. The first to fail ends it."""
        results = self._send(*messages)
        for result in results:
            self._checked(result)
        return results[-1]

    def _send(self, *messages: _Message) -> list[Any]:
        """Send all in one go and return their results. None runs after the first to fail."""
        libpq = self._libpq
        results = []
        try:
            libpq.enter_pipeline_mode()
            for message in messages:
                send = libpq.send_query_prepared if message.is_name else libpq.send_query_params
                send(message.statement, message.values)
            libpq.pipeline_sync()
            while (result := self._next_result()) is None or result.status != _END:
                if result is not None:
                    results.append(result)
            libpq.exit_pipeline_mode()
        except BaseException:
            self._connection.close()  # half of an answer may be on its way
            raise
        return results

    def _next_result(self) -> Any:
        """Wait for the next result, others' threads going on meanwhile; ``None`` between two."""
        libpq, socket = self._libpq, self._socket
        while libpq.flush():
            socket.modify(libpq.socket, select.POLLIN | select.POLLOUT)
            socket.poll()
            libpq.consume_input()
            socket.modify(libpq.socket, select.POLLIN)
        while libpq.is_busy():
            socket.poll()
            libpq.consume_input()
        return libpq.get_result()

    def _checked(self, result: Any) -> Any:
        if result.status in _SUCCEEDED:
            return result
        if self._libpq.status != pq.ConnStatus.OK and not _state(result):
            raise psycopg.OperationalError(self._libpq.get_error_message())
        raise errors.error_from_result(result)


def change_of(text: str, params: Sequence[Any], row: str) -> Change | None:
    """Return a change of a row, ``None`` for a value that only psycopg knows how to send."""
    values = _values(params)
    return None if values is None else Change(_numbered(text), values, row)


def _by_row(change: Change) -> tuple[str, bytes]:
    return change.row, change.statement


def is_stale(error: BaseException) -> bool:
    """Return whether a prepared statement is not there any more, or was made for other columns."""
    state = getattr(error, "sqlstate", None)
    if state == "26000":
        return True
    # the message is in the server's language, the place in its source is not
    return state == "0A000" and error.diag.source_function == "RevalidateCachedQuery"  # type: ignore[attr-defined]


def _state(result: Any) -> bytes | None:
    state: bytes | None = result.error_field(pq.DiagnosticField.SQLSTATE)
    return state


@lru_cache(maxsize=5000)
def _numbered(text: str) -> bytes:
    """Return a statement with ``$1``, ``$2``, … for its ``%s``."""
    first, *others = text.split("%s")
    numbered = first + "".join(f"${at}{part}" for at, part in enumerate(others, start=1))
    return numbered.replace("%%", "%").encode()


def _values(params: Sequence[Any]) -> Values | None:
    """Return parameters as text of no type; ``None`` if one is of a type that is not known here."""
    values: Values = []
    for value in params:
        kind = type(value)
        if kind is str:
            if "\0" in value:
                return None
            values.append(value.encode())
        elif value is None:
            values.append(None)
        elif kind is bool:
            values.append(b"1" if value else b"0")
        elif kind is int or kind is float:
            values.append(repr(value + 0).encode())
        else:
            return None
    return values
