"""SQL as a superuser types it -> columns and rows of text, on the app's own data.

Each call has a connection of its own, so nothing it leaves behind (an open transaction, a setting,
a temporary table) outlives it. Hooks are not asked. Source: PocketBase apis/sql.go.
"""

from __future__ import annotations

import time

from django.db import connection

from ops_app.sql_console import postgresql, sqlite
from ops_app.sql_console.outcome import MOST_ROWS, Outcome, QueryFailed
from ops_app.sql_console.tables import tables

TIMEOUT_S = 180

_BY_VENDOR = {"sqlite": sqlite.run, "postgresql": postgresql.run}


def run(query: str) -> Outcome:
    """Run one or more statements; what comes back is the last one's. Raise ``QueryFailed``."""
    text = query.strip()
    if not text:
        raise QueryFailed("empty query")
    began = time.monotonic()
    outcome = _BY_VENDOR[connection.vendor](text, began + TIMEOUT_S)
    outcome.took_ms = int((time.monotonic() - began) * 1000)
    return outcome


__all__ = ["MOST_ROWS", "TIMEOUT_S", "Outcome", "QueryFailed", "run", "tables"]
