"""What is wrong with a collection's ``softDelete`` and the days that deleted records are kept."""

from __future__ import annotations

from collections.abc import Iterator

from collections_app.fields.date import MARK_ID, MARK_NAME
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit.draft import kind_of
from core_app.errors import FieldError

MOST_DAYS = 36_500


def switch_errors(draft: CollectionDef) -> Iterator[FieldError]:
    """Yield why the records of ``draft`` cannot go to a trash."""
    if not draft.has_trash:
        return
    if not kind_of(draft.type_name).stores_records:
        yield _unsupported("View collections have no records of their own to keep.")
    if draft.system:
        yield _unsupported("Records of system collections are always deleted for good.")
    if MARK_ID not in draft.by_id:
        yield FieldError(
            "validation_soft_delete_field_exists",
            f'Soft delete needs the field name "{MARK_NAME}", which another field has.',
        )


def retention_errors(draft: CollectionDef) -> Iterator[FieldError]:
    """Yield what is wrong with the number of days."""
    if draft.soft_delete is None:
        return
    days = draft.soft_delete.retention_days
    if days < 0:
        yield FieldError(
            "validation_min_greater_equal_than_required",
            "Must be no less than 0.",
            {"threshold": 0},
        )
    if days > MOST_DAYS:
        yield FieldError(
            "validation_max_less_equal_than_required",
            f"Must be no greater than {MOST_DAYS}.",
            {"threshold": MOST_DAYS},
        )


def _unsupported(message: str) -> FieldError:
    return FieldError("validation_soft_delete_not_supported", message)
