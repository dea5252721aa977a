"""PocketBase's request log, attached as ``pb`` to ours."""

from __future__ import annotations

from django.db import connections

from ops_app.pocketbase.folder import SCHEMA
from ops_app.pocketbase.source import fetch

_COLUMNS = '"id", "level", "message", "data", "created"'


def missing() -> int:
    """Return how many of its entries are not here."""
    text = f"SELECT count(*) FROM {SCHEMA}._logs WHERE id NOT IN (SELECT id FROM main._logs)"  # noqa: S608
    return int(fetch(text, alias="auxiliary")[0][0])


def copy() -> int:
    """Copy what is not here yet; return the number of entries."""
    with connections["auxiliary"].cursor() as cursor:
        cursor.execute(
            f"INSERT OR IGNORE INTO main._logs ({_COLUMNS}) "  # noqa: S608
            f"SELECT {_COLUMNS} FROM {SCHEMA}._logs ORDER BY _rowid_"
        )
        return int(cursor.rowcount)
