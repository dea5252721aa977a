"""Many collections at once, as exported: everything is taken in, or nothing.

Existing collections (by id, else by name) are changed, others created. Exports of before 0.23 are
converted. Deletions come first, views
last; only when all are stored are they validated, as they may need each other.
Source: PocketBase core/collection_import.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import DatabaseError

from collections_app import hooks
from collections_app.fields.base import FieldType, WrongShape
from collections_app.hooks import CollectionEvent
from collections_app.schema import field_list, snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import (
    changes,
    draft,
    import_targets,
    journal,
    raw_text,
    store,
    tables,
    validate,
    views,
)
from collections_app.schema_edit.complete import completed
from collections_app.schema_edit.dialects import error_text
from collections_app.schema_edit.tables import TableChangeFailed
from core_app import dates, versions
from core_app.errors import BadRequest, FieldError, FieldErrors
from core_app.request_info import RequestInfo
from core_app.transactions import write

FAILED = "Failed to import collections."

Json = Mapping[str, Any]


class ImportFailed(Exception):
    """The import cannot be done; the text says why, in the reference's words."""


@dataclass(slots=True)
class _Item:
    """One collection on its way in; ``original`` is ``None`` for one that does not exist."""

    asked: CollectionDef
    original: CollectionDef | None


def run(
    collections: Sequence[Json], delete_missing: bool = False, info: RequestInfo | None = None
) -> None:
    """Take in ``collections``. With ``delete_missing`` what they do not name is deleted.

    Raise ``BadRequest``; nothing has changed then. System collections and fields always stay.
    """
    try:
        with write():
            before = held = snapshot.newest(versions.read().schema)
            settled = import_targets.settled(collections, held, delete_missing=delete_missing)
            items = [_read(data, held, delete_missing) for data in settled]
            items.sort(key=_order)
            if delete_missing:
                held = _delete_others(items, held, info)
            for item in items:
                held = _store(item, held, info)
            views.refresh(held, but=None)
            for item in items:
                _validate(item, held)
            versions.bump("schema")
            journal.write(before, held)
    except FieldErrors as error:
        raise BadRequest(FAILED, error.errors) from error
    except ImportFailed as error:
        code = "validation_collections_import_failure"
        raise BadRequest(FAILED, {"collections": FieldError(code, str(error))}) from error


def _read(data: Json, held: Snapshot, delete_missing: bool) -> _Item:
    """Return what ``data`` asks for, on the basis of what is stored."""
    key = data.get("id") or data.get("name")
    original = held.find(key) if isinstance(key, str) else None
    try:
        if original is None:
            blank_id = data.get("id")
            own = blank_id if isinstance(blank_id, str) else ""
            return _Item(draft.new(data, held, blank_id=own), None)
        asked = draft.changed(original, data)
    except WrongShape as error:
        raise _failure(f"json: {error}") from error
    if delete_missing and data.get("fields") is None:
        asked = replace(asked, fields=())
    if asked.id != original.id:
        old = "failed to retrieve old cached collection: sql: no rows in result set"
        raise _not_saved(asked, "primary key change is not allowed" if asked.id else old)
    return _Item(replace(asked, fields=_merged(asked, original, delete_missing)), original)


def _merged(
    asked: CollectionDef, original: CollectionDef, delete_missing: bool
) -> field_list.Fields:
    """Return the asked fields with the stored ones that they do not name but that stay.

    A stored field takes the place of one with its name and type that came with another id.
    """
    fields = asked.fields
    for stored in original.fields:
        if delete_missing and not stored.options.system:
            continue
        if any(field.id == stored.id for field in fields):
            continue
        if _gives_way(stored, asked, original):
            continue
        same = [
            field
            for field in fields
            if (field.name, field.type_name) == (stored.name, stored.type_name)
        ]
        fields = (
            tuple(stored if field is same[0] else field for field in fields)
            if same
            else (*fields, stored)
        )
    return fields


def _gives_way(stored: FieldType, asked: CollectionDef, original: CollectionDef) -> bool:
    """Return whether ``asked`` has a field of this name and another type, and no data is lost."""
    name, type_name = stored.name.lower(), stored.type_name
    is_replaced = any(
        field.name.lower() == name and field.type_name != type_name for field in asked.fields
    )
    may_go = is_replaced and not stored.options.system and not original.is_view
    return may_go and tables.is_empty(original)


def _order(item: _Item) -> tuple[bool, str, str]:
    return item.asked.is_view, item.asked.created, item.asked.updated


def _delete_others(items: list[_Item], held: Snapshot, info: RequestInfo | None) -> Snapshot:
    named = {item.asked.id for item in items}
    for collection in held.collections:
        if collection.id not in named and not collection.system:
            event = CollectionEvent(collection, collection, info)
            hooks.before_collection_delete.send(collection.name, event=event)
            held = store.remove(collection, held)
            changes.finish(hooks.after_collection_delete, hooks.collection_deleted, event)
    return held


def _store(item: _Item, held: Snapshot, info: RequestInfo | None) -> Snapshot:
    """Save one collection unvalidated and return all collections then."""
    is_new = item.original is None
    now = dates.now()
    asked = replace(item.asked, updated=now, created=now if is_new else item.asked.created)
    event = CollectionEvent(asked, item.original, info)
    before = hooks.before_collection_create if is_new else hooks.before_collection_update
    before.send(asked.name, event=event)
    event.collection = item.asked = completed(event.collection, item.original, held)
    try:
        held = store.save(item.asked, item.original, held)
    except (DatabaseError, TableChangeFailed, InvalidQuery) as error:
        text = error_text(error) if isinstance(error, DatabaseError) else str(error)
        raise _not_saved(item.asked, text) from error
    if is_new:
        changes.finish(hooks.after_collection_create, hooks.collection_created, event)
    else:
        changes.finish(hooks.after_collection_update, hooks.collection_updated, event)
    return held


def _validate(item: _Item, held: Snapshot) -> None:
    """Raise ``ImportFailed`` if the stored collection is not valid among all the others."""
    errors = validate.errors_of(item.asked, item.original or item.asked, held)
    if errors:
        shown = json.dumps(raw_text.tree(errors), indent=2, ensure_ascii=False)
        name = f'"{item.asked.name}" ({item.asked.id})'
        raise ImportFailed(f"Data validations failed for collection {name}:\n{shown}")


def _not_saved(collection: CollectionDef, text: str) -> ImportFailed:
    return _failure(f'failed to save collection "{collection.name}": {text}')


def _failure(text: str) -> ImportFailed:
    return ImportFailed(f"Failed to import the collections configuration. Raw error:\n{text}")
