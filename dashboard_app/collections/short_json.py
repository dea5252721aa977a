"""Fields as JSON that people can read: what is as by default is left out."""

from __future__ import annotations

from typing import Any

from collections_app.fields import base
from collections_app.fields.base import FieldType

_ALWAYS = ("name", "type")


def short_json(field: FieldType) -> dict[str, Any]:
    """Return the JSON of ``field`` without options that have their default; it means the same."""
    whole = field.to_json()
    default = base.from_json({"type": field.type_name}).to_json()
    rest = {
        key: value
        for key, value in whole.items()
        if key not in (*_ALWAYS, "id") and value != default.get(key)
    }
    return {**{key: whole[key] for key in _ALWAYS}, **rest, "id": whole["id"]}
