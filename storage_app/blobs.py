"""The files of records by key: ``<collection id>/<record id>/<name>``, wherever they lie now.

A thumb's key is ``<collection id>/<record id>/thumbs_<name>/<size>_<name>``. Knows no records.
"""

from __future__ import annotations

from typing import IO, Any

from django.core.files.base import File

from storage_app import choose
from storage_app.backends.base import Blob, Missing, StorageFailed

__all__ = ["Blob", "Missing", "StorageFailed"]

THUMBS = "thumbs_"


def record_folder(collection_id: str, record_id: str) -> str:
    """Return the key prefix, ending in ``/``, of everything a record has."""
    return f"{collection_id}/{record_id}/"


def key_of(collection_id: str, record_id: str, name: str) -> str:
    """Return the key of a record's file."""
    return f"{collection_id}/{record_id}/{name}"


def thumb_folder(key: str) -> str:
    """Return the key prefix, ending in ``/``, of the thumbs of the file under ``key``."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/{THUMBS}{name}/"


def write(key: str, file: File[Any], content_type: str, original_name: str = "") -> None:
    """Store ``file`` (read from its beginning) under ``key``, whole or not at all."""
    choose.backend().write(key, file, content_type, original_name)


def exists(key: str) -> bool:
    """Whether something is stored under ``key``."""
    try:
        find(key)
    except Missing:
        return False
    return True


def find(key: str) -> Blob:
    """Return what is stored under ``key``. Raise ``Missing``."""
    return choose.backend().find(key)


def open_blob(key: str) -> File[Any]:
    """Return the file under ``key``, open for reading and seeking. Raise ``Missing``."""
    return choose.backend().open(key)


def part(key: str, start: int, length: int) -> IO[bytes]:
    """Return a stream of at least ``length`` bytes from ``start`` on. Raise ``Missing``."""
    return choose.backend().part(key, start, length)


def delete(key: str) -> None:
    """Remove the file under ``key`` and its thumbs."""
    holder = choose.backend()
    holder.delete(key)
    holder.delete_folder(thumb_folder(key))


def delete_folder(prefix: str) -> None:
    """Remove everything under the key prefix ``prefix``, which ends in ``/``."""
    choose.backend().delete_folder(prefix)
