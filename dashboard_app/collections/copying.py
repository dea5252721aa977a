"""A new collection that begins as another one: what has to differ."""

from __future__ import annotations

import re
from typing import Any

from collections_app.fields.date import MARK_ID
from collections_app.schema.definition import CollectionDef
from core_app import ids
from dashboard_app.collections.short_json import short_json

_INDEX_NAME = re.compile(r"(index\s+(?:if\s+not\s+exists\s+)?)(\S+)", re.IGNORECASE)


def differences(original: CollectionDef) -> dict[str, Any]:
    """Return the form's values that a copy of ``original`` does not share with it.

    Indexes need names of their own; fields get ids of their own; what the type brings it brings.
    """
    fields = []
    for field in original.fields:
        if field.options.system or field.id == MARK_ID:
            continue
        fields.append({key: value for key, value in short_json(field).items() if key != "id"})
    return {
        "name": f"{original.name}_copy",
        "fields": fields,
        "indexes": [_renamed(text) for text in original.indexes if not _is_systems(original, text)],
    }


def _is_systems(original: CollectionDef, index: str) -> bool:
    """Whether the type makes this index itself (those of ``tokenKey`` and ``email``)."""
    return original.is_auth and bool(re.search(r"\(\s*`?(tokenKey|email)`?\s*\)", index))


def _renamed(index: str) -> str:
    return _INDEX_NAME.sub(lambda found: f"{found[1]}`idx_{ids.random_string(10)}`", index, count=1)
