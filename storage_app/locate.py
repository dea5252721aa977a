"""A file's URL -> the field that names it and the key it is stored under.

A view's file belongs to the record it was uploaded to, which its query leads back to.
"""

from __future__ import annotations

from typing import NamedTuple

from collections_app.query.compile import Selection
from collections_app.records import rows
from collections_app.records.rows import quoted
from collections_app.schema import view_query
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import InvalidQuery
from core_app import sql
from storage_app import blobs
from storage_app.field import FileField

MAX_NESTED_VIEWS = 5


class Found(NamedTuple):
    """``field`` is that of the collection asked; ``key`` may belong to another (views)."""

    field: FileField
    key: str


def locate(
    snapshot: Snapshot,
    collection: CollectionDef,
    record_id: str,
    filename: str,
    selection: Selection | None = None,
) -> Found | None:
    """Return where the record's file is, ``None`` if no field of the record names it.

    ``selection`` says which records count, without one all but those in the trash.
    """
    row = rows.fetch_by_id(collection, record_id, selection)
    if row is None:
        return None
    stored = dict(zip(collection.columns, row, strict=True))
    for field in collection.fields:
        if isinstance(field, FileField) and filename in field.names(stored[field.name]):
            if collection.is_view:
                key = _original_key(snapshot, collection, field, filename)
            else:
                key = blobs.key_of(collection.id, record_id, filename)
            return Found(field, key) if key else None
    return None


def _original_key(
    snapshot: Snapshot, view: CollectionDef, field: FileField, filename: str
) -> str | None:
    """Return the key of a file that a view shows, ``None`` if no record names it any more."""
    origin: tuple[CollectionDef, FileField] | None = snapshot.cached(
        ("file origin", view.id, field.name), lambda: _origin(snapshot, view, field.name)
    )
    if origin is None:
        return None
    collection, original = origin
    column = f"{quoted(collection.table)}.{quoted(original.name)}"
    if original.is_multiple:
        items = rows.dialect().items_of_column(column)
        mark = rows.dialect().mark
        named = f"EXISTS (SELECT 1 FROM {items} AS item WHERE item.value = {mark})"  # noqa: S608
    else:
        named = f"{column} = {rows.dialect().mark}"
    found = sql.fetch_one(
        f'SELECT "id" FROM {quoted(collection.table)} WHERE {named} LIMIT 1',  # noqa: S608
        (filename,),
    )
    return None if found is None else blobs.key_of(collection.id, str(found[0]), filename)


def _origin(
    snapshot: Snapshot, collection: CollectionDef, name: str
) -> tuple[CollectionDef, FileField] | None:
    """Return the collection and the field that column ``name`` of a view shows unchanged."""
    for _ in range(MAX_NESTED_VIEWS):
        source = _source(snapshot, collection, name)
        if source is None:
            return None
        collection, field = source
        if not collection.is_view:
            return source
        name = field.name
    return None


def _source(
    snapshot: Snapshot, view: CollectionDef, name: str
) -> tuple[CollectionDef, FileField] | None:
    """Return what a view's column is in the collection that the query takes it from."""
    try:
        parts = view_query.parse(view.options["viewQuery"])
    except InvalidQuery:
        return None
    column = next((item for item in parts.columns if item.alias == name), None)
    if column is None or not parts.tables:
        return None
    table_name, _, field_name = column.source.rpartition(".")
    table_name = table_name.strip(view_query.NAME_MARKS)
    table = next((item for item in parts.tables if item.alias == table_name), parts.tables[0])
    collection = snapshot.find(table.source)
    if collection is None:
        return None
    wanted = field_name.strip(view_query.NAME_MARKS).lower()
    for field in collection.fields:
        if field.name.lower() == wanted and isinstance(field, FileField):
            return collection, field
    return None
