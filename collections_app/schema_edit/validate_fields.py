"""What is wrong with a collection's list of fields.

The groups of checks exclude each other: names, key, system fields, types, and only then options.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collections_app.fields.base import FieldType
from collections_app.fields.date import MARK_ID
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.errors import FieldError, required

Errors = FieldError | dict[str, Any]

_RESERVED_IN_AUTH = frozenset(("passwordConfirm", "oldPassword"))


def errors_of(
    draft: CollectionDef, original: CollectionDef | None, held: Snapshot
) -> Iterator[Errors]:
    """Yield an error for the list, or ``{position: error | {option: error}}``; the first counts."""
    yield from _duplicates(draft)
    if not draft.fields:
        yield required()
    key = draft.by_name.get("id")
    if key is None or key.type_name != "text" or not getattr(key.options, "primaryKey", False):
        yield FieldError("validation_missing_primary_key", 'Missing or invalid "id" PK field.')
    if not draft.is_view:
        yield from _changed_identity(draft, original)
    if draft.is_auth:
        yield from _reserved(draft)
    found = {
        str(at): errors
        for at, field in enumerate(draft.fields)
        if (errors := _option_errors(field, draft, original, held))
    }
    if found:
        yield found


def _duplicates(draft: CollectionDef) -> Iterator[Errors]:
    names: set[str] = set()
    for at, field in enumerate(draft.fields):
        lower = field.name.lower()
        if lower in names:
            yield {
                str(at): {
                    "name": FieldError(
                        "validation_duplicated_field_name",
                        f"Duplicated or invalid field name {field.name}",
                        {"fieldName": field.name},
                    )
                }
            }
        names.add(lower)


def _changed_identity(draft: CollectionDef, original: CollectionDef | None) -> Iterator[Errors]:
    stored = original.fields if original is not None else ()
    for field in stored:
        kept = draft.by_id.get(field.id)
        stays = field.options.system and field.id != MARK_ID  # which goes with its option
        if stays and (kept is None or kept.name != field.name):
            yield FieldError(
                "validation_system_field_change", "System fields cannot be deleted or renamed."
            )
    types = {field.id: field.type_name for field in stored}
    for at, field in enumerate(draft.fields):
        if types.get(field.id, field.type_name) != field.type_name:
            yield {
                str(at): FieldError("validation_field_type_change", "Field type cannot be changed.")
            }


def _reserved(draft: CollectionDef) -> Iterator[Errors]:
    for at, field in enumerate(draft.fields):
        if field.name in _RESERVED_IN_AUTH:
            yield {
                str(at): {
                    "name": FieldError(
                        "validation_reserved_field_name",
                        "The field name is reserved and cannot be used.",
                    )
                }
            }


def _option_errors(
    field: FieldType, draft: CollectionDef, original: CollectionDef | None, held: Snapshot
) -> dict[str, Any]:
    # an import is checked when it is stored: it may give a relation another target
    stored = held.by_id.get(draft.id) if original is not None else None
    before = stored.by_id.get(field.id) if stored is not None else None
    found = dict(field.check_options(draft, before))
    target = field.relation_target
    if target and "collectionId" not in found:
        error = _target_error(target, before, draft, held)
        if error is not None:
            found["collectionId"] = error
    return found


def _target_error(
    target: str, before: FieldType | None, draft: CollectionDef, held: Snapshot
) -> FieldError | None:
    if before is not None and before.relation_target != target:
        return FieldError(
            "validation_field_relation_change", "The relation collection cannot be changed."
        )
    found = held.by_id.get(target)
    if found is None:
        return FieldError(
            "validation_field_relation_missing_collection", "The relation collection doesn't exist."
        )
    if found.is_view and not draft.is_view:
        return FieldError(
            "validation_relation_field_non_view_base_collection",
            "Only view collections are allowed to have relations to other views.",
        )
    return None
