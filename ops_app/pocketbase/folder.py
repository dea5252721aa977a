"""A PocketBase data folder, read without ever writing to it, while its server may be running.

An ordinary reader of a database in WAL mode makes files beside it and writes to the shared index.
Which way of opening does neither depends on what lies in the folder; see ``opened``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError

from ops_app.backups.create import working_folder
from ops_app.pocketbase.errors import MovingError

DATA, LOGS = "data.db", "auxiliary.db"
#: the name under which its databases are attached to ours
SCHEMA = "pb"


@dataclass(frozen=True, slots=True)
class Opened:
    """A database of the folder: how to open it, and what it was like if nobody may change it."""

    path: Path
    uri: str
    before: tuple[int, int] | None = None

    def refuse_if_changed(self) -> None:
        """Raise ``MovingError`` if somebody has written to what was taken to be at rest."""
        if self.before is None:
            return
        if _beside(self.path, "-wal").exists() or _state(self.path) != self.before:
            raise MovingError(
                f"{self.path} was changed while it was read: has a server just been started? "
                "Run this again."
            )


def check(folder: Path) -> None:
    """Raise ``MovingError`` unless ``folder`` looks like a data folder of PocketBase."""
    if not folder.is_dir():
        raise MovingError(f"{folder} is not a folder")
    if folder.resolve() == Path(settings.HOLDALL_DATA_DIR).resolve():
        raise MovingError(f"{folder} is the data folder of this Holdall itself")
    if not (folder / DATA).is_file():
        inner = folder / "pb_data"
        hint = f"; do you mean {inner}?" if (inner / DATA).is_file() else ""
        raise MovingError(f"{folder} is no data folder of PocketBase: it has no {DATA}{hint}")


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Yield how to read a database of the folder as it is at the moment of the first statement.

    - A log and its shared index are there (a server runs, or was killed): both are only read.
    - A log without its index (a copied folder): SQLite could not read without writing, so a copy
      of both is read.
    - No log: nobody has it open. It is read as it is, without locks, and nobody may begin to write.
    """
    log, index = _beside(path, "-wal"), _beside(path, "-shm")
    if _size(_beside(path, "-journal")):
        raise MovingError(
            f"{path} is being written, or its server was cut off: there is a rollback journal. "
            "Start PocketBase once, stop it, and run this again."
        )
    if log.exists() and index.exists():
        yield Opened(path, f"{_uri(path)}?mode=ro&readonly_shm=1")
    elif _size(log):
        with working_folder() as copies:
            shutil.copyfile(path, copies / path.name)
            shutil.copyfile(log, _beside(copies / path.name, "-wal"))
            yield Opened(path, f"{_uri(copies / path.name)}?mode=rw")
    else:
        yield Opened(path, f"{_uri(path)}?mode=ro&immutable=1", _state(path))


@contextmanager
def attached(path: Path, alias: str = "default") -> Iterator[Opened]:
    """Attach a database of the folder to one of ours, as ``pb``, for the block.

    A transaction that begins inside sees both databases at one moment. Raise ``MovingError``.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        raise MovingError(
            "this works on SQLite only: take the folder in without DATABASE_URL, then move all "
            "data: manage.py move_database"
        )
    with opened(path) as source, telling(path):
        with connection.cursor() as cursor:
            cursor.execute(f"ATTACH DATABASE %s AS {SCHEMA}", [source.uri])
            cursor.execute(f"PRAGMA {SCHEMA}.mmap_size = 0")  # it is read once, from end to end
        try:
            yield source
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DETACH DATABASE {SCHEMA}")


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Say in plain words what SQLite finds wrong with the file or the disk."""
    try:
        yield
    except DatabaseError as error:
        text = str(error)
        cause = error.__cause__
        code = getattr(cause, "sqlite_errorcode", None)
        primary = None if code is None else code & 0xFF
        if primary == sqlite3.SQLITE_NOTADB:
            raise MovingError(f"{path} is not an SQLite database") from error
        if primary == sqlite3.SQLITE_CORRUPT:
            raise MovingError(
                f"{path} is damaged ({text}); mend it first: sqlite3 {path.name} .recover"
            ) from error
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise MovingError(f"a database is locked by another program ({path})") from error
        if primary == sqlite3.SQLITE_CANTOPEN:
            raise MovingError(f"{path} cannot be opened; may you read it?") from error
        if primary == sqlite3.SQLITE_FULL:
            raise MovingError("the disk is full; nothing has changed") from error
        if primary == sqlite3.SQLITE_CONSTRAINT:
            raise MovingError(f"a record does not fit: {text}; nothing has changed") from error
        raise


def _uri(path: Path) -> str:
    return f"file:{quote(str(path.resolve()))}"


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _state(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size
