"""Django's SQLite backend with short ways into transactions.

``isolation_level``, which decides when the driver begins transactions by itself, is never anything
but ``None``.
"""

from __future__ import annotations

from django.db.backends.sqlite3 import base

from core_app.short_transactions import ShortTransactions


class DatabaseWrapper(ShortTransactions, base.DatabaseWrapper):
    """A connection of Django to a SQLite file."""

    transaction_mode: str | None

    def _goes_shortly(self, autocommit: bool, forced: bool) -> bool:
        return (autocommit or forced) and self.connection.isolation_level is None

    def _switch(self, autocommit: bool) -> None:
        if not autocommit:
            with self.wrap_database_errors:
                self.connection.execute(f"BEGIN {self.transaction_mode or ''}")

    def _commit_shortly(self) -> None:
        if self.connection.in_transaction:
            with self.wrap_database_errors:
                self.connection.execute("COMMIT")
