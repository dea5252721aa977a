"""What is wrong with a collection that is about to be stored, by key and with PocketBase's codes.

For each key the first failing check counts; all keys are reported together.
Source: PocketBase core/collection_validate.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collections_app.collection_types import registry
from collections_app.query import check
from collections_app.query.errors import FilterError
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import (
    validate_fields,
    validate_indexes,
    validate_soft_delete,
    views,
)
from collections_app.schema_edit.complete import of_same_type
from collections_app.schema_edit.dialects import editor
from collections_app.schema_edit.draft import RULES, kind_of
from core_app.errors import FieldError, required

MAX_ID = 100
MAX_NAME = 255
MIGRATIONS_TABLE = "_migrations"  # PocketBase's own, which a data folder may come with
_WORD = re.compile(r"\w+\Z", re.ASCII)

Errors = dict[str, Any]


def errors_of(draft: CollectionDef, original: CollectionDef | None, held: Snapshot) -> Errors:
    """Return ``{key: FieldError | {…}}`` for everything that is wrong with ``draft``.

    ``original`` is the stored collection, ``None`` for a new one; ``held`` all stored ones.
    """
    kind, trash = kind_of(draft.type_name), draft.soft_delete
    found: Errors = dict(kind.check(draft, of_same_type(original, draft), held))
    if not kind.stores_records:
        found.update(_view_errors(draft, held))
    checks = {
        "id": _id_errors(draft, original, held),
        "system": _system_errors(draft, original),
        "type": _type_errors(draft, original),
        "name": _name_errors(draft, original, held),
        "fields": validate_fields.errors_of(draft, original, held),
        "indexes": validate_indexes.errors_of(draft, original),
        "softDelete": validate_soft_delete.switch_errors(draft),
        "softDeleteRetentionDays": validate_soft_delete.retention_errors(draft),
        "trashRule": rule_errors(draft, trash.trash_rule if trash else None, held),
    }
    checks |= {key: _rule_errors(key, draft, original, held) for key in RULES}
    for key, errors in checks.items():
        first = next(errors, None)
        if first is not None:
            found[key] = first
    return found


def _id_errors(
    draft: CollectionDef, original: CollectionDef | None, held: Snapshot
) -> Iterator[FieldError]:
    if original is not None:
        if draft.id != original.id:
            yield FieldError("validation_values_mismatch", "Values don't match.")
        return
    if not draft.id:
        yield required()
    if len(draft.id.encode()) > MAX_ID:
        yield _length(MAX_ID)
    if not _WORD.match(draft.id):
        yield _format()
    if draft.id in held.by_id:
        yield FieldError(
            "validation_invalid_or_existing_id", "The model id is invalid or already exists."
        )


def _system_errors(draft: CollectionDef, original: CollectionDef | None) -> Iterator[FieldError]:
    if original is not None and draft.system != original.system:
        yield FieldError(
            "validation_collection_system_flag_change", "System collection state cannot be changed."
        )


def _type_errors(draft: CollectionDef, original: CollectionDef | None) -> Iterator[FieldError]:
    if draft.type_name and draft.type_name not in registry.registered():
        yield FieldError("validation_in_invalid", "Must be a valid value.")
    if original is not None and draft.type_name != original.type_name:
        yield FieldError("validation_collection_type_change", "Collection type cannot be changed.")


def _name_errors(
    draft: CollectionDef, original: CollectionDef | None, held: Snapshot
) -> Iterator[FieldError]:
    name = draft.name
    if not name:
        yield required()
    if len(name.encode()) > MAX_NAME:
        yield _length(MAX_NAME)
    if "_via_" in name.lower():
        yield found_via()
    if not _WORD.match(name):
        yield _format()
    if original is not None and original.system and name != original.name:
        yield FieldError(
            "validation_collection_system_name_change", "System collection name cannot be changed."
        )
    owner = held.by_lower_name.get(name.lower())
    if owner is not None and (original is None or owner.id != original.id):
        yield FieldError(
            "validation_collection_name_exists",
            "Collection name must be unique (case insensitive).",
        )
    if name in held.by_id:
        yield FieldError(
            "validation_collection_name_id_duplicate",
            "The name must not match an existing collection id.",
        )
    if owner is None and _is_table(name):
        yield FieldError(
            "validation_collection_name_invalid",
            "The name shouldn't match with an existing internal table.",
        )


def _rule_errors(
    key: str, draft: CollectionDef, original: CollectionDef | None, held: Snapshot
) -> Iterator[FieldError]:
    rule: str | None = getattr(draft, RULES[key])
    writes = key not in ("listRule", "viewRule")
    if rule is not None and writes and not kind_of(draft.type_name).stores_records:
        yield FieldError("validation_nil", "Must be blank.")
    if rule:
        yield from rule_errors(draft, rule, held)
    if original is not None and original.system and rule != getattr(original, RULES[key]):
        yield FieldError(
            "validation_collection_system_rule_change",
            "System collection API rule cannot be changed.",
        )


def rule_errors(draft: CollectionDef, rule: str | None, held: Snapshot) -> Iterator[FieldError]:
    """Yield what is wrong with one rule of ``draft``; collection types have more rules."""
    try:
        check.check_rule(held, draft, rule)
    except FilterError as error:
        yield FieldError("validation_invalid_rule", f"Invalid rule. Raw error: {error.reason}")


def _view_errors(draft: CollectionDef, held: Snapshot) -> Errors:
    query = draft.options.get("viewQuery", "")
    if not query:
        return {"viewQuery": required()}
    try:
        views.check(query, held)
    except InvalidQuery as error:
        text = str(error).encode()[: views.MAX_ERROR].decode(errors="replace")
        return {"viewQuery": FieldError("validation_invalid_view_query", f"Invalid query - {text}")}
    return {}


def _is_table(name: str) -> bool:
    """Whether there is such a table. SQLite's own names are for SQLite to refuse."""
    folded = name.lower()
    if folded == MIGRATIONS_TABLE or folded.startswith("sqlite_"):
        return folded == MIGRATIONS_TABLE
    with editor() as edit:
        return edit.table_exists(name)


def found_via() -> FieldError:
    return FieldError("validation_found_via", 'The value cannot contain "_via_".')


def _length(most: int) -> FieldError:
    return FieldError(
        "validation_length_out_of_range",
        f"The length must be between 1 and {most}.",
        {"min": 1, "max": most},
    )


def _format() -> FieldError:
    return FieldError("validation_match_invalid", "Must be in a valid format.")
