"""Files that records name -> from one storage to another. What is there already stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from storage_app import blobs
from storage_app.backends.base import Backend, Blob, Missing, StorageFailed
from storage_app.backends.disk import DiskBackend
from storage_app.local import LocalStorage

_BETWEEN_WORDS_S = 1.0
_SHOWN = 20


class Named(NamedTuple):
    """A file that a record names: where it is, and the words for it."""

    key: str
    text: str


@dataclass(slots=True)
class Tally:
    """Files and their bytes: all of them, what is still to be copied, and what is not there."""

    files: int = 0
    size: int = 0
    left: int = 0
    left_size: int = 0
    missing: int = 0
    examples: list[str] = field(default_factory=list)


def folder(path: Path) -> Backend:
    """Return the storage that is a folder on the disk."""
    return DiskBackend(LocalStorage(location=str(path)))


def named(collection_id: str, name: str, record_id: str, names: list[str]) -> Iterator[Named]:
    """Yield the files of one record."""
    for item in names:
        yield Named(blobs.key_of(collection_id, record_id, item), f"{name}/{record_id} {item}")


def count(wanted: Iterator[Named], source: Backend, target: Backend) -> Tally:
    """Look at every file and copy none."""
    tally = Tally()
    for item in wanted:
        blob, there = _find(source, item.key), _find(target, item.key)
        if blob is not None:
            _note(tally, blob, is_left=not _is_copy(there, blob))
        elif there is None:
            _note_missing(tally, item)
    return tally


def copy(
    wanted: Iterator[Named],
    source: Backend,
    target: Backend,
    tell: Callable[[Tally], None],
) -> Tally:
    """Copy what ``target`` does not have alike; ``left`` are those that were copied.

    ``tell`` hears of the first, and then once a second. Raise ``OSError``.
    """
    tally = Tally()
    began, told = datetime.now(UTC), 0.0
    for item in wanted:
        blob, there = _find(source, item.key), _find(target, item.key)
        if blob is not None:
            is_left = not _is_copy(there, blob)
            if is_left:
                _copy_one(blob, source, target, began)
            _note(tally, blob, is_left=is_left)
        elif there is None:
            _note_missing(tally, item)
        if time.monotonic() - told >= _BETWEEN_WORDS_S:
            told = time.monotonic()
            tell(tally)
    return tally


def _copy_one(blob: Blob, source: Backend, target: Backend, began: datetime) -> None:
    """Copy a file, and remove what a copy that was killed has left beside it."""
    for entry in target.unfinished(began, blob.key.rpartition("/")[0] + "/"):
        target.delete(entry.key)
    with source.open(blob.key) as file:
        target.write(blob.key, file, blob.content_type, blob.original_name)
    if target.find(blob.key).size != blob.size:
        raise StorageFailed(f"{blob.key}: not all of it arrived")


def _is_copy(there: Blob | None, blob: Blob) -> bool:
    """Whether a file has arrived with its attributes, which are written after it."""
    return there is not None and _described(there) == _described(blob)


def _described(blob: Blob) -> tuple[int, str, str]:
    return blob.size, blob.content_type, blob.original_name


def _note(tally: Tally, blob: Blob, *, is_left: bool) -> None:
    tally.files += 1
    tally.size += blob.size
    if is_left:
        tally.left += 1
        tally.left_size += blob.size


def _note_missing(tally: Tally, item: Named) -> None:
    tally.missing += 1
    if len(tally.examples) < _SHOWN:
        tally.examples.append(item.text)


def _find(backend: Backend, key: str) -> Blob | None:
    try:
        return backend.find(key)
    except Missing:
        return None
