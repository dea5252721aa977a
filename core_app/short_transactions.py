"""A shorter way into Django's transactions and out of them, for the engines of our databases.

``atomic()`` looks after the same things here, in a fifth of the time: a connection that is open has
no health to check, and nothing is noted of statements that nobody watches. While they are watched,
Django's own way is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Base = BaseDatabaseWrapper
else:
    _Base = object


class ShortTransactions(_Base):
    """What stands before Django's class of a database in a connection's class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_debugged: bool = settings.DEBUG

    @property
    def queries_logged(self) -> bool:
        return self.force_debug_cursor or self._is_debugged

    def get_autocommit(self) -> bool:
        if self.connection is None:
            self.ensure_connection()
        return self.autocommit

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        forced = force_begin_transaction_with_broken_autocommit
        if self._is_seen() or not self._goes_shortly(autocommit, forced):
            super().set_autocommit(autocommit, forced)
            return
        if self.in_atomic_block:
            self.validate_no_atomic_block()
        self._switch(autocommit)
        self.autocommit = autocommit
        if autocommit and self.run_commit_hooks_on_set_autocommit_on:
            self.run_and_clear_commit_hooks()
            self.run_commit_hooks_on_set_autocommit_on = False

    def commit(self) -> None:
        if self._is_seen():
            super().commit()
            return
        if self.in_atomic_block:
            self.validate_no_atomic_block()
        self._commit_shortly()
        self.errors_occurred = False
        self.run_commit_hooks_on_set_autocommit_on = True

    def _is_seen(self) -> bool:
        """Return whether there is no connection yet, or somebody watches its statements."""
        return bool(
            self.connection is None
            or self.execute_wrappers
            or self.force_debug_cursor
            or self._is_debugged
        )

    def _goes_shortly(self, autocommit: bool, forced: bool) -> bool:
        """Return whether ``_switch`` does all that Django would do."""
        return True

    def _switch(self, autocommit: bool) -> None:
        """Begin a transaction, or let one that has ended be the last. Raise Django's errors."""
        raise NotImplementedError

    def _commit_shortly(self) -> None:
        """Commit what has begun. Raise Django's errors."""
        raise NotImplementedError
