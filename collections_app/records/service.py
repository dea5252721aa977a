"""The one door for writing records: HTTP, batch, hooks, ``record.save()`` and commands all use it.

Each act reads top to bottom:

1. the rule, and the checks of the collection's type on what a client sent;
2. validation, and files stored;
3. one transaction: ``before_…`` receivers, the row, cascades, ``after_…`` receivers;
4. after the commit: ``record_created`` and its like, files dropped.

``before_…`` receivers run *inside* the transaction, just ahead of the write, so what they read
(stock, quotas) still holds when the row is written. They may change the record, so where any
listens, 2 happens after them, inside the transaction too; where none does, it happens before, and
the lock is held for the statements alone. Whatever a client sent is cast, and passwords hashed,
before either.

``in_batch``: the act is a part of a transaction that ends with it if it fails.

``info`` is who asks. ``None`` is code without a request: no rule, no hidden fields, no form checks.
What goes wrong is an ``ApiError``: the act's plain 400 with ``{field: error}``, unless a receiver
raised its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.db import connection

from collections_app import hooks
from collections_app.collection_types import registry
from collections_app.collection_types.base import CollectionType
from collections_app.hooks import RecordEvent
from collections_app.query import judge
from collections_app.query.errors import FilterError
from collections_app.query.select import select
from collections_app.records import (
    access,
    cascade,
    instances,
    moments,
    referenced,
    rows,
    writes,
)
from collections_app.records.cascade import DELETE_FAILED
from collections_app.records.instances import NOTHING
from collections_app.records.referenced import Wanted
from collections_app.records.refusing import act, savepoint_for
from collections_app.records.rows import RowState
from collections_app.records.turn import writing
from collections_app.records.validate import validate
from collections_app.records.values import apply_body, normalised_body
from collections_app.records.writes import Overtaken
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from collections_app.schema.snapshot import Snapshot
from core_app import ids, sql
from core_app.dialects import late_commits
from core_app.errors import BadRequest, FieldError, FieldErrors, NotFound
from core_app.hooks import HookSignal
from core_app.request_info import RequestInfo
from core_app.sql import Row

CREATE_FAILED = "Failed to create record."
UPDATE_FAILED = "Failed to update record."
#: told of an act once its rule has passed and before anything else; may raise to stop it
Ahead = Callable[[RecordEvent], None]

_NO_NAMES: frozenset[str] = frozenset()


def create(
    collection: CollectionDef,
    body: Mapping[str, Any],
    info: RequestInfo | None = None,
    *,
    ahead: Ahead | None = None,
    in_batch: bool = False,
) -> RecordModel:
    """Store a new record made of ``body`` and return it. Raise ``ApiError``."""
    access.require_writable(collection)
    rule = access.rule_for(collection, "create", info)
    snapshot = snapshots.current()
    record, info = new(snapshot, collection, body, info)
    if info is not None and not info.is_superuser:
        _require_storable(collection, record)
        if rule:
            _require_create_rule(snapshot, collection, record, info, rule)
    event = RecordEvent(collection, record, NOTHING, info)
    if ahead is not None:
        ahead(event)
    _add(event, body, in_batch=in_batch)
    return record


def update(
    collection: CollectionDef,
    record_id: str,
    body: Mapping[str, Any],
    info: RequestInfo | None = None,
    *,
    ahead: Ahead | None = None,
    in_batch: bool = False,
) -> RecordModel:
    """Change a stored record by ``body`` and return it. Raise ``ApiError``.

    ``body`` may hold modifiers (``total+``), so what is written depends on what was read: if
    somebody else changed the row in between, all is done again, this time holding the lock.
    """
    access.require_writable(collection)
    try:
        return _update(collection, record_id, body, info, ahead, in_batch=in_batch)
    except Overtaken:
        with writing():
            return _update(collection, record_id, body, info, ahead, in_batch=False)


def delete(
    collection: CollectionDef,
    record_id: str,
    info: RequestInfo | None = None,
    *,
    ahead: Ahead | None = None,
    in_batch: bool = False,
) -> None:
    """Delete a stored record, with what its relations demand. Raise ``ApiError``.

    With soft delete it goes to the trash (``soft_delete`` brings it back).
    """
    access.require_writable(collection)
    rule = access.rule_for(collection, "delete", info)
    snapshot = snapshots.current()
    with access.missing_if_broken(collection, "delete"):
        selection = select(snapshot, collection, info, rule=rule) if rule else None
        row = rows.fetch_by_id(collection, record_id, selection)
    if row is None:
        raise NotFound
    event = cascade.event_of(snapshot, collection, row, info)
    if ahead is not None:
        ahead(event)
    savepoint = savepoint_for(event, hooks.record_delete_failed, in_batch=in_batch)
    with (
        act(event, hooks.record_delete_failed, DELETE_FAILED),
        writing(savepoint=savepoint),
    ):
        cascade.delete(snapshot, collection, [event], moments.next_one())


def save(record: RecordModel) -> None:
    """Create or update ``record`` as it is; what ``record.save()`` does. Raise ``ApiError``."""
    collection = record.collection
    access.require_writable(collection)
    if record._state.adding:
        _add(RecordEvent(collection, record, NOTHING, None), NOTHING)
        return
    snapshot = snapshots.current()
    _hash_passwords(record)
    with writing():
        row = rows.fetch_by_id(collection, record.id, to_change=True)
        if row is None:
            raise NotFound
        original = instances.values_of_row(snapshot, collection, row)
        _change(RecordEvent(collection, record, original, None), NOTHING, row)


def _update(
    collection: CollectionDef,
    record_id: str,
    body: Mapping[str, Any],
    info: RequestInfo | None,
    ahead: Ahead | None,
    *,
    in_batch: bool,
) -> RecordModel:
    rule = access.rule_for(collection, "update", info)
    snapshot = snapshots.current()
    # a rule that asks for the body needs the values that the body makes of the stored ones
    needs_body = "@request.body" in rule
    selection = None
    with access.missing_if_broken(collection, "update"):
        if rule and not needs_body:
            selection = select(snapshot, collection, info, rule=rule)
        row, state = rows.fetch_to_change(collection, record_id, selection)
    if row is None:
        raise NotFound
    record = instances.of_row(snapshot, collection, row)
    original = instances.values_of_row(snapshot, collection, row)
    info = take(collection, record, body, info)
    if needs_body:
        with access.missing_if_broken(collection, "update"):
            passes = judge.passes_stored(snapshot, collection, info, record_id, rule=rule)
        if not passes:
            raise NotFound
    event = RecordEvent(collection, record, original, info)
    if ahead is not None:
        ahead(event)
    _change(event, body, row, state, in_batch=in_batch)
    return record


def _add(event: RecordEvent, body: Mapping[str, Any], *, in_batch: bool = False) -> None:
    collection, kind = event.collection, registry.of(event.collection.type_name)
    savepoint = savepoint_for(event, hooks.record_create_failed, in_batch=in_batch)
    with act(event, hooks.record_create_failed, CREATE_FAILED) as doing:
        if event.info is not None:
            kind.accept_body(collection, event, body, is_new=True)
        is_heard = _is_heard(hooks.before_record_create, event)
        is_last = _is_last(kind, hooks.after_record_create, event)
        if is_heard:
            _hash_passwords(event.record)
        else:
            doing.wanted = _complete(kind, event, is_new=True, is_last=is_last)
        with writing(savepoint=savepoint):
            if is_heard:
                hooks.before_record_create.send(collection.name, event=event)
                _complete(kind, event, is_new=True)
            kind.check_in_transaction(event, is_new=True)
            referenced.require_with_commit(doing.wanted)
            writes.insert(event, is_last=is_last, has_savepoint=savepoint)
            kind.after_write(event, is_new=True)
            hooks.after_record_create.send(collection.name, event=event)
            writes.announce_saved(hooks.record_created, event)


def _change(
    event: RecordEvent,
    body: Mapping[str, Any],
    before: Row,
    state: RowState | None = None,
    *,
    in_batch: bool = False,
) -> None:
    """Write what differs from the row ``before``. Raise ``Overtaken`` if that is not stored.

    That is seen by its ``state`` when it is written, or it is read once more.
    """
    collection, kind = event.collection, registry.of(event.collection.type_name)
    is_locked = connection.in_atomic_block  # nobody can have changed the row meanwhile
    savepoint = savepoint_for(event, hooks.record_update_failed, in_batch=in_batch, changes=True)
    with act(event, hooks.record_update_failed, UPDATE_FAILED) as doing:
        if event.info is not None:
            kind.accept_body(collection, event, body, is_new=False)
        is_heard = _is_heard(hooks.before_record_update, event)
        is_last = _is_last(kind, hooks.after_record_update, event)
        if is_heard:
            _hash_passwords(event.record)
        else:
            doing.wanted = _complete(kind, event, is_new=False, is_last=is_last)
        with writing(savepoint=savepoint):
            if is_heard:
                state = None  # receivers rely on the row that they are shown
            if not is_locked and state is None and _stored_now(event) != before:
                raise Overtaken
            if is_heard:
                hooks.before_record_update.send(collection.name, event=event)
                _complete(kind, event, is_new=False)
            kind.check_in_transaction(event, is_new=False)
            referenced.require_with_commit(doing.wanted)
            writes.update(event, before, state, is_last=is_last)
            kind.after_write(event, is_new=False)
            hooks.after_record_update.send(collection.name, event=event)
            writes.announce_saved(hooks.record_updated, event)


def _is_heard(signal: HookSignal, event: RecordEvent) -> bool:
    """Return whether somebody is told ahead of the commit, which then is not put off."""
    if not signal.has_listeners(event.collection.name):
        return False
    late_commits.stay()
    return True


def _is_last(kind: CollectionType, signal: HookSignal, event: RecordEvent) -> bool:
    """Return whether nobody looks at what an act has written before it is committed."""
    follows = type(kind).after_write is not CollectionType.after_write
    return not follows and not signal.has_lookers(event.collection.name)


def _may_wait(collection: CollectionDef, is_last: bool) -> bool:
    """Return whether the write itself may find out if all is there that the record points at.

    Not where files are stored before it, nor where it cannot go with the commit.
    """
    if not is_last or collection.lifecycle_fields or sql.dialect().has_one_writer:
        return False
    return not connection.in_atomic_block


def _stored_now(event: RecordEvent) -> Row | None:
    """Return the row of the event's record as it is, and stays until the transaction ends."""
    return rows.fetch_by_id(event.collection, str(event.original["id"]), to_change=True)


def _complete(
    kind: CollectionType, event: RecordEvent, *, is_new: bool, is_last: bool = False
) -> Wanted:
    """Fill in what the server sets, validate, store files. Raise ``FieldErrors``.

    ``is_last``: return what the record points at, if all else is well, instead of looking for it;
    but only where that may wait for the write.
    """
    kind.before_validate(event, is_new=is_new)
    errors: dict[str, Any] = {}
    wanted: Wanted = {}
    try:
        wanted = validate(event.collection, event.record, event.original, is_new=is_new)
    except FieldErrors as error:
        errors = error.errors
    try:
        if _is_heard(hooks.record_validating, event):
            hooks.record_validating.send(event.collection.name, event=event)
    except FieldErrors as error:
        errors = {**error.errors, **errors}
    if wanted and (errors or not _may_wait(event.collection, is_last)):
        errors |= referenced.missing(wanted)
        wanted = {}
    if errors:
        raise FieldErrors(errors)
    writes.store_files(event)
    return wanted


def _hash_passwords(record: RecordModel) -> None:
    """Hash new passwords while no transaction waits; what is wrong with them is told later."""
    for field in record.collection.unseen_fields:
        with suppress(FieldError):
            field.validate(record[field.name])


def new(
    snapshot: Snapshot, collection: CollectionDef, body: Mapping[str, Any], info: RequestInfo | None
) -> tuple[RecordModel, RequestInfo | None]:
    """Return a record made of ``body``, as far as ``info`` may; and what ``take`` returns."""
    values = apply_body(collection, NOTHING, body, _closed(collection, info))
    record = instances.blank(snapshot, collection, values)
    return record, _resolved(collection, body, values, info)


def take(
    collection: CollectionDef,
    record: RecordModel,
    body: Mapping[str, Any],
    info: RequestInfo | None,
) -> RequestInfo | None:
    """Set what ``body`` says, as far as ``info`` may; return ``info`` with the resolved body."""
    values = apply_body(collection, record, body, _closed(collection, info))
    for name, value in values.items():
        record.put(name, value)
    return _resolved(collection, body, values, info)


def _resolved(
    collection: CollectionDef,
    body: Mapping[str, Any],
    values: Mapping[str, Any],
    info: RequestInfo | None,
) -> RequestInfo | None:
    return None if info is None else info.but(body=normalised_body(collection, body, values))


def _closed(collection: CollectionDef, info: RequestInfo | None) -> frozenset[str]:
    """Return the fields that ``info`` may not set: hidden ones, unless its type says otherwise."""
    if info is None:
        return _NO_NAMES
    kind, superuser = registry.of(collection.type_name), info.is_superuser
    if type(kind).writable is CollectionType.writable:
        return _NO_NAMES if superuser else collection.hidden_names
    closed = set()
    for field in collection.fields:
        says = kind.writable(field.name, info)
        if says is False or (says is None and field.options.hidden and not superuser):
            closed.add(field.name)
    return frozenset(closed)


def _require_storable(collection: CollectionDef, record: RecordModel) -> None:
    """Raise ``BadRequest`` for a value that no rule could be judged by: a password too long."""
    for field in collection.unseen_fields:
        if not field.is_storable(record[field.name]):
            raise BadRequest(CREATE_FAILED, reason=f"{field.name} cannot be stored")


def values_for_create_rule(collection: CollectionDef, record: RecordModel) -> dict[str, Any]:
    """Return what the create rule is judged by, as the driver takes it, by column.

    These are the submitted values; autodates and generated texts are still empty.
    """
    kind = registry.of(collection.type_name)
    values = kind.values_for_create_rule(collection, record.values())
    values["id"] = values["id"] or f"__temp_id__{ids.random_lower(10)}"
    return instances.values_for_rule(collection, values)


def _require_create_rule(
    snapshot: Snapshot,
    collection: CollectionDef,
    record: RecordModel,
    info: RequestInfo,
    rule: str,
) -> None:
    stored = values_for_create_rule(collection, record)
    try:
        passes = judge.passes_values(snapshot, collection, info, stored, rule=rule)
    except FilterError as error:
        raise BadRequest(CREATE_FAILED, reason=f"create rule: {error}") from error
    if not passes:
        raise BadRequest(CREATE_FAILED, reason="the create rule is not satisfied")
