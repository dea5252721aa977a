"""``DiskBackend``: ``LocalStorage`` by plain file calls, which cost a third of Django's."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from django.core.files.base import File

from storage_app.backends.base import CHUNK, UNKNOWN_TYPE, Blob, Entry, Missing
from storage_app.backends.sidecar import (
    ATTRIBUTES,
    SidecarBackend,
    attributes_of,
    read_attributes,
)
from storage_app.local import UNFINISHED, LocalStorage

_MOST_KNOWN = 10_000  # blobs whose attributes are kept in memory


class DiskBackend(SidecarBackend):
    """The same layout as its parent's; blobs have a ``path``."""

    storage: LocalStorage

    def __init__(self, storage: LocalStorage) -> None:
        super().__init__(storage)
        self._known: dict[str, tuple[int, int, Blob]] = {}

    def write(self, key: str, file: File[Any], content_type: str, original_name: str) -> None:
        path = self._path(key)
        digest = hashlib.md5(usedforsecurity=False)
        with self.storage.replacing(path) as new:
            for chunk in file.chunks(CHUNK):
                digest.update(chunk)
                new.write(chunk)
            # first what it is: whoever finds a file goes by that
            attributes = attributes_of(content_type, original_name, digest.digest())
            with self.storage.replacing(path + ATTRIBUTES) as beside:
                beside.write(attributes)

    def find(self, key: str) -> Blob:
        path = self._path(key)
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Missing(key) from error
        known = self._known.get(key)
        if known and known[0] == status.st_mtime_ns and known[1] == status.st_size:
            return known[2]
        blob = _described(key, path, status)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = (status.st_mtime_ns, status.st_size, blob)
        return blob

    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        try:
            stream = open(self._path(key), "rb")  # noqa: SIM115 whoever asked closes it
        except FileNotFoundError as error:
            raise Missing(key) from error
        stream.seek(start)
        return stream

    def delete_folder(self, prefix: str) -> None:
        try:
            shutil.rmtree(self.storage.path(prefix))
        except (FileNotFoundError, NotADirectoryError):
            return

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        for key, item in self._walk(prefix):
            if not item.name.endswith(ATTRIBUTES) and not item.name.startswith(UNFINISHED):
                yield Entry(key, item.stat().st_size)

    def unfinished(self, before: datetime, prefix: str = "") -> Iterator[Entry]:
        for key, item in self._walk(prefix):
            if item.name.startswith(UNFINISHED) and item.stat().st_mtime < before.timestamp():
                yield Entry(key, item.stat().st_size)

    def _path(self, key: str) -> str:
        """Return what ``storage.path`` does; keys that lead elsewhere are its to refuse."""
        if ".." in key or "\0" in key or key[:1] == "/":
            return self.storage.path(key)
        return f"{self.storage.location}/{key}"

    def _walk(self, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        try:
            found = os.scandir(self.storage.path(prefix))
        except (FileNotFoundError, NotADirectoryError):
            return
        folders = []
        with found:
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    folders.append(item.name)
                else:
                    yield prefix + item.name, item
        for folder in folders:
            yield from self._walk(f"{prefix}{folder}/")


def _described(key: str, path: str, status: os.stat_result) -> Blob:
    try:
        with open(path + ATTRIBUTES, "rb") as file:
            content_type, original_name = read_attributes(file.read())
    except FileNotFoundError:
        content_type, original_name = UNKNOWN_TYPE, ""
    modified = datetime.fromtimestamp(status.st_mtime, UTC)
    return Blob(key, status.st_size, modified, content_type, original_name, path)
