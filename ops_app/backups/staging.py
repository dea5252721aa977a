"""A backup -> a folder that could be the data folder: unpacked, whole, and a database of ours.

Nothing outside of that folder is touched.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from core_app.migrating import of_newer
from ops_app.backups import contents, postgresql
from ops_app.backups.busy import Progress
from ops_app.backups.create import MARK
from ops_app.backups.errors import BadBackup

_CHUNK = 1 << 18
_NEEDED = frozenset({"_collections", "_params"})
_SPARE = 64 << 20  # bytes of the disk that stay free


def unpack(archive: Path, into: Path, progress: Progress) -> bool:
    """Unpack into the empty folder ``into``; return whether we have made this backup.

    Raise ``BadBackup``.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = [info for info in packed.infolist() if not info.is_dir()]
            wanted = [info for info in entries if contents.is_part(_checked(info).split("/")[0])]
            _check_kind({info.filename for info in wanted})
            progress.total = 2 * sum(info.file_size for info in wanted)
            _check_space(progress.total // 2, into)
            for info in wanted:
                _extract(packed, info, into / info.filename, progress)
            return packed.comment == MARK
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadBackup(f"the zip file is damaged: {error}") from error


def check(folder: Path) -> None:
    """Raise ``BadBackup`` unless the databases in ``folder`` are whole and can be ours."""
    if postgresql.is_used():
        archive = folder / postgresql.DUMP
        postgresql.check(archive)
        _check_age(postgresql.applied_migrations(archive))
        return
    main = folder / contents.DATABASES["default"]
    tables = _check_database(main)
    missing = sorted(_NEEDED - tables)
    if missing:
        raise BadBackup(f"data.db has no table {missing[0]}: it is not of Holdall or PocketBase")
    if "django_migrations" in tables:
        with closing(sqlite3.connect(main)) as database:
            _check_age(database.execute("SELECT app, name FROM django_migrations").fetchall())
    other = folder / contents.DATABASES["auxiliary"]
    if other.exists():
        _check_database(other)


def _check_kind(names: set[str]) -> None:
    """Refuse what has no database, or one of another kind than ours."""
    main = contents.DATABASES["default"]
    needed, other = (postgresql.DUMP, main) if postgresql.is_used() else (main, postgresql.DUMP)
    if needed in names:
        return
    if other in names:
        kinds = {main: "SQLite", postgresql.DUMP: "PostgreSQL"}
        raise BadBackup(
            f"it is a backup of {kinds[other]}, and the data here is in {kinds[needed]}"
        )
    raise BadBackup(f"{needed} file is missing")


def _checked(info: zipfile.ZipInfo) -> str:
    name = info.filename
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ".." in parts or "" in parts or ":" in parts[0]:
        raise BadBackup(f"the zip file has a name that leads elsewhere: {name!r}")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise BadBackup(f"the zip file has an entry that is not a file: {name!r}")
    return name


def _check_space(size: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size + _SPARE > free:
        raise BadBackup(f"{size >> 20} MiB are needed, and the disk has {free >> 20} MiB left")


def _extract(
    packed: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, progress: Progress
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = info.file_size
    with packed.open(info) as file, target.open("xb") as into:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise BadBackup(f"the zip file is damaged: {info.filename} is larger than it says")
            into.write(chunk)
            progress.add(len(chunk))
    os.chmod(target, 0o600)


def _check_database(path: Path) -> set[str]:
    """Return the names of the tables. Raise ``BadBackup``."""
    try:
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise BadBackup(f"{path.name} is damaged: {found}")
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name for (name,) in rows}
    except sqlite3.Error as error:
        raise BadBackup(f"{path.name} cannot be read: {error}") from error


def _check_age(applied: Sequence[tuple[str, str]]) -> None:
    """Refuse what a newer version has made: we would not know its tables."""
    # of no database: ours may be broken
    unknown = of_newer(applied, MigrationLoader(None).disk_migrations)
    if unknown:
        raise BadBackup(
            f"a newer version has made it: its migration {unknown[0]} is not known here"
        )
