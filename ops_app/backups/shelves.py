"""The places where backups may lie: a folder of this machine, or a bucket. Keys are plain names."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.core.files.base import File

from storage_app.backends import base

ZIP = "application/zip"
LONGEST_KEY = 255  # bytes that the name of a file may have
#: what PocketBase keeps beside each file of a folder
_ATTRIBUTES = ".attrs"


class Missing(LookupError):
    """There is no backup with this key."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A stored file: its key, its size in bytes, and when it was written (aware)."""

    key: str
    size: int
    modified: datetime
    path: str = ""  # where it lies on this machine, "" if elsewhere


def is_key(name: str) -> bool:
    """Whether a backup may be called so."""
    fits = 0 < len(name.encode("utf-8", "replace")) <= LONGEST_KEY
    return fits and not name.startswith(".") and "/" not in name and "\0" not in name


class Shelf(ABC):
    """Backups by key. What cannot be done raises an ``OSError``."""

    @abstractmethod
    def all_backups(self) -> Iterator[Backup]:
        """Yield what there is, in no particular order."""

    @abstractmethod
    def find(self, key: str) -> Backup:
        """Return the backup with this key. Raise ``Missing``."""

    @abstractmethod
    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        """Return a stream of at least ``length`` bytes from ``start`` on. Raise ``Missing``."""

    @abstractmethod
    def put(self, key: str, path: Path) -> None:
        """Take the finished file at ``path`` in, whole or not at all."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove a backup that is there."""


class FolderShelf(Shelf):
    """A folder, made on first need and its owner's alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all_backups(self) -> Iterator[Backup]:
        if not self.folder.is_dir():
            return
        for entry in os.scandir(self.folder):
            if is_key(entry.name) and not entry.name.endswith(_ATTRIBUTES) and entry.is_file():
                yield self._backup(entry.name, entry.stat())

    def find(self, key: str) -> Backup:
        path = self.folder / key
        if not path.is_file():
            raise Missing(key)
        return self._backup(key, path.stat())

    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        try:
            file = (self.folder / key).open("rb")
        except FileNotFoundError as error:
            raise Missing(key) from error
        file.seek(start)
        return file

    def put(self, key: str, path: Path) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        waiting = self.folder / f".new-{key}"
        shutil.move(path, waiting)
        os.chmod(waiting, 0o600)
        os.replace(waiting, self.folder / key)

    def delete(self, key: str) -> None:
        (self.folder / key).unlink()
        (self.folder / f"{key}{_ATTRIBUTES}").unlink(missing_ok=True)

    def _backup(self, key: str, status: os.stat_result) -> Backup:
        moment = datetime.fromtimestamp(status.st_mtime, UTC)
        return Backup(key, status.st_size, moment, str(self.folder / key))


class BucketShelf(Shelf):
    """The top of a bucket."""

    def __init__(self, backend: base.Backend) -> None:
        self.backend = backend

    def all_backups(self) -> Iterator[Backup]:
        for entry in self.backend.entries():
            if is_key(entry.key):
                yield self.find(entry.key)

    def find(self, key: str) -> Backup:
        with _missing(key):
            blob = self.backend.find(key)
        return Backup(key, blob.size, blob.modified)

    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        with _missing(key):
            return self.backend.part(key, start, length)

    def put(self, key: str, path: Path) -> None:
        with path.open("rb") as file:
            self.backend.write(key, File(file, key), ZIP, key)

    def delete(self, key: str) -> None:
        self.backend.delete(key)


@contextmanager
def _missing(key: str) -> Iterator[None]:
    try:
        yield
    except base.Missing as error:
        raise Missing(key) from error
