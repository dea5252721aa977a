"""What a field's values are, as JSON Schema (2020-12). Knows kinds of values, not field types."""

from __future__ import annotations

import re
from typing import Any

from collections_app.fields.value_types import Kind, ValueType

Schema = dict[str, Any]

DATE_PATTERN = r"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)?$"
POINT: Schema = {
    "type": "object",
    "properties": {
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
    },
    "required": ["lon", "lat"],
}
#: what expressions of Go have and those of JSON Schema have not, or read in another way
_ONLY_GO = re.compile(r"\(\?[^:]|\\[AzQEpPC]|\[\[:|\\x\{")
_SAMPLE_DATE = "2026-01-31 12:00:00.000Z"

_OF_KIND: dict[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOL: {"type": "boolean"},
    Kind.DATE: {"type": "string", "examples": [_SAMPLE_DATE]},
    Kind.JSON: {},
    Kind.POINT: POINT,
    Kind.CHOICE: {"type": "string"},
    Kind.RECORD: {"type": "string", "description": "The id of a record."},
    Kind.FILE: {"type": "string", "description": "The name of a stored file."},
    Kind.UNSEEN: {"type": "string", "format": "password"},
}


def of(value: ValueType, *, may_be_empty: bool) -> Schema:
    """Return the schema of one value. ``may_be_empty``: ``""`` and ``[]`` are among them."""
    found = dict(_OF_KIND[value.kind])
    if value.kind is Kind.CHOICE and value.choices:
        empty = [""] if may_be_empty and not value.is_list and "" not in value.choices else []
        found["enum"] = [*dict.fromkeys(value.choices), *empty]
    if not value.is_list:
        return found
    return {"type": "array", "items": found}


def text_limits(least: int, most: int, pattern: str, *, required: bool) -> Schema:
    """Return the limits of a text in characters; where ``""`` is allowed, no least length."""
    limits: Schema = {"maxLength": most}
    if required:
        limits["minLength"] = max(least, 1)
    if pattern and not _ONLY_GO.search(pattern):
        limits["pattern"] = pattern if required else f"^$|{pattern}"
    return limits


def item_limits(least: int, most: int, *, required: bool) -> Schema:
    """Return the limits of a list."""
    limits: Schema = {"maxItems": most}
    if required:
        limits["minItems"] = max(least, 1)
    return limits
