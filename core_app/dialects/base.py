"""What differs from database to database below all queries: cursors, errors, locks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from core_app.dialects.steps import Step

if TYPE_CHECKING:
    from core_app.dialects.postgresql_statements import Change


class Violation(NamedTuple):
    """Which unique index refused a row: its table, and its columns or, if they are "", its name."""

    table: str
    columns: tuple[str, ...]
    name: str


class Dialect(ABC):
    """One database."""

    #: writers come one after the other, in the order of their commits
    has_one_writer: ClassVar[bool]
    #: a statement that fails takes its transaction with it
    error_ends_transaction: ClassVar[bool]
    #: appended to a SELECT, keeps its rows from changing until the transaction ends
    for_update: ClassVar[str]
    #: a column of every table by which a row can be told from what it was before; "": there is none
    row_version: ClassVar[str] = ""

    @abstractmethod
    def marked(self, text: str) -> str:
        """Return a statement that was written with ``?`` marks with this database's own."""

    @abstractmethod
    def for_django(self, text: str) -> str:
        """Return a statement with this database's marks with those of Django's cursors."""

    @abstractmethod
    def row_number(self, table: str) -> str:
        """Return what orders a table (quoted) as its rows were inserted."""

    @abstractmethod
    def same_name(self, one: str, other: str) -> bool:
        """Return whether both are names of the same table."""

    @abstractmethod
    def identifier(self, name: str) -> str:
        """Return what a table, column or index called ``name`` is called in the database."""

    @abstractmethod
    def sought(self, text: str) -> str:
        """Return a text to look for in place of ``text``, which may have no place in tables."""

    @abstractmethod
    def cursor(self, connection: BaseDatabaseWrapper) -> Any:
        """Return what runs statements past Django: ``execute(text, params)`` and its results."""

    def commit(
        self, connection: BaseDatabaseWrapper, steps: Sequence[Step], *, may_wait: bool = False
    ) -> bool:
        """Run the last steps of a transaction and commit, in one go, if all of them hold.

        Else raise the ``otherwise`` of one that does not, or return False, and nothing has
        happened: the steps are to be run one by one. ``may_wait``: nothing that follows has to
        come at once (``late_commits``). Where many write.
        """
        raise NotImplementedError

    def commit_changes(
        self, connection: BaseDatabaseWrapper, changes: Sequence[Change]
    ) -> list[bool | DatabaseError]:
        """Commit changes of several requests by a connection that has begun nothing.

        For each: whether it was committed, or the error by which nobody knows.
        """
        raise NotImplementedError

    def watchable_cursor(self, connection: BaseDatabaseWrapper) -> Any:
        """Return the same to put Django's wrappers around; ``None`` where its own serve as well."""
        return None

    def schema_is(self, connection: BaseDatabaseWrapper, version: int) -> None:
        """Let the connection know by which version of the schema the next statements go."""
        return

    def is_quiet(self, connection: BaseDatabaseWrapper) -> bool:
        """Return whether it is open and its server has not taken leave since the last statement.

        By no round trip. Where the database is a server.
        """
        raise NotImplementedError

    @abstractmethod
    def state(self, connection: BaseDatabaseWrapper) -> Hashable:
        """Return what differs, on this connection, after whatever anybody commits to tables.

        ``None`` where it is not to be had at little cost. What the connection itself changes in
        the schema alone may not show.
        """

    @abstractmethod
    def limit(self, connection: BaseDatabaseWrapper, seconds: float) -> None:
        """Have statements of a new connection stopped that take longer; 0: never."""

    @abstractmethod
    def ran_out(self, error: BaseException) -> bool:
        """Return whether the driver's ``error`` says that a statement took too long."""

    @abstractmethod
    def is_refusal(self, error: BaseException) -> bool:
        """Return whether the driver's ``error`` is about the statement or its values.

        If not, it is the database that is in trouble.
        """

    @abstractmethod
    def is_away(self, error: BaseException) -> bool:
        """Return whether ``error`` says that the database cannot be reached, or has gone."""

    @abstractmethod
    def violation(self, error: BaseException) -> Violation | None:
        """Return which unique index ``error``, of the driver or of Django, is about, if so."""

    @abstractmethod
    def may_try_again(self, error: BaseException) -> bool:
        """Return whether the driver's ``error`` ended a transaction for the sake of another one."""

    @abstractmethod
    def lock(self, connection: BaseDatabaseWrapper, name: str, *, waits: bool = True) -> bool:
        """Take the lock ``name`` for the connection; return whether it is held now."""

    def lock_statement(self, name: str) -> tuple[str, tuple[Any, ...]]:
        """Return what ``lock`` runs, where many write."""
        raise NotImplementedError

    @abstractmethod
    def unlock(self, connection: BaseDatabaseWrapper, name: str) -> None:
        """Give the lock ``name`` back."""
