"""What the files of records need of a storage: ``Backend``, and the values it speaks in.

Keys are ``<collection id>/<record id>/<name>`` everywhere. Knows no records and no particular
storage.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, NamedTuple

from django.core.files.base import File

UNKNOWN_TYPE = "application/octet-stream"
MAX_ORIGINAL_NAME_BYTES = 255
CHUNK = 1 << 16


class Missing(LookupError):
    """Nothing is stored under this key."""


class StorageFailed(OSError):
    """The storage could not be reached, or refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file: its size in bytes, when it was written (aware), and its content type.

    ``path`` is where it lies on this machine's disk, ``""`` if it lies elsewhere.
    """

    key: str
    size: int
    modified: datetime
    content_type: str
    original_name: str = ""
    path: str = ""


class Entry(NamedTuple):
    """One key of a storage, and the bytes under it."""

    key: str
    size: int


class Backend(ABC):
    """Blobs by key. What cannot be done raises ``StorageFailed`` or another ``OSError``."""

    #: whether every call crosses a network, so that nobody should wait for it
    is_remote = False

    @abstractmethod
    def write(self, key: str, file: File[Any], content_type: str, original_name: str) -> None:
        """Store ``file`` from its beginning, whole or not at all."""

    @abstractmethod
    def find(self, key: str) -> Blob:
        """Return what is stored under ``key``. Raise ``Missing``."""

    @abstractmethod
    def open(self, key: str) -> File[Any]:
        """Return the file under ``key``, open for reading and seeking. Raise ``Missing``."""

    @abstractmethod
    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        """Return a stream of at least ``length`` bytes from ``start`` on. Raise ``Missing``."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove the file under ``key`` and what is known about it, if it is there."""

    @abstractmethod
    def delete_folder(self, prefix: str) -> None:
        """Remove everything under the key prefix ``prefix``, which ends in ``/``."""

    @abstractmethod
    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Yield every blob whose key begins with ``prefix`` (``""`` or ending in ``/``).

        In no particular order, in bounded memory.
        """

    def unfinished(self, before: datetime, prefix: str = "") -> Iterator[Entry]:
        """Yield what writes that were broken off before a moment (aware) have left behind.

        Below the key prefix ``prefix`` (``""`` or ending in ``/``).
        """
        return iter(())


def cut_name(name: str) -> str:
    """Return as much of an original name as is kept."""
    return name.encode("utf-8", "replace")[:MAX_ORIGINAL_NAME_BYTES].decode("utf-8", "ignore")
