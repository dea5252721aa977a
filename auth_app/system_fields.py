"""The five fields and two indexes that make a collection an auth collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from collections_app.schema import field_list, indexes
from collections_app.schema.definition import CollectionDef
from core_app import ids

_Json = Mapping[str, Any]

#: (what a missing field becomes, what an existing one is made to be), in the order they are added
_FIELDS: tuple[tuple[_Json, _Json], ...] = (
    (
        {"name": "password", "type": "password", "min": 8},
        {"system": True, "hidden": True, "required": True},
    ),
    (
        {
            "name": "tokenKey",
            "type": "text",
            "min": 30,
            "max": 60,
            "autogeneratePattern": "[a-zA-Z0-9]{50}",
        },
        {"system": True, "hidden": True, "required": True},
    ),
    ({"name": "email", "type": "email", "required": True}, {"system": True, "hidden": False}),
    ({"name": "emailVisibility", "type": "bool"}, {"system": True}),
    ({"name": "verified", "type": "bool"}, {"system": True}),
)
#: fields that need a unique index on them alone -> the condition of the one that is added
_UNIQUE = {"tokenKey": "", "email": "`email` != ''"}


def as_json() -> list[dict[str, Any]]:
    """Return the JSON of the system fields, for a collection that has others after them."""
    return [{**default, **forced} for default, forced in _FIELDS]


def with_fields(draft: CollectionDef) -> CollectionDef:
    """Return ``draft`` with the system fields of an auth collection, missing ones at the end."""
    fields = draft.fields
    for default, forced in _FIELDS:
        fields = field_list.with_system_field(fields, default, forced)
    return replace(draft, fields=fields)


def with_indexes(draft: CollectionDef) -> CollectionDef:
    """Return ``draft`` with unique indexes on token key and e-mail, where it has none."""
    # a collection that has no id yet is only shown, never stored (scaffolds)
    suffix = draft.id or ids.random_lower(10)
    statements = draft.indexes
    for column, condition in _UNIQUE.items():
        statements = indexes.with_unique(
            statements, f"idx_{column}_{suffix}", draft.name, column, condition
        )
    return replace(draft, indexes=statements)
