"""What tests ask of whichever database they run on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

#: PostgreSQL: tables and views with a row for each column, indexes, and what views select
DESCRIPTION = r"""
    SELECT relkind::text, relname, attname || ' ' || format_type(atttypid, NULL), NULL
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
    AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'i', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    AND indexname !~ '(_pkey|_rowid__key)\d*$'
    UNION ALL
    SELECT 'q', viewname, NULL, definition FROM pg_views WHERE schemaname = 'public'
    ORDER BY 1, 2, 3
"""


def described() -> list[tuple[Any, ...]]:
    """Return tables, views and indexes, as the database tells them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(DESCRIPTION)
        else:
            cursor.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
        return list(cursor.fetchall())


def on_sqlite() -> None:
    """Skip the test elsewhere: it looks at SQLite's own statements."""
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite's own statements")
