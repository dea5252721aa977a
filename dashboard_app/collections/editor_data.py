"""What the script of the collection editor is given: types, options, and names to complete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collections_app.fields.base import FieldType
from collections_app.query import functions
from collections_app.query.macros import MACROS
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from dashboard_app.collections import catalog, option_words

_REQUEST = ("@request.auth.", "@request.body.", "@request.query.", "@request.headers.")
_REQUEST_VALUES = ("@request.method", "@request.context")


def of(type_name: str, collection: CollectionDef | None) -> dict[str, Any]:
    """Return the data, JSON-ready."""
    is_system = collection is not None and collection.system
    return {
        "id": collection.id if collection else "",
        "type": type_name,
        "fieldTypes": catalog.field_types(),
        "sections": option_words.sections(type_name, is_system=is_system),
        "collections": [names(item, item.fields) for item in snapshot.current().collections],
        "words": [*_REQUEST, *_REQUEST_VALUES, "@collection.", *values()],
    }


def values() -> list[str]:
    """Return the macros and functions, which stand for values anywhere."""
    return [*MACROS, *(f"{name}(" for name in functions.names())]


def names(collection: CollectionDef, fields: Iterable[FieldType]) -> dict[str, Any]:
    """Return how a collection and these fields of it are named, and where relations lead."""
    return {
        "id": collection.id,
        "name": collection.name,
        "type": collection.type_name,
        "fields": [
            {"name": field.name, "type": field.type_name, "target": field.relation_target}
            for field in fields
        ],
    }
