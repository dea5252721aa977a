"""What a query may name: the database's tables and views, each with its columns."""

from __future__ import annotations

from django.db import connection

from core_app import sql

#: a view that has lost its table has no columns, so they are asked for table by table
_NAMES = (
    "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)
_TABLE_COLUMNS = (
    "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY c.cid"
)
_ON_POSTGRESQL = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
)


def tables() -> dict[str, list[str]]:
    """Return the names of columns by table. Views of SQLite come without theirs."""
    if connection.vendor == "postgresql":
        rows = sql.fetch_all(_ON_POSTGRESQL, ())
        found: dict[str, list[str]] = {}
    else:
        found = {name: [] for name, _ in sql.fetch_all(_NAMES, ())}
        rows = sql.fetch_all(_TABLE_COLUMNS, ())
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found
