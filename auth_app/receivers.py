"""Checks of the rows that belong to auth records: do their owners exist?"""

from __future__ import annotations

from typing import Any

from auth_app.names import BELONGINGS, EXTERNAL_AUTHS
from auth_app.oauth2.providers import PROVIDERS
from collections_app.hooks import RecordEvent, record_validating
from collections_app.records import rows
from collections_app.schema import snapshot
from collections_app.schema.record_model import RecordModel
from core_app.errors import FieldError, FieldErrors
from core_app.hooks import on


@on(record_validating, *BELONGINGS)
def check_owner(event: RecordEvent, **_: Any) -> None:
    """Raise ``FieldErrors`` unless ``collectionRef`` and ``recordRef`` name an auth record.

    Rows with missing values are left to their fields to refuse.
    """
    record = event.record
    fields = record.collection.fields
    if any(item.options.required and item.is_zero(record[item.name]) for item in fields):
        return
    _check_owner(record)
    if record.collection.name == EXTERNAL_AUTHS and record["provider"] not in PROVIDERS:
        _refuse("provider", "validation_in_invalid", "Must be a valid value.")


def _check_owner(record: RecordModel) -> None:
    owners = snapshot.current().by_id.get(record["collectionRef"])
    if owners is None:
        _refuse(
            "collectionRef", "validation_invalid_collection_id", "Missing or invalid collection."
        )
    elif not owners.is_auth:
        message = "Invalid collection type - must be auth."
        _refuse("collectionRef", "validation_invalid_collection_type", message)
    elif rows.fetch_by_id(owners, record["recordRef"]) is None:
        _refuse("recordRef", "validation_invalid_record", "Missing or invalid record.")


def _refuse(field: str, code: str, message: str) -> None:
    raise FieldErrors({field: FieldError(code, message)})
