"""PostgreSQL, by psycopg 3: values come as SQLite's driver gives them, statements stay prepared."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, DataError
from django.db.backends.base.base import BaseDatabaseWrapper

from core_app.dialects import late_commits
from core_app.dialects.base import Dialect, Violation
from core_app.dialects.steps import Step, as_one, dividing_unless_it_holds

if TYPE_CHECKING:
    from core_app.dialects.joint_commits import JointCommits
    from core_app.dialects.postgresql_statements import Change, Statements

#: classes of SQLSTATE: values and statements that cannot be, limits, stopped
_REFUSALS = ("22", "42", "54", "57014")
_CANCELLED = "57014"
#: the connection is broken, the server stops, starts, or has no place for one more
_GONE = ("08", "57P", "53300")
_UNIQUE = "23505"
#: serialization failure, deadlock
_ENDED_FOR_ANOTHER = ("40001", "40P01")

_LOCK = "SELECT pg_advisory_lock(%s)"

#: bytes that PostgreSQL keeps of a name
_LONGEST_NAME = 63


#: a character that no text is supposed to have
NOTHING = "\U0010ffff"


@lru_cache(maxsize=10_000)
def identifier(name: str) -> str:
    """Return ``name`` or, where it is too long, what stands for it: its beginning and a hash."""
    raw = name.encode()
    if len(raw) <= _LONGEST_NAME:
        return name
    digest = blake2b(raw, digest_size=4).hexdigest()
    return f"{raw[: _LONGEST_NAME - 9].decode(errors='ignore')}_{digest}"


class PostgreSQL(Dialect):
    has_one_writer = False
    error_ends_transaction = True
    for_update = " FOR UPDATE"
    row_version = "xmin"

    def marked(self, text: str) -> str:
        """Statements hold no literal ``?``."""
        return text.replace("%", "%%").replace("?", "%s")

    def for_django(self, text: str) -> str:
        return text

    def row_number(self, table: str) -> str:
        return f'{table}."_rowid_"'

    def same_name(self, one: str, other: str) -> bool:
        return one == other

    def sought(self, text: str) -> str:
        return text.replace("\0", NOTHING)

    def identifier(self, name: str) -> str:
        return identifier(name)

    def cursor(self, connection: BaseDatabaseWrapper) -> Any:
        """Return the one cursor of the connection; parameters go to the server apart from the text.

        Its results are to be fetched before the next statement runs.
        """
        late_commits.hurry()
        return _statements(connection)

    def commit(
        self, connection: BaseDatabaseWrapper, steps: Sequence[Step], *, may_wait: bool = False
    ) -> bool:
        """In one statement, or in one round trip where the order of the steps matters."""
        late_commits.hurry()
        statements = _statements(connection)
        if statements.is_idle() and (one := as_one(steps)):
            from core_app.dialects.postgresql_statements import change_of

            change = change_of(*one)
            if change is None:
                return False
            if may_wait and late_commits.wait_with(self, change):
                return True
            return _joint_commits(connection.alias).run(statements, change)
        at = statements.commit_after(
            [(dividing_unless_it_holds(step), step.params) for step in steps]
        )
        if at is not None:
            raise steps[at].otherwise or DataError(f"a division by zero in {steps[at].text}")
        return True

    def commit_changes(
        self, connection: BaseDatabaseWrapper, changes: Sequence[Change]
    ) -> list[bool | DatabaseError]:
        """All that change different rows as one transaction; each alone, if that fails."""
        first_of_row: dict[str, Change] = {}
        for change in changes:
            first_of_row.setdefault(change.row, change)
        together = list(first_of_row.values()) if len(first_of_row) > 1 else []
        try:
            with connection.wrap_database_errors:
                if not together or not _statements(connection).commit_together(together):
                    together = []
        except DatabaseError as error:
            if self.is_away(error):
                connection.close()
                return [error] * len(changes)
            together = []  # one could not even be prepared: a column has gone
        done = {id(change) for change in together}
        return [id(change) in done or self._commit_alone(connection, change) for change in changes]

    def _commit_alone(
        self, connection: BaseDatabaseWrapper, change: Change
    ) -> bool | DatabaseError:
        try:
            with connection.wrap_database_errors:
                joint = _joint_commits(connection.alias)
                return joint.run(_statements(connection), change)
        except DatabaseError as error:
            if not self.is_away(error):
                return False
            connection.close()
            return error

    def watchable_cursor(self, connection: BaseDatabaseWrapper) -> Any:
        return _statements(connection).watchable

    def schema_is(self, connection: BaseDatabaseWrapper, version: int) -> None:
        if connection.connection is not None:
            _statements(connection).schema_is(version)

    def is_quiet(self, connection: BaseDatabaseWrapper) -> bool:
        return connection.connection is not None and _statements(connection).is_quiet()

    def state(self, connection: BaseDatabaseWrapper) -> Hashable:
        """The server would have to be asked, and tells of all its databases' commits."""
        return None

    def limit(self, connection: BaseDatabaseWrapper, seconds: float) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds:.3f}s"])

    def ran_out(self, error: BaseException) -> bool:
        return getattr(error, "sqlstate", None) == _CANCELLED

    def is_refusal(self, error: BaseException) -> bool:
        state = getattr(error, "sqlstate", None)
        if state is None:  # the driver itself: a value that it cannot send, or no connection
            return not _is_operational(error)
        return bool(state.startswith(_REFUSALS))

    def is_away(self, error: BaseException) -> bool:
        cause = error.__cause__ or error
        state = getattr(cause, "sqlstate", None)
        return state.startswith(_GONE) if state else _is_operational(cause)

    def violation(self, error: BaseException) -> Violation | None:
        cause = error.__cause__ if getattr(error, "sqlstate", None) is None else error
        if getattr(cause, "sqlstate", None) != _UNIQUE:
            return None
        told: Any = cause.diag  # type: ignore[union-attr]
        return Violation(told.table_name or "", (), told.constraint_name or "")

    def may_try_again(self, error: BaseException) -> bool:
        if getattr(error, "sqlstate", None) in _ENDED_FOR_ANOTHER:
            return True
        from core_app.dialects.postgresql_statements import is_stale

        return is_stale(error)

    def lock(self, connection: BaseDatabaseWrapper, name: str, *, waits: bool = True) -> bool:
        how = _LOCK if waits else "SELECT pg_try_advisory_lock(%s)"
        with connection.cursor() as cursor:
            cursor.execute(how, [_number(name)])
            return cursor.fetchone()[0] is not False

    def lock_statement(self, name: str) -> tuple[str, tuple[Any, ...]]:
        return _LOCK, (_number(name),)

    def unlock(self, connection: BaseDatabaseWrapper, name: str) -> None:
        with connection.wrap_database_errors:
            _statements(connection).execute("SELECT pg_advisory_unlock(%s)", (_number(name),))


def _number(name: str) -> int:
    """Return what PostgreSQL calls a lock: 64 bits, the same for the same name everywhere."""
    digest = blake2b(f"holdall {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _is_operational(error: BaseException) -> bool:
    import psycopg
    from django.db import InterfaceError, OperationalError

    return isinstance(
        error,
        (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError),
    )


@cache
def _joint_commits(alias: str) -> JointCommits:
    from core_app.dialects.joint_commits import JointCommits

    return JointCommits()


def _statements(connection: BaseDatabaseWrapper) -> Statements:
    held: Any = connection.connection
    if held is None:
        connection.ensure_connection()
        held = connection.connection
    statements: Statements | None = held.__dict__.get("holdall_statements")
    if statements is None:
        from core_app.dialects.postgresql_statements import Statements

        statements = held.holdall_statements = Statements(held)
    return statements
