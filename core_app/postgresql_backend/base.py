"""Django's PostgreSQL backend with short ways into transactions.

psycopg sends BEGIN with the first statement.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from core_app.dialects import late_commits
from core_app.short_transactions import ShortTransactions

_IDLE = TransactionStatus.IDLE


class DatabaseWrapper(ShortTransactions, base.DatabaseWrapper):
    """A connection of Django to a PostgreSQL database."""

    def create_cursor(self, name: str | None = None) -> Any:
        late_commits.hurry()
        return super().create_cursor(name)

    def _switch(self, autocommit: bool) -> None:
        held = self.connection
        if held.pgconn.transaction_status == _IDLE:
            # all that is left to do for psycopg's setter, which takes its lock and waits first
            held._autocommit = autocommit
        else:
            with self.wrap_database_errors:
                held.autocommit = autocommit

    def _commit_shortly(self) -> None:
        """Commit, unless all that there was to do went together with its own commit."""
        if self.connection.pgconn.transaction_status != _IDLE:
            with self.wrap_database_errors:
                self.connection.commit()
