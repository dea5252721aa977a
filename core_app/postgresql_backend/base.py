"""Django's PostgreSQL backend with short ways into transactions.

psycopg sends BEGIN with the first statement.
"""

from __future__ import annotations

from django.db.backends.postgresql import base

from core_app.short_transactions import ShortTransactions


class DatabaseWrapper(ShortTransactions, base.DatabaseWrapper):
    """A connection of Django to a PostgreSQL database."""

    def _switch(self, autocommit: bool) -> None:
        self.connection.autocommit = autocommit

    def _commit_shortly(self) -> None:
        self.connection.commit()
