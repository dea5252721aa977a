"""Stored rows -> JSON-ready dicts, by one generated function per collection and visibility.

A row is a tuple in the order of ``CollectionDef.columns``. The function is a single list
comprehension whose source is made from column positions and field names (as literals), so a
record costs one dict display; every value it needs comes in by name. Nothing is decoded: JSON
columns are embedded as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from collections_app.collection_types import registry
from collections_app.fields.base import FieldType, Shape
from collections_app.fields.bool import flag_of
from collections_app.fields.date import MARK_ID
from collections_app.fields.point import in_order
from collections_app.fields.value_types import Kind
from collections_app.schema.definition import CollectionDef
from core_app import numbers
from core_app.sql import Row

Shown = dict[str, Any]
Shaper = Callable[[Sequence[Row]], list[Shown]]

#: what a shaped record holds under ``expand`` until something was expanded
NOT_EXPANDED: Any = None

_EXPRESSIONS = {
    Shape.AS_IS: "{c}",
    Shape.BOOL: "not not {c}",
    Shape.NUMBER: "{c} if {c}.__class__ is int else number({c})",
    Shape.JSON: "Fragment({c}) if {c}.__class__ is str else scalar({c})",
    Shape.BLANK: '""',
}
#: a view's columns may hold NULL, and JSON columns text that is no JSON
_VIEW_EXPRESSIONS = {
    **_EXPRESSIONS,
    Shape.AS_IS: "{c} if {c}.__class__ is str else text({c})",
    Shape.BOOL: "flag({c})",
}
_ANY_JSON = "json({c})"
#: as it was written, unless a database has sorted the keys
_POINT = "Fragment({c}) if ({c} or '')[:7] == '{{\"lon\":' else point({c})"
_LIST_OR_EMPTY = "Fragment({c} or '[]')"


def shaper(
    collection: CollectionDef,
    *,
    superuser: bool,
    with_expand: bool = False,
    with_mark: bool = False,
) -> Shaper:
    """Return the function that makes records JSON-ready, keys in alphabetical order.

    Hidden fields are left out unless ``superuser``. ``with_expand`` reserves the place of the key
    ``expand``, holding ``NOT_EXPANDED``. ``with_mark``: it shows since when a record is in the
    trash, which otherwise nobody sees.
    """
    key = ("shape", superuser, with_expand, with_mark)
    made: Shaper = collection.cached(
        key, lambda: _make(collection, superuser, with_expand, with_mark)
    )
    return made


def is_shown(
    field: FieldType, secrets: frozenset[str], *, superuser: bool, with_mark: bool = False
) -> bool:
    """Whether ``field`` is part of a record as this caller sees it."""
    if field.id == MARK_ID:
        return with_mark
    return field.name not in secrets and (superuser or not field.options.hidden)


def _make(collection: CollectionDef, superuser: bool, with_expand: bool, with_mark: bool) -> Shaper:
    secrets = registry.of(collection.type_name).secret_fields
    items = {"collectionId": "collection_id", "collectionName": "collection_name"}
    if with_expand:
        items["expand"] = "NOT_EXPANDED"
    columns = []
    for at, field in enumerate(collection.fields):
        column = f"c{at}"
        columns.append(column)
        if is_shown(field, secrets, superuser=superuser, with_mark=with_mark):
            items[field.name] = _expression(collection, field).format(c=column)
    display = ", ".join(f"{name!r}: {items[name]}" for name in sorted(items))
    source = f"lambda rows: [{{{display}}} for {', '.join(columns)}, in rows]"
    known = {
        "Fragment": orjson.Fragment,
        "NOT_EXPANDED": NOT_EXPANDED,
        "collection_id": collection.id,
        "collection_name": collection.name,
        "flag": flag_of,
        "json": _json,
        "number": _number,
        "point": _point,
        "scalar": _scalar,
        "text": _text,
    }
    made: Shaper = eval(source, known)  # noqa: S307 made of positions and literals only
    return made


def _expression(collection: CollectionDef, field: FieldType) -> str:
    if not collection.is_view:
        return _POINT if field.value_type.kind is Kind.POINT else _EXPRESSIONS[field.shape]
    if field.shape is Shape.JSON:
        if field.value_type.kind is Kind.POINT:
            return "point({c})"
        return _LIST_OR_EMPTY if field.is_multiple else _ANY_JSON
    return _VIEW_EXPRESSIONS[field.shape]


def _number(stored: Any) -> Any:
    return numbers.public(stored) if isinstance(stored, (int, float)) else 0


def _scalar(stored: Any) -> Any:
    """Return what a JSON column holds that is not text: NULL, or a number (by its affinity)."""
    return None if stored is None else numbers.public_of_json_column(stored)


def _point(stored: Any) -> Any:
    """Return JSON whose keys are sorted, longitude first if it is a point."""
    shown = _json(stored)
    return orjson.Fragment(in_order(stored)) if type(shown) is orjson.Fragment else shown


def _text(stored: Any) -> str:
    if stored is None:
        return ""
    if isinstance(stored, bytes):
        return stored.decode(errors="replace")
    return numbers.to_text(stored) if isinstance(stored, (int, float)) else str(stored)


def _json(stored: Any) -> Any:
    """Return a view's value as the JSON it is, or as the text it is."""
    if isinstance(stored, bytes):
        stored = stored.decode(errors="replace")
    if not isinstance(stored, str):
        return _scalar(stored)
    try:
        value = orjson.loads(stored)
    except orjson.JSONDecodeError:
        return stored
    return numbers.public(value) if type(value) in (int, float) else orjson.Fragment(stored)
