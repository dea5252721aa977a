"""``Upload``: a file on its way from a request or a script into the storage."""

from __future__ import annotations

import enum
from typing import Any

from django.core.files.base import ContentFile, File

from storage_app import blobs, deletion, names, types


class State(enum.Enum):
    """How far an upload has come."""

    NEW = "new"
    STORED = "stored"  # written, the row that names it is not yet committed
    KEPT = "kept"  # a committed row names it


class Upload(str):
    """The name a file will be stored under; as text it is that name, so records hold it as such.

    Its type is told from its content alone.
    """

    __slots__ = ("content_type", "file", "original_name", "state")

    file: File[Any]
    original_name: str
    state: State
    content_type: str

    @classmethod
    def of(cls, file: File[Any]) -> Upload:
        """Return the upload of ``file``; the same file always gives the same one."""
        if isinstance(made := getattr(file, "upload", None), cls):
            return made
        given, file = file, _of_bytes(file)
        original = str(given.name or "file")
        sniffed = types.detect(_head(file))
        upload = cls(names.stored_name(original, lambda: sniffed.extension))
        upload.file = file
        upload.original_name = original.rsplit("/", 1)[-1]
        upload.state = State.NEW
        upload.content_type = sniffed.name
        given.upload = upload  # type: ignore[attr-defined]
        return upload

    @property
    def size(self) -> int:
        return self.file.size

    def store(self, collection_id: str, record_id: str) -> None:
        """Write the file under the record's folder, once."""
        if self.state is State.NEW:
            key = blobs.key_of(collection_id, record_id, str(self))
            # what fails half-way is removed by the backend
            blobs.write(key, self.file, self.content_type, self.original_name)
            self.state = State.STORED

    def take_back(self, collection_id: str, record_id: str) -> None:
        """Remove what ``store`` wrote, unless a committed row names it by now."""
        if self.state is State.STORED:
            deletion.remove_files(collection_id, record_id, [str(self)])
            self.state = State.NEW

    def keep(self) -> None:
        """Say that a committed row names the file."""
        self.state = State.KEPT


def _of_bytes(file: File[Any]) -> File[Any]:
    """Return ``file``, or one with the same text as UTF-8 where it holds text."""
    file.seek(0)
    if isinstance(file.read(1), bytes):
        return file
    file.seek(0)
    return ContentFile(file.read().encode(), file.name)


def _head(file: File[Any]) -> bytes:
    file.seek(0)
    head: bytes = file.read(types.HEAD_SIZE)
    file.seek(0)
    return head
