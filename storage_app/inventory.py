"""All keys of a storage, listed once into a temporary database, so that millions need no memory."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from storage_app.backends.base import Entry

_AT_ONCE = 1000


class Inventory:
    """Entries by key, each with a mark that can be set; use it in a ``with`` block."""

    def __enter__(self) -> Inventory:
        self._folder = tempfile.TemporaryDirectory(prefix="holdall-inventory-")
        self._database = sqlite3.connect(Path(self._folder.name) / "inventory.db")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(
            "CREATE TABLE entries (key TEXT PRIMARY KEY, size INTEGER, marked INTEGER DEFAULT 0)"
            " WITHOUT ROWID"
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()
        self._folder.cleanup()

    def fill(self, entries: Iterable[Entry]) -> None:
        """Add what a storage says it holds."""
        self._database.executemany(
            "INSERT OR REPLACE INTO entries (key, size) VALUES (?, ?)", entries
        )

    def totals(self) -> tuple[int, int]:
        """Return the number of keys and the sum of their bytes."""
        return self._one("SELECT count(*), coalesce(sum(size), 0) FROM entries") or (0, 0)

    def size_of(self, key: str) -> int | None:
        """Return the bytes under ``key``, ``None`` if it is not there."""
        found = self._one("SELECT size FROM entries WHERE key = ?", key)
        return None if found is None else int(found[0])

    def mark(self, key: str, folder: str) -> bool:
        """Mark ``key`` and all keys that begin with ``folder``; return whether ``key`` is there."""
        self._database.execute(
            "UPDATE entries SET marked = 1 WHERE key >= ? AND key < ?",
            (folder, folder[:-1] + chr(ord(folder[-1]) + 1)),
        )
        changed = self._database.execute("UPDATE entries SET marked = 1 WHERE key = ?", (key,))
        return changed.rowcount > 0

    def __iter__(self) -> Iterator[Entry]:
        return self._pages("")

    def unmarked(self) -> Iterator[Entry]:
        """Yield the entries without a mark, by key."""
        return self._pages("AND NOT marked")

    def _pages(self, condition: str) -> Iterator[Entry]:
        last = ""
        while True:
            rows = self._database.execute(
                f"SELECT key, size FROM entries WHERE key > ? {condition}"  # noqa: S608
                " ORDER BY key LIMIT ?",
                (last, _AT_ONCE),
            ).fetchall()
            if not rows:
                return
            yield from (Entry(*row) for row in rows)
            last = rows[-1][0]

    def _one(self, statement: str, *values: str) -> Any:
        return self._database.execute(statement, values).fetchone()
