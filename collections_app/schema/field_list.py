"""A collection's fields as a list: whose id is whose, and what a collection must have.

A field *is* its id: same id and another name is a rename. A field that came without an id takes
over the one of the same name before it, or gets the stable id of its type and name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from collections_app.fields import base as field_types
from collections_app.fields.base import FieldType
from core_app import ids

Fields = tuple[FieldType, ...]

DEFAULT_ID: Mapping[str, Any] = {
    "type": "text",
    "name": "id",
    "system": True,
    "primaryKey": True,
    "required": True,
    "min": 15,
    "max": 15,
    "pattern": "^[a-z0-9]+$",
    "autogeneratePattern": "[a-z0-9]{15}",
}


def read(items: object) -> Fields:
    """Return the fields that a JSON list describes. Raise ``WrongShape``."""
    if items is None:
        return ()
    if not isinstance(items, list):
        raise field_types.WrongShape("fields must be a list")
    fields: Fields = ()
    for item in items:
        if not isinstance(item, dict):
            raise field_types.WrongShape("a field must be an object")
        fields = add(fields, field_types.from_json(item))
    return fields


def add(fields: Fields, field: FieldType) -> Fields:
    """Return ``fields`` with ``field``, in the place of the one it replaces or at the end."""
    if field.id:
        at = next((i for i, item in enumerate(fields) if item.id == field.id), None)
    else:
        at = next(
            (i for i, item in enumerate(fields) if field.name and item.name == field.name), None
        )
        field = with_options(field, id=_free_id(field, fields) if at is None else fields[at].id)
    if at is None:
        return (*fields, field)
    return (*fields[:at], field, *fields[at + 1 :])


def add_all(fields: Fields, more: Iterable[FieldType]) -> Fields:
    """Return ``fields`` with each of ``more`` added."""
    for field in more:
        fields = add(fields, field)
    return fields


def with_options(field: FieldType, **changes: Any) -> FieldType:
    """Return a copy of ``field`` with some options changed."""
    return type(field)(replace(field.options, **changes))


def with_id(fields: Fields) -> Fields:
    """Return ``fields`` with a proper text field ``id``; a missing one goes first."""
    at = next((i for i, item in enumerate(fields) if item.name == "id"), None)
    if at is None or fields[at].type_name != "text":
        return add_all((), (field_types.from_json(DEFAULT_ID), *fields))
    held = fields[at]
    forced: dict[str, Any] = {
        "system": True,
        "required": True,
        "primaryKey": True,
        "hidden": False,
        "pattern": getattr(held.options, "pattern", "") or DEFAULT_ID["pattern"],
    }
    return (*fields[:at], with_options(held, **forced), *fields[at + 1 :])


def with_system_field(
    fields: Fields, default: Mapping[str, Any], forced: Mapping[str, Any]
) -> Fields:
    """Return ``fields`` with a field of ``default``'s name and type, ``forced`` options set.

    A missing one is added at the end as ``default`` has it; one of another type is replaced in
    place and leaves its id behind. For collection types with fields of their own.
    """
    at = next((i for i, item in enumerate(fields) if item.name == default["name"]), None)
    if at is None or fields[at].type_name != default["type"]:
        return add(fields, field_types.from_json({**default, **forced}))
    held = with_options(fields[at], **forced)
    return (*fields[:at], held, *fields[at + 1 :])


def _free_id(field: FieldType, fields: Fields) -> str:
    """Return the stable id for ``field``, with a number behind it if another field has it."""
    stable = ids.stable_id(field.type_name, field.name)
    taken = {item.id for item in fields}
    return ids.first_free(stable, taken.__contains__)
