"""Deleting records, and what becomes of the records that name them.

Everything happens in the caller's transaction and level by level: all rows that name any of the
deleted ids are found by one statement per relation field. Each affected record gets its hooks; the
rules of its collection are not asked and its fields are not validated.

Where a collection has soft delete its records are marked instead, all that one act takes with the
same moment: by it they are found again (``soft_delete``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from collections_app import hooks
from collections_app.collection_types import registry
from collections_app.fields.base import FieldType
from collections_app.hooks import RecordEvent
from collections_app.query.living import and_living
from collections_app.records import instances, rows, writes
from collections_app.records.rows import quoted
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import sql
from core_app.errors import BadRequest, NotFound
from core_app.request_info import RequestInfo
from core_app.sql import Row

DELETE_FAILED = (
    "Failed to delete record. "
    "Make sure that the record is not part of a required relation reference."
)

_AT_ONCE = 1000

Reference = tuple[CollectionDef, FieldType]


def event_of(
    snapshot: Snapshot, collection: CollectionDef, row: Row, info: RequestInfo | None
) -> RecordEvent:
    """Return the event of a stored row: its record, and its values as they are stored."""
    original = instances.values_of_row(snapshot, collection, row)
    return RecordEvent(collection, instances.of_row(snapshot, collection, row), original, info)


def delete(
    snapshot: Snapshot, collection: CollectionDef, events: Sequence[RecordEvent], moment: str
) -> None:
    """Delete the events' records of ``collection``, then follow the relations that lead to them.

    ``moment`` is from ``moments.next_one``. Raise ``BadRequest`` where a required relation would
    lose its last id.
    """
    kind = registry.of(collection.type_name)
    for event in events:
        hooks.before_record_delete.send(collection.name, event=event)
        kind.check_delete(event)
    records = [event.record for event in events]
    if not writes.delete(collection, records, moment):
        raise NotFound
    if not collection.has_trash:
        for event in events:
            kind.after_delete(event)
    follow(snapshot, collection, [record.id for record in records], events[0].info, moment)
    announce = writes.announce if collection.has_trash else writes.announce_removed
    for event in events:
        hooks.after_record_delete.send(collection.name, event=event)
        announce(hooks.record_deleted, event)


def follow(
    snapshot: Snapshot,
    collection: CollectionDef,
    ids: Sequence[str],
    info: RequestInfo | None,
    moment: str,
) -> None:
    """Take the deleted ``ids`` of ``collection`` out of every relation that holds them.

    A relation that thereby becomes empty deletes its record if it cascades, stops everything if
    it is required, and is simply emptied otherwise.
    """
    for referencing, field in references_to(snapshot, collection):
        for chunk in _chunks_naming(referencing, field, ids):
            doomed = []
            found = rows.fetch_by_ids(referencing, chunk, to_change=True)
            for row in [found[one] for one in chunk if one in found]:
                event = event_of(snapshot, referencing, row, info)
                left = _without(event.record[field.name], ids)
                if not left and cascades(field):
                    doomed.append(event)
                elif not left and field.options.required:
                    raise BadRequest(
                        DELETE_FAILED, reason=f"{referencing.name}/{event.record.id} requires it"
                    )
                else:
                    event.record.put(field.name, left)
                    _save(event, row)
            if doomed:
                delete(snapshot, referencing, doomed, moment)


def references_to(snapshot: Snapshot, collection: CollectionDef) -> tuple[Reference, ...]:
    """Return the relation fields that point at ``collection``, collections in order of name."""
    found: tuple[Reference, ...] = snapshot.cached(
        ("references", collection.id),
        lambda: tuple(
            (other, field)
            for other in sorted(snapshot.collections, key=lambda item: item.name)
            if registry.of(other.type_name).stores_records
            for field in other.fields
            if field.relation_target == collection.id
        ),
    )
    return found


def cascades(field: FieldType) -> bool:
    """Whether a record goes with the last one that its relation ``field`` names."""
    return bool(getattr(field.options, "cascadeDelete", False))


def naming(collection: CollectionDef, field: FieldType) -> str:
    """Return the condition that a record's relation holds any of the ids in a JSON list."""
    among = rows.among_list()
    column = f"{quoted(collection.table)}.{quoted(field.name)}"
    if not field.is_multiple:
        return f"{column} {among}"
    items = rows.dialect().items_of_column(column)
    return f"EXISTS (SELECT 1 FROM {items} AS item WHERE item.value {among})"  # noqa: S608


def _chunks_naming(
    collection: CollectionDef, field: FieldType, ids: Sequence[str]
) -> Iterator[list[str]]:
    """Return the ids of the records whose relation holds any of ``ids``, in natural order."""
    table = quoted(collection.table)
    condition = f"{naming(collection, field)}{and_living(collection)}"
    selected = f"SELECT {quoted('id')} FROM {table} WHERE {condition}"  # noqa: S608
    text = f"{selected} ORDER BY {rows.dialect().row_number(table)}"
    found = [row[0] for row in sql.fetch_all(text, (orjson.dumps(list(ids)).decode(),))]
    return (found[at : at + _AT_ONCE] for at in range(0, len(found), _AT_ONCE))


def _without(value: Any, ids: Sequence[str]) -> Any:
    """Return what is left of a relation's value when ``ids`` are gone."""
    if isinstance(value, list):
        gone = set(ids)
        return [item for item in value if item not in gone]
    return ""


def _save(event: RecordEvent, before: Row) -> None:
    collection = event.collection
    hooks.before_record_update.send(collection.name, event=event)
    writes.update(event, before)
    registry.of(collection.type_name).after_write(event, is_new=False)
    hooks.after_record_update.send(collection.name, event=event)
    writes.announce_saved(hooks.record_updated, event)
