"""Where backups lie: in the bucket of the settings' ``backups.s3`` while that is enabled, else in
``backups`` of the data folder. A backup's key is the name of its file.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO

from django.conf import settings

from core_app.settings_store import store
from ops_app.backups.shelves import Backup, BucketShelf, FolderShelf, Missing, Shelf, is_key
from storage_app import choose

__all__ = ["Backup", "Missing"]

_CHUNK = 1 << 20


def all_backups() -> list[Backup]:
    """Return what there is, in the order of the keys."""
    return sorted(_shelf().all_backups(), key=lambda backup: backup.key)


def in_folder() -> list[Backup]:
    """Return what lies in the folder of this machine, whether or not a bucket is used now."""
    return list(FolderShelf(folder()).all_backups())


def find(key: str) -> Backup:
    """Return the backup with this key. Raise ``Missing``."""
    return _shelf().find(_checked(key))


def exists(key: str) -> bool:
    """Whether there is a backup with this key."""
    try:
        find(key)
    except Missing:
        return False
    return True


def part(key: str, start: int, length: int) -> IO[bytes]:
    """Return a stream of at least ``length`` bytes from ``start`` on. Raise ``Missing``."""
    return _shelf().part(_checked(key), start, length)


def put(key: str, path: Path) -> None:
    """Take the finished file at ``path`` in; what is there under ``key`` is replaced."""
    _shelf().put(_checked(key), path)


def delete(key: str) -> None:
    """Remove a backup. Raise ``Missing``."""
    find(key)
    _shelf().delete(key)


@contextmanager
def local_file(key: str) -> Iterator[Path]:
    """Yield the backup as a file of this machine. Raise ``Missing``."""
    backup = find(key)
    if backup.path:
        yield Path(backup.path)
        return
    with tempfile.NamedTemporaryFile(prefix=".backup-", dir=settings.HOLDALL_DATA_DIR) as file:
        with closing(part(key, 0, backup.size)) as stream:
            shutil.copyfileobj(stream, file, _CHUNK)
        file.flush()
        yield Path(file.name)


def local_file_or(name: str) -> AbstractContextManager[Path]:
    """Return the backup ``name``, else the file at this path. Raise ``Missing``."""
    path = Path(name)
    return nullcontext(path) if path.is_file() and not exists(name) else local_file(name)


def folder() -> Path:
    """Return the folder of this machine where backups lie without a bucket."""
    return Path(settings.HOLDALL_DATA_DIR) / "backups"


def _shelf() -> Shelf:
    s3 = store.current().backups.s3
    return BucketShelf(choose.bucket(s3)) if s3.enabled else FolderShelf(folder())


def _checked(key: str) -> str:
    if not is_key(key):
        raise Missing(key)
    return key
