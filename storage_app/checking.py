"""Files without records, and records without files. Finds both; removes what nobody names.

The storage is listed before the records are read, and whatever seems wrong is looked at again, so
that a server may go on writing meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from collections_app.records.rows import dialect, quoted
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from core_app import sql
from storage_app import blobs
from storage_app.backends.base import Backend, Blob, Missing
from storage_app.field import FileField
from storage_app.inventory import Inventory

#: an upload is stored before the row that names it is committed; so young files are left alone
YOUNG = timedelta(hours=1)
_AT_ONCE = 1000
_KEY = re.compile(
    r"(?P<collection>[^/]+)/(?P<record>[^/]+)/(?:thumbs_(?P<of>[^/]+)/)?(?P<name>[^/]+)"
)


class Why(Enum):
    """What is wrong with a key that is in the storage."""

    NO_RECORD = "no record names it"
    NO_COLLECTION = "there is no such collection"
    UNFINISHED = "it was never written to its end"
    FOREIGN = "it is none of ours"


class Orphan(NamedTuple):
    """A key in the storage that no record names."""

    key: str
    size: int
    why: Why


class Absent(NamedTuple):
    """A file that a record names and that is not in the storage."""

    collection: str
    record_id: str
    field: str
    name: str


def absent(backend: Backend, inventory: Inventory) -> Iterator[Absent]:
    """Yield what records name and ``backend`` does not have; mark what is named."""
    for collection in _with_files():
        for record_id, names in _named(collection):
            for field, name in names:
                key = blobs.key_of(collection.id, record_id, name)
                if inventory.mark(key, blobs.thumb_folder(key)) or _is_there(backend, key):
                    continue
                if (field, name) in _names_of(collection, record_id):
                    yield Absent(collection.name, record_id, field, name)


def orphans(backend: Backend, inventory: Inventory) -> Iterator[Orphan]:
    """Yield what ``absent`` has not marked, but for what is younger than ``YOUNG``."""
    held = snapshot.current()
    newest = datetime.now(UTC) - YOUNG
    for key, size in backend.unfinished(newest):
        yield Orphan(key, size, Why.UNFINISHED)
    for key, size in inventory.unmarked():
        parts = _KEY.fullmatch(key)
        if parts is None:
            yield Orphan(key, size, Why.FOREIGN)
            continue
        blob = _found(backend, key)
        if blob is None or blob.modified > newest:
            continue
        collection = held.by_id.get(parts["collection"])
        if collection is None:
            yield Orphan(key, size, Why.NO_COLLECTION)
            continue
        name = parts["of"] or parts["name"]
        if all(name != named for _, named in _names_of(collection, parts["record"])):
            yield Orphan(key, size, Why.NO_RECORD)


def _with_files() -> list[CollectionDef]:
    return [
        collection
        for collection in snapshot.current().collections
        if not collection.is_view and _fields(collection)
    ]


def _fields(collection: CollectionDef) -> list[FileField]:
    return [field for field in collection.fields if isinstance(field, FileField)]


def _named(collection: CollectionDef) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each record's id and the files it names, as (field, name); those in the trash too."""
    mark = dialect().mark
    statement = (
        f"{_select(collection)} WHERE {quoted('id')} > {mark}"
        f" ORDER BY {quoted('id')} LIMIT {_AT_ONCE}"
    )
    last = ""
    while rows := sql.fetch_all(statement, (last,)):
        for row in rows:
            yield str(row[0]), _of_row(collection, row)
        last = str(rows[-1][0])


def _names_of(collection: CollectionDef, record_id: str) -> list[tuple[str, str]]:
    if not _fields(collection):
        return []
    statement = f"{_select(collection)} WHERE {quoted('id')} = {dialect().mark}"
    row = sql.fetch_one(statement, (record_id,))
    return [] if row is None else _of_row(collection, row)


def _select(collection: CollectionDef) -> str:
    columns = ", ".join(quoted(name) for name in ("id", *(f.name for f in _fields(collection))))
    return f"SELECT {columns} FROM {quoted(collection.table)}"  # noqa: S608


def _of_row(collection: CollectionDef, row: sql.Row) -> list[tuple[str, str]]:
    return [
        (field.name, name)
        for field, stored in zip(_fields(collection), row[1:], strict=True)
        for name in field.names(stored)
    ]


def _found(backend: Backend, key: str) -> Blob | None:
    try:
        return backend.find(key)
    except Missing:
        return None


def _is_there(backend: Backend, key: str) -> bool:
    return _found(backend, key) is not None
