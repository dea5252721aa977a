"""What of the data folder belongs into a backup, besides the databases.

Everything but the backups themselves, what only running processes use, and names with a dot.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from ops_app.backups import postgresql

#: names at the top of the data folder that no backup holds and no restore touches
LEFT_OUT = frozenset({"backups", "run", "lost+found"})
#: the databases by alias -> their names in a backup
DATABASES = {"default": "data.db", "auxiliary": "auxiliary.db"}
_HELPERS = ("", "-wal", "-shm", "-journal")
#: litestream's notes on a database; they do not hold for another one
REPLICATION_NOTES = ".data.db-litestream"
#: a file on its way in (``storage_app.local``)
_UNFINISHED = ".new-"


class Entry(NamedTuple):
    """A file: its name in the backup, with slashes, and where it is."""

    name: str
    path: str


def database_files() -> tuple[str, ...]:
    """Return the names in a backup of the databases that are used here."""
    return (postgresql.DUMP,) if postgresql.is_used() else tuple(DATABASES.values())


def is_part(top: str) -> bool:
    """Whether a name at the top of the data folder is the app's data."""
    return not top.startswith(".") and top not in LEFT_OUT


def of_database(name: str) -> tuple[str, ...]:
    """Return the names that an SQLite database may have on disk."""
    return tuple(name + helper for helper in _HELPERS)


def files(root: Path, exclude: Collection[str] = ()) -> Iterator[Entry]:
    """Yield every file but the databases; ``exclude`` are names at the top that are left out."""
    databases = {name for database in DATABASES.values() for name in of_database(database)}
    databases.add(postgresql.DUMP)
    for top in sorted(os.listdir(root)):
        if is_part(top) and top not in exclude and top not in databases:
            path = root / top
            if path.is_dir():
                yield from _below(path, f"{top}/")
            elif path.is_file():
                yield Entry(top, str(path))


def _below(folder: os.PathLike[str] | str, prefix: str) -> Iterator[Entry]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:  # deleted meanwhile
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield from _below(entry.path, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False) and not entry.name.startswith(_UNFINISHED):
            yield Entry(prefix + entry.name, entry.path)
