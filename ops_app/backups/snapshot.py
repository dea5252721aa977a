"""The data folder at one moment -> a folder of copies, while writers write.

SQLite's databases are copied by its own backup, from read transactions that begin at the same
moment; writers wait only for that beginning. PostgreSQL's is dumped, and nobody waits.
Files never change once they are written, so a second name for each (a hard link) keeps what is
deleted meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import ExitStack, closing
from pathlib import Path

from django.conf import settings
from django.db import connections

from core_app.transactions import gate
from ops_app.backups import contents, postgresql
from ops_app.backups.busy import Progress

_PAGES = 2000  # of the database, between two counts of the progress


def take(into: Path, progress: Progress, exclude: Collection[str] = ()) -> None:
    """Fill the empty folder ``into``. Raise ``BackupError``."""
    links = _Links(into, exclude)
    links.add_missing()
    if postgresql.is_used():
        with postgresql.moment() as state:
            links.add_missing()
            progress.total = links.size
            postgresql.dump(into / postgresql.DUMP, state)
        return
    with ExitStack() as stack:
        sources = {
            name: stack.enter_context(closing(_open(alias)))
            for alias, name in contents.DATABASES.items()
        }
        gate.acquire()
        try:
            links.add_missing()
            for source in sources.values():
                source.execute("BEGIN")
                source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()  # now it has begun
        finally:
            gate.release()
        progress.total = 2 * sum(map(_size, sources.values())) + links.size
        for name, source in sources.items():
            _copy(source, into / name, progress)


class _Links:
    """Second names of the data folder's files, under the same paths in another folder."""

    def __init__(self, into: Path, exclude: Collection[str]) -> None:
        self.into = into
        self.exclude = exclude
        self.size = 0
        self._seen: set[str] = set()

    def add_missing(self) -> None:
        """Link what has not been linked before."""
        for entry in contents.files(settings.HOLDALL_DATA_DIR, self.exclude):
            if entry.name not in self._seen:
                target = self.into / entry.name
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    _link(entry.path, target)
                    self.size += target.stat().st_size
                except FileNotFoundError:
                    continue  # deleted meanwhile
                self._seen.add(entry.name)


def _link(path: str, target: Path) -> None:
    try:
        os.link(path, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no links
        shutil.copy2(path, target)


def _open(alias: str) -> sqlite3.Connection:
    name = connections[alias].settings_dict["NAME"]
    return sqlite3.connect(name, timeout=10, isolation_level=None)


def _size(database: sqlite3.Connection) -> int:
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    page = database.execute("PRAGMA page_size").fetchone()[0]
    return int(pages) * int(page)


def _copy(source: sqlite3.Connection, target: Path, progress: Progress) -> None:
    page = int(source.execute("PRAGMA page_size").fetchone()[0])
    left: int | None = None

    def count(status: int, remaining: int, total: int) -> None:
        nonlocal left
        progress.add(((total if left is None else left) - remaining) * page)
        left = remaining

    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=_PAGES, progress=count)
    os.chmod(target, 0o600)
