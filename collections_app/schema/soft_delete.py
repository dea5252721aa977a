"""The option ``softDelete``: how a collection's JSON says it, and the field that it brings along.

A collection without it shows none of these keys and has nothing of this in its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collections_app.fields import base as field_types
from collections_app.fields.base import FieldType, WrongShape
from collections_app.fields.date import MARK_ID, MARK_NAME

ON, RULE, RETENTION = "softDelete", "trashRule", "softDeleteRetentionDays"
DEFAULT_RETENTION_DAYS = 30

MARK: Mapping[str, Any] = {
    "id": MARK_ID,
    "name": MARK_NAME,
    "type": "date",
    "system": True,
    "hidden": True,
}


@dataclass(frozen=True, slots=True)
class SoftDelete:
    """What becomes of deleted records.

    ``trash_rule``: who sees them, brings them back and deletes them for good; ``None``: superusers.
    ``retention_days``: when they are deleted for good by themselves; 0: never.
    """

    trash_rule: str | None = None
    retention_days: int = DEFAULT_RETENTION_DAYS


def of(options: Mapping[str, Any]) -> SoftDelete | None:
    """Return what stored options say of soft delete, ``None`` if it is off."""
    if not options.get(ON):
        return None
    return SoftDelete(options[RULE], options[RETENTION])


def as_options(value: SoftDelete | None) -> dict[str, Any]:
    """Return the keys for ``value``, both in the row and in the collection's JSON."""
    if value is None:
        return {}
    return {ON: True, RULE: value.trash_rule, RETENTION: value.retention_days}


def merged(stored: Mapping[str, Any], submitted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of ``stored`` changed by ``submitted``; none if it is off then.

    Raise ``WrongShape`` for a wrong JSON type.
    """
    held = of(stored)
    is_on = submitted.get(ON, held is not None)
    before = held or SoftDelete()
    rule = submitted.get(RULE, before.trash_rule)
    days = submitted.get(RETENTION, before.retention_days)
    if is_on is not None and not isinstance(is_on, bool):
        raise WrongShape(f"{ON} must be a boolean")
    if rule is not None and not isinstance(rule, str):
        raise WrongShape(f"{RULE} must be a string")
    if days is not None and type(days) is not int:
        raise WrongShape(f"{RETENTION} must be a whole number")
    return as_options(SoftDelete(rule, days or 0) if is_on else None)


def without(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``options`` without the keys of soft delete."""
    return {key: value for key, value in options.items() if key not in (ON, RULE, RETENTION)}


def with_mark(fields: tuple[FieldType, ...], *, is_on: bool) -> tuple[FieldType, ...]:
    """Return ``fields`` with the mark in its place or at the end; without it if soft delete is off.

    A field of the designer's that has its name stays, and the mark is left out: that is refused.
    """
    if not is_on:
        return tuple(field for field in fields if field.id != MARK_ID)
    mark = field_types.from_json(MARK)
    if any(field.name.lower() == MARK_NAME and not _is_mark(field) for field in fields):
        return tuple(field for field in fields if not _is_mark(field))
    if not any(_is_mark(field) for field in fields):
        return (*fields, mark)
    return tuple(mark if _is_mark(field) else field for field in fields)


def _is_mark(field: FieldType) -> bool:
    """Whether this is the mark, or its JSON as somebody exported it and took the ids away."""
    options = field.options
    return field.id == MARK_ID or (
        (field.name, field.type_name) == (MARK_NAME, "date") and options.system and options.hidden
    )
