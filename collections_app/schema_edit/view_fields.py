"""Which field each column of a view becomes, told from the text of its query.

A column of a known collection's table is a clone of that field; an aggregate or a cast to a known
type is what it says; anything else is JSON. Source: PocketBase core/view.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collections_app.fields import base as field_types
from collections_app.fields.base import FieldType
from collections_app.schema import field_list, view_query
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import Named
from core_app import ids

_CAST = re.compile(r"cast\s*\(.*\s+as\s+(\w+)\s*\)\Z", re.DOTALL | re.ASCII)
_NUMBER: Mapping[str, Any] = {"type": "number"}
_WHOLE: Mapping[str, Any] = {"type": "number", "onlyInt": True}
_CAST_TYPES: Mapping[str, Mapping[str, Any]] = {
    "real": _NUMBER,
    "decimal": _NUMBER,
    "numeric": _NUMBER,
    "int": _WHOLE,
    "integer": _WHOLE,
    "text": {"type": "text"},
    "bool": {"type": "bool"},
    "boolean": {"type": "bool"},
}
_ID: Mapping[str, Any] = {
    "type": "text",
    "system": True,
    "required": True,
    "primaryKey": True,
    "pattern": "^[a-z0-9]+$",
}


def inferred(query: str, held: Snapshot) -> dict[str, FieldType]:
    """Return the field of each column that the text tells of, by its name in the view.

    Raise ``view_query.InvalidQuery``.
    """
    parts = view_query.parse(query)
    by_name = {item.name: item for item in held.collections}
    tables = {table.alias: by_name.get(table.source) for table in parts.tables}
    main = parts.tables[0].alias if parts.tables else ""
    return {column.alias: _field(column, tables, main) for column in parts.columns}


def unknown(name: str) -> FieldType:
    """Return the field of a column of which nothing is known but its name."""
    return _made(_ID if name == "id" else {"type": "json", "maxSize": 1}, name)


def _field(column: Named, tables: Mapping[str, CollectionDef | None], main: str) -> FieldType:
    source = column.source.lower()
    if column.alias == "id":
        return unknown("id")
    if source.startswith(view_query.COUNT):
        return _made(_WHOLE, column.alias)
    if source.startswith(view_query.TOTAL):
        return _made(_NUMBER, column.alias)
    cast = _CAST.match(source)
    if cast is not None and cast[1] in _CAST_TYPES:
        return _made(_CAST_TYPES[cast[1]], column.alias)
    table, dot, name = column.source.rpartition(".")
    if "." in table:
        return unknown(column.alias)
    marks = view_query.NAME_MARKS
    collection = tables.get(table.strip(marks) if dot else main)
    found = _named(collection, name.strip(marks)) if collection else None
    if collection is None or found is None:
        return unknown(column.alias)
    if found.name == "id":
        target = {"type": "relation", "maxSelect": 1, "collectionId": collection.id}
        return _made(target, column.alias)
    clone_id = "_clone_" + ids.random_string(4)
    return field_list.with_options(found, id=clone_id, name=column.alias)


def _named(collection: CollectionDef, name: str) -> FieldType | None:
    lower = name.lower()
    return next((item for item in collection.fields if item.name.lower() == lower), None)


def _made(options: Mapping[str, Any], name: str) -> FieldType:
    return field_types.from_json({**options, "name": name})
