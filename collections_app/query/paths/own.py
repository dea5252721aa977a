"""The end of a path: a field of the row that the hops have led to."""

from __future__ import annotations

from dataclasses import replace

from collections_app.fields.base import FieldType, Shape
from collections_app.fields.date import MARK_ID
from collections_app.query.errors import FilterError, UnknownName, quoted
from collections_app.query.paths import modifiers
from collections_app.query.plan import Column, Holds, Hop, Item, ItemCount, Items, Json, Stored
from collections_app.query.scope import Scope
from collections_app.schema import view_query
from collections_app.schema.definition import CollectionDef

GUARDED, GUARD = "email", "emailVisibility"

_HOLDS = {Shape.NUMBER: Holds.NUMBER, Shape.BOOL: Holds.FLAG, Shape.JSON: Holds.LIST}


def last(scope: Scope, collection: CollectionDef, hops: tuple[Hop, ...], part: str) -> Stored:
    """Return what ``part`` (``name:modifier``) reads. Raise ``UnknownName`` if it is no field."""
    name, modifier = modifiers.split(part)
    field = collection.by_name.get(name)
    if field is None:
        raise UnknownName(f"unknown field {quoted(name)}")
    refuse_hidden(scope, field)
    if field.has_items and modifier == modifiers.LENGTH:
        return Stored(hops, ItemCount(name))
    if field.has_items and modifier == modifiers.EACH:
        return Stored((*hops, Items(name, field.is_multiple)), Item())
    is_guarded = name == GUARDED and collection.is_auth and not scope.sees_all
    whole = replace(column(field), is_computed=_is_count(collection, name))
    return Stored(
        hops,
        Json(name, "") if field.is_any_json else whole,
        lower=modifier == modifiers.LOWER,
        guard=GUARD if is_guarded else "",
    )


def column(field: FieldType) -> Column:
    """Return the column of ``field`` as it is stored."""
    return Column(field.name, holds(field))


def _is_count(collection: CollectionDef, name: str) -> bool:
    """Return whether a view counts or sums up its column of this name."""
    if not collection.is_view:
        return False
    query = collection.options.get("viewQuery", "")
    counts: frozenset[str] = collection.cached("counts", lambda: view_query.counts(query))
    return name in counts


def holds(field: FieldType) -> Holds:
    """Return what the column of ``field`` holds."""
    if field.shape is Shape.JSON and not field.is_multiple:
        return Holds.ANY if field.is_any_json else Holds.POINT
    return _HOLDS.get(field.shape, Holds.TEXT)


def json_path(hops: tuple[Hop, ...], field: FieldType, parts: list[str]) -> Stored:
    """Return the place inside a JSON value that the parts after ``field`` name."""
    path = ""
    for part in parts:
        key = part.replace(":", "")
        if not key:
            raise FilterError(f"invalid JSON path in {quoted(field.name)}")
        path += f"[{key}]" if key.isdigit() and len(key) < 19 else f".{key}"
    return Stored(hops, Json(field.name, path))


def refuse_hidden(scope: Scope, field: FieldType) -> None:
    """Raise ``FilterError`` if ``field`` is not for the writer of this text."""
    if scope.sees_trash and field.id == MARK_ID:
        return
    if field.options.hidden and not scope.sees_all:
        raise FilterError(f"non-filterable field {quoted(field.name)}")
