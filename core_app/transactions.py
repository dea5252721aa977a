"""Transactions that write, and the order of their commits.

SQLite lets one connection write and makes the others poll; under load polling is unfair and slow.
``write()`` queues writers on a lock of the process and then on a lock of a file in the data folder
(the kernel wakes the next in line), and only then begins the transaction. SQLite's own lock still
guards against everyone who does not come through here.

PostgreSQL lets many write. There a transaction takes its turn only for the end: if something has to
keep the order of commits (``on_commit_in_turn``), it holds a lock of the database, one for all
machines, from just before the commit until that is done. Nobody else waits.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction

from core_app import dialects, sql, versions
from core_app.dialects.steps import Step
from core_app.errors import ServiceUnavailable

#: the lock of PostgreSQL behind which transactions commit whose order matters
ORDER = "order of commits"

#: what clients are told where a replica is followed
READ_ONLY = "This server follows a replica and only reads: send this request to the primary."


class WriteGate:
    """A re-entrant lock for one thread of one process of this machine at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._file: int | None = None
        os.register_at_fork(after_in_child=self._forget)

    def acquire(self) -> None:
        """Wait for the turn to write."""
        self._lock.acquire()
        self._depth += 1
        if self._depth == 1:
            fcntl.flock(self._descriptor(), fcntl.LOCK_EX)
            if self._has_moved():
                self.release()
                raise ServiceUnavailable("The data has moved: the server has to be restarted.")

    def release(self) -> None:
        """Let the next writer in."""
        self._depth -= 1
        if self._depth == 0:
            fcntl.flock(self._descriptor(), fcntl.LOCK_UN)
        self._lock.release()

    @staticmethod
    def _has_moved() -> bool:
        """Return whether a move has ended since this process began to use the data folder."""
        if settings.DATABASE_URL or settings.DATABASE_FILE_AT_START:
            return False
        return os.path.exists(settings.DATABASE_FILE)

    def _descriptor(self) -> int:
        if self._file is None:
            path = settings.HOLDALL_DATA_DIR / ".write.lock"
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file

    def _forget(self) -> None:
        """Open the file anew in a process that was forked: locks belong to files as opened."""
        self._file = None


gate = WriteGate()


class write:  # a generator of contextlib would cost three times as much
    """One transaction for writing; inside another one, simply a part of it.

    Without ``savepoint`` such a part cannot fail alone: what it raises has to end the whole.

    ``schema`` is the version that the schema must have, or ``SchemaMoved`` is raised and nothing
    written. Where others write meanwhile that is asked at the end: then the tables that were
    written to are locked, and whoever changes them waits.

    Keep it short: hash passwords, make names and talk to the network before. What follows the
    commit (``transaction.on_commit``) runs after the next writer has been let in.
    Raise ``ServiceUnavailable`` where a replica is followed.
    """

    __slots__ = ("_atomic", "_schema", "_turn")

    def __init__(self, schema: int | None = None, *, savepoint: bool = True) -> None:
        self._schema = schema
        self._turn: _Turn | None = None
        self._atomic = transaction.atomic(savepoint=savepoint)

    def __enter__(self) -> None:
        if settings.HOLDALL_FOLLOW:
            raise ServiceUnavailable(READ_ONLY)
        sql.read_by(None)
        connection = connections["default"]
        if connection.in_atomic_block:
            self._atomic.__enter__()
            return
        turn = self._turn = _local.turn = _Turn(connection, self._schema)
        try:
            self._atomic.__enter__()
        except BaseException:
            self._end(turn)
            raise
        try:
            connection.on_commit(turn.end)
            turn.begun()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        turn = self._turn
        if turn is None:
            self._atomic.__exit__(kind, error, trace)
            return
        try:
            if kind is None:
                try:
                    turn.finish()
                except BaseException:
                    self._atomic.__exit__(*sys.exc_info())
                    raise
            self._atomic.__exit__(kind, error, trace)
        finally:
            self._end(turn)

    @staticmethod
    def _end(turn: _Turn) -> None:
        _local.turn = None
        turn.end()
        turn.undo()


def execute_last(
    text: str, params: Sequence[Any], otherwise: type[Exception] | None = None, *, row: str
) -> None:
    """Change the row with the id ``row``, after which the transaction asks for nothing more.

    Where many write the statement goes to the server together with the commit, so what it raises
    is raised at the end of ``write()``. ``otherwise`` is raised if it changes no row.
    """
    turn = _local.turn
    if turn is not None and takes_along():
        turn.keep(Step(text, params, otherwise, changes=True, row=row))
    elif not sql.execute(text, params) and otherwise is not None:
        raise otherwise


def takes_along() -> bool:
    """Return whether the transaction under way takes statements along to its end."""
    turn = _local.turn
    return turn is not None and turn.keeps and not turn.connection.savepoint_ids


def require_last(text: str, params: Sequence[Any], otherwise: type[Exception]) -> None:
    """Have the commit, which must take statements along, fail by ``otherwise`` on a condition.

    ``text`` is an expression.
    """
    turn = _local.turn
    if turn is None:
        raise RuntimeError("there is no transaction to take it along")
    turn.keep(Step(text, params, otherwise))


@contextmanager
def read() -> Iterator[None]:
    """One state of the database for all statements inside, which only read.

    On SQLite alone: PostgreSQL would give up all of it for one statement that fails, and there
    each statement sees its own state.
    """
    if not sql.dialect().has_one_writer or connection.in_atomic_block:
        yield
        return
    sql.execute("BEGIN")
    try:
        yield
    finally:
        sql.execute("ROLLBACK")


def on_commit_in_turn(step: Callable[[], None], is_needed: Callable[[], bool] = bool) -> None:
    """Call ``step`` right after the commit and before the next writer is let in.

    Where many write, they take turns only if ``is_needed`` says so at the end of the transaction.

    For what has to keep the order of commits. It must take microseconds; what it raises is logged.
    Everything else belongs in ``transaction.on_commit``.
    """
    turn = _local.turn
    if turn is None:
        transaction.on_commit(step, robust=True)
        return
    turn.connection.on_commit(step, robust=True)
    if turn.connection.in_atomic_block:
        turn.precede(turn.connection.run_on_commit)
        turn.reasons.append(is_needed)


def on_rollback(step: Callable[[], None]) -> None:
    """Call ``step`` if the transaction that ``write()`` began, or the savepoint, is rolled back.

    For what has been left outside of the database. The step must not fail.
    """
    turn = _local.turn
    if turn is not None and turn.connection.in_atomic_block:
        turn.undoing.append(step)
        transaction.on_commit(lambda: turn.undoing.remove(step))


class _Turn:
    """The time between the gate's opening and the end of one transaction."""

    def __init__(self, connection: Any, schema: int | None) -> None:
        self.connection = connection
        self._schema = schema
        self._is_gated = dialects.of(connection).has_one_writer
        self._held = self._is_gated
        #: the end of the transaction may take statements along
        self.keeps = False
        self._kept: list[Step] = []
        #: what may say that the order of the commit matters
        self.reasons: list[Callable[[], bool]] = []
        #: what is to be done for parts that were not committed
        self.undoing: list[Callable[[], None]] = []
        #: where ``end`` stands among the steps that wait for the commit, or further to the left
        self._at = 0
        if self._held:
            gate.acquire()

    def begun(self) -> None:
        """Look at the schema now, if the end of the transaction cannot do it as well."""
        if self._schema is None:
            return
        if self._is_gated:
            versions.require_schema(self._schema)
        else:
            self.keeps = True

    def precede(self, waiting: list[Any]) -> None:
        """Move the last of the waiting steps to just before ``end``."""
        # a savepoint that was rolled back took steps away: look to the left of where it was
        at = min(self._at, len(waiting) - 1)
        while waiting[at][1] != self.end:
            at -= 1
        waiting.insert(at, waiting.pop())
        self._at = at + 1

    def keep(self, step: Step) -> None:
        """Have a statement run with the commit."""
        self._kept.append(step)

    def finish(self) -> None:
        """Do what is to be done as the last of the transaction, and commit where that can be done.

        Where many write, take the turn only now, and only if the commit has to keep an order. It
        comes after what was kept: whoever waits for another's row must not hold up its commit.
        """
        if self._is_gated or self.connection.needs_rollback:
            return
        self._held = any(is_needed() for is_needed in self.reasons)
        dialect = dialects.of(self.connection)
        if self._schema is not None:
            lock = [Step(*dialect.lock_statement(ORDER))] if self._held else []
            # more than that we and those whose steps are short wait for the commit
            follows = len(self.connection.run_on_commit) > len(self.reasons) + 1
            may_wait = not (self._held or self.undoing or follows)
            versions.commit_by_schema(self._schema, [*self._kept, *lock], may_wait=may_wait)
        elif self._held:
            dialect.lock(self.connection, ORDER)

    def undo(self) -> None:
        """Do what has to follow a rollback."""
        for step in self.undoing:
            step()

    def end(self, **_: Any) -> None:
        if not self._held:
            return
        self._held = False
        if self._is_gated:
            gate.release()
        elif self.connection.connection is not None:  # with the connection the lock has gone
            dialects.of(self.connection).unlock(self.connection, ORDER)


class _Local(threading.local):
    turn: _Turn | None = None


_local = _Local()
