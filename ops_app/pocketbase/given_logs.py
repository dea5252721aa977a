"""``auxiliary.db`` for PocketBase: its request log, empty or with our entries."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from django.db import connections

from ops_app.pocketbase import layout

_COLUMNS = '"id", "level", "message", "data", "created"'


def write(path: Path, *, with_entries: bool) -> int:
    """Write the new database ``path``; return the number of entries in it."""
    count = 0
    with closing(sqlite3.connect(path, isolation_level=None, uri=True)) as database:
        for statement in layout.LOGS:
            database.execute(statement)
        if with_entries:
            ours = quote(str(connections["auxiliary"].settings_dict["NAME"]))
            database.execute("ATTACH DATABASE ? AS here", (f"file:{ours}?mode=ro",))
            count = database.execute(
                f"INSERT INTO main._logs ({_COLUMNS}) SELECT {_COLUMNS} FROM here._logs "  # noqa: S608
                "ORDER BY _rowid_"
            ).rowcount
    path.chmod(0o600)
    return count
