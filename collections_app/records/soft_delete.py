"""Records in the trash: bringing them back, and deleting them for good.

What one act of deleting took is marked with its moment; along the relations that cascade it is
found again, and comes back, or goes for good, as a whole. ``cascade`` fills the trash.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import orjson
from django.db import IntegrityError

from collections_app import hooks
from collections_app.collection_types import registry
from collections_app.fields.base import FieldType
from collections_app.fields.date import MARK_NAME
from collections_app.hooks import RecordEvent
from collections_app.query.select import select
from collections_app.query.trash import Trash
from collections_app.records import access, cascade, moments, rows, writes
from collections_app.records.refusing import act, savepoint_for
from collections_app.records.rows import quoted
from collections_app.records.service import Ahead
from collections_app.records.turn import writing
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from collections_app.schema.snapshot import Snapshot
from core_app import sql
from core_app.errors import BadRequest, FieldError, NotFound
from core_app.request_info import RequestInfo
from core_app.sql import Row

RESTORE_FAILED = "Failed to restore record."
PURGE_FAILED = "Failed to purge record."

ONLY_TRASH, ALL = Trash(only=True), Trash(only=False)

logger = logging.getLogger("holdall.records")


class _Taken(NamedTuple):
    """A record in the trash: its event, and its row as it is stored."""

    event: RecordEvent
    row: Row


def asked(collection: CollectionDef, info: RequestInfo) -> Trash | None:
    """Return which rows a request means by its ``?trash=``; ``None``: the living, as always.

    Raise ``BadRequest`` for an unknown word, ``Forbidden`` if the trash is for superusers alone.
    """
    word = info.query.get("trash") if collection.has_trash else None
    if not word:
        return None
    return Trash(meant(word).only, access.trash_rule_for(collection, info))


def meant(word: str) -> Trash:
    """Return what ``only`` and ``with`` stand for. Raise ``BadRequest``."""
    if word not in ("only", "with"):
        raise BadRequest(reason=f"trash is only or with, not {word!r}")
    return ONLY_TRASH if word == "only" else ALL


def restore(
    collection: CollectionDef,
    record_id: str,
    info: RequestInfo | None = None,
    *,
    ahead: Ahead | None = None,
    in_batch: bool = False,
) -> RecordModel:
    """Bring a record back with all that was deleted with it, and return it. Raise ``ApiError``."""
    trash = Trash(only=True, rule=access.trash_rule_for(collection, info))
    snapshot = snapshots.current()
    row = _find(snapshot, collection, record_id, info, trash)
    event = cascade.event_of(snapshot, collection, row, info)
    if ahead is not None:
        ahead(event)
    savepoint = savepoint_for(event, hooks.record_restore_failed, in_batch=in_batch, changes=True)
    with (
        act(event, hooks.record_restore_failed, RESTORE_FAILED),
        writing(savepoint=savepoint),
    ):
        _require_same(snapshot, collection, row)
        group = _taken_along(snapshot, _Taken(event, row))
        for item, _ in group:
            hooks.before_record_restore.send(item.collection.name, event=item)
            item.record.put(MARK_NAME, "")
            registry.of(item.collection.type_name).before_restore(item)
        _check_relations(snapshot, group)
        for item, before in group:
            _write_back(item, before, is_first=item is event)
        for item, _ in group:
            hooks.after_record_restore.send(item.collection.name, event=item)
            writes.announce_saved(hooks.record_restored, item)
    return event.record


def purge(
    collection: CollectionDef,
    record_id: str,
    info: RequestInfo | None = None,
    *,
    ahead: Ahead | None = None,
    in_batch: bool = False,
) -> None:
    """Delete a record for good, in the trash or not, with all that goes with it.

    A caller has to pass both the delete rule and the trash rule. Raise ``ApiError``.
    """
    rules = {access.rule_for(collection, "delete", info), access.trash_rule_for(collection, info)}
    snapshot = snapshots.current()
    for rule in rules:
        row = _find(snapshot, collection, record_id, info, Trash(only=False, rule=rule), rule)
    event = cascade.event_of(snapshot, collection, row, info)
    if ahead is not None:
        ahead(event)
    savepoint = savepoint_for(event, hooks.record_purge_failed, in_batch=in_batch)
    with (
        act(event, hooks.record_purge_failed, PURGE_FAILED),
        writing(savepoint=savepoint),
    ):
        if event.original[MARK_NAME]:
            _require_same(snapshot, collection, row)
        else:
            cascade.delete(snapshot, collection, [event], moments.next_one())
            row = _find(snapshot, collection, record_id, None, ONLY_TRASH)
            event = cascade.event_of(snapshot, collection, row, info)
        _remove([item for item, _ in _taken_along(snapshot, _Taken(event, row))])


def purge_expired() -> None:
    """Delete for good what has been in the trash for longer than its collection keeps it."""
    for collection in snapshots.current().collections:
        if collection.soft_delete is None or not collection.soft_delete.retention_days:
            continue
        limit = moments.days_ago(collection.soft_delete.retention_days)
        for record_id in _deleted_before(collection, limit):
            try:
                purge(collection, record_id)
            except NotFound:
                continue  # gone already, with one that it was deleted with
            except Exception:
                logger.exception("%s/%s cannot be purged", collection.name, record_id)


def ids(collection: CollectionDef, trash: Trash | None) -> list[str]:
    """Return the ids of the living records, or of those that ``trash`` says."""
    at = rows.position(collection, "id")
    selection = None
    if trash is not None:
        selection = select(snapshots.current(), collection, None, trash=trash)
    return [row[at] for row in rows.fetch(collection, selection)]


def _find(
    snapshot: Snapshot,
    collection: CollectionDef,
    record_id: str,
    info: RequestInfo | None,
    trash: Trash,
    rule: str = "",
) -> Row:
    """Return the row if it is among those of ``trash`` and passes the rules, else ``NotFound``."""
    with access.missing_if_broken(collection, "trash"):
        selection = select(snapshot, collection, info, rule=rule, trash=trash)
        row = rows.fetch_by_id(collection, record_id, selection)
    if row is None:
        raise NotFound
    return row


def _require_same(snapshot: Snapshot, collection: CollectionDef, row: Row) -> None:
    """Raise ``NotFound`` unless ``row`` still is what is in the trash."""
    record_id = row[rows.position(collection, "id")]
    if _find(snapshot, collection, record_id, None, ONLY_TRASH) != row:
        raise NotFound(reason="somebody else was faster")


def _taken_along(snapshot: Snapshot, first: _Taken) -> list[_Taken]:
    """Return ``first`` and all that was deleted with it, what caused a deletion ahead of it."""
    moment, info = first.event.original[MARK_NAME], first.event.info
    group = {_key(first.event): first}
    level = [first.event]
    while level:
        found = []
        for collection, events in _by_collection(level):
            named = orjson.dumps([event.record.id for event in events]).decode()
            for other, field in cascade.references_to(snapshot, collection):
                if not other.has_trash or not cascade.cascades(field):
                    continue
                for row in _marked(snapshot, other, field, moment, named):
                    event = cascade.event_of(snapshot, other, row, info)
                    if _key(event) not in group:
                        group[_key(event)] = _Taken(event, row)
                        found.append(event)
        level = found
    return list(group.values())


def _marked(
    snapshot: Snapshot, collection: CollectionDef, field: FieldType, moment: str, named: str
) -> Iterable[Row]:
    """Return the rows that went at ``moment`` and whose relation names any of the ids."""
    mark = f"{quoted(collection.table)}.{quoted(MARK_NAME)} = {rows.dialect().mark}"
    condition = f"{mark} AND {cascade.naming(collection, field)}"
    selection = select(snapshot, collection, None, trash=ONLY_TRASH)
    return rows.fetch_where(collection, condition, (moment, named), selection).values()


def _check_relations(snapshot: Snapshot, group: Sequence[_Taken]) -> None:
    """Take ids of records that are not there out of the relations of what is to come back.

    Raise ``BadRequest`` where a relation would be left empty that is required, or that makes the
    record a part of another, which is in the trash too.
    """
    coming = {_key(item) for item, _ in group}
    for item, _ in group:
        errors = {}
        for field in item.collection.fields:
            target = snapshot.by_id.get(field.relation_target or "")
            wanted = field.references(item.record[field.name])
            if target is None or wanted is None:
                continue
            unsure = [one for one in wanted.ids if (target.id, one) not in coming]
            gone = set(unsure) - rows.fetch_by_ids(target, unsure).keys() if unsure else ()
            if not gone:
                continue
            left = [one for one in wanted.ids if one not in gone]
            if not left and (error := _lost(snapshot, field, target, wanted.ids)):
                errors[field.name] = error
            item.record.put(field.name, left if field.is_multiple else "".join(left))
        if errors:
            raise _refused(item, "", errors, is_first=item is group[0].event)


def _lost(
    snapshot: Snapshot, field: FieldType, target: CollectionDef, named: Sequence[str]
) -> FieldError | None:
    """Return why the record cannot be without those that its relation names, if so."""
    if target.has_trash and (field.options.required or cascade.cascades(field)):
        selection = select(snapshot, target, None, trash=ONLY_TRASH)
        if rows.fetch_by_ids(target, named, selection):
            message = "The related record is in the trash too: restore it first."
            return FieldError("validation_relation_in_trash", message)
    if field.options.required:
        return FieldError(
            "validation_missing_rel_records",
            "Failed to find all relation records with the provided ids.",
        )
    return None


def _write_back(event: RecordEvent, before: Row, *, is_first: bool) -> None:
    try:
        writes.update(event, before)
    except IntegrityError as error:
        taken = writes.taken_columns(event.collection, event.record, error)
        why = "Another record has a value that must be unique."
        raise _refused(event, why, taken, is_first=is_first) from error


def _refused(
    event: RecordEvent, why: str, errors: dict[str, FieldError], *, is_first: bool
) -> BadRequest:
    """Return the refusal of an act because of one of the records that it would bring back."""
    parts = [RESTORE_FAILED]
    if not is_first:
        name = f"{event.collection.name}/{event.record.id}"
        parts.append(f"It was deleted together with {name}, which cannot come back.")
    return BadRequest(" ".join([*parts, why]).strip(), errors)


def _remove(events: Sequence[RecordEvent]) -> None:
    for event in events:
        hooks.before_record_purge.send(event.collection.name, event=event)
    for collection, some in _by_collection(events):
        writes.remove(collection, [event.record for event in some])
    for event in events:
        registry.of(event.collection.type_name).after_delete(event)
        hooks.after_record_purge.send(event.collection.name, event=event)
        writes.announce_removed(hooks.record_purged, event)


def _deleted_before(collection: CollectionDef, limit: str) -> list[str]:
    mark = quoted(MARK_NAME)
    text = (
        f"SELECT {quoted('id')} FROM {quoted(collection.table)}"  # noqa: S608
        f" WHERE {mark} != '' AND {mark} <= {rows.dialect().mark} ORDER BY {mark}"
    )
    return [row[0] for row in sql.fetch_all(text, (limit,))]


def _by_collection(
    events: Sequence[RecordEvent],
) -> Iterable[tuple[CollectionDef, list[RecordEvent]]]:
    ordered = sorted(events, key=lambda event: event.collection.name)
    for _, some in groupby(ordered, key=lambda event: event.collection.id):
        held = list(some)
        yield held[0].collection, held


def _key(event: RecordEvent) -> tuple[str, str]:
    return event.collection.id, event.record.id
