"""What the tables behind collections look like."""

from __future__ import annotations

import pytest
from django.db import connection

from collections_app.schema import snapshot
from core_app import sql
from tests.databases import described, on_sqlite


@pytest.fixture
def table_sql(db):
    """Return the statement that made a table or view; ``None`` if there is none."""
    on_sqlite()

    def read(name):
        rows = _all("SELECT sql FROM sqlite_schema WHERE name = %s", name)
        return rows[0][0] if rows else None

    return read


@pytest.fixture
def index_sql(db):
    """Return the statements of a table's own indexes."""
    on_sqlite()

    def read(table):
        return [
            row[0]
            for row in _all(
                "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = %s"
                " AND sql IS NOT NULL ORDER BY rowid",
                table,
            )
        ]

    return read


@pytest.fixture
def stored(db):
    """Return the rows of a table as tuples: ``stored("posts", "title", "n")``."""

    def read(table, *columns):
        names = ", ".join(f'"{column}"' for column in columns)
        order = sql.dialect().row_number(f'"{table}"')
        return sql.fetch_all(f'SELECT {names} FROM "{table}" ORDER BY {order}')

    return read


@pytest.fixture
def everything(db):
    """Return all that a refused change must leave as it is."""

    def read():
        return (
            _all("SELECT * FROM _collections ORDER BY id"),
            described(),
            _all("SELECT schema FROM _versions"),
            [item.name for item in snapshot.current().collections],
        )

    return read


def _all(text, *params):
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()
