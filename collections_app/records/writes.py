"""The statements that change records, and what goes with each: ticking fields, signals, files.

Called inside a transaction by ``service`` and ``cascade``, which decide what is allowed; nothing
here asks a rule or validates. Models get Django's own ``pre_save``, ``post_save``, ``pre_delete``
and ``post_delete`` if anyone listens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import orjson
from django.db import transaction
from django.db.models import signals

from collections_app.fields.date import MARK_NAME
from collections_app.hooks import RecordEvent
from collections_app.query.living import and_living
from collections_app.records import first_taken, instances, undo
from collections_app.records.rows import RowState, among_list, dialect, quoted
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import sql
from core_app.dialects import late_commits
from core_app.errors import FieldError, NotFound
from core_app.hooks import HookSignal
from core_app.sql import Row
from core_app.transactions import execute_last


class Overtaken(Exception):
    """The row is no longer what the act began with: it is to be done again."""


def insert(event: RecordEvent, *, is_last: bool = False, has_savepoint: bool = True) -> None:
    """Write the event's new record. The automatic fields are set here.

    ``is_last``: nothing else in the transaction needs the row, so it may come with the commit.
    ``has_savepoint``: the transaction can be asked something after a refusal, or is over.
    """
    collection, record = event.collection, event.record
    _tick(collection, record, is_new=True)
    _tell_django(signals.pre_save, record, raw=False, update_fields=None)
    statement: str = collection.cached("insert", lambda: _insert_statement(collection))
    row = instances.stored_row(record)
    if not has_savepoint and first_taken.may_break_several(collection, is_new=True):
        first_taken.insert(collection, record, statement, row)
    elif is_last and not instances.is_heard(signals.post_save, type(record)):
        execute_last(statement, row, row=record.id)
    else:
        sql.execute(statement, row)
    undo.on_failure(partial(setattr, record._state, "adding", True))
    record._state.adding = False
    record._state.db = "default"
    _tell_django(signals.post_save, record, created=True, raw=False, update_fields=None)


def update(
    event: RecordEvent, before: Row, state: RowState | None = None, *, is_last: bool = False
) -> None:
    """Write the columns of the event's record that differ from the row ``before``.

    Raise ``Overtaken`` if the row is not in ``state`` any more. ``is_last`` as for ``insert``.
    """
    collection, record = event.collection, event.record
    _tick(collection, record, is_new=False)
    _tell_django(signals.pre_save, record, raw=False, update_fields=None)
    row = instances.stored_row(record)
    changed = [at for at, value in enumerate(row) if value != before[at]]
    if changed:
        names = tuple([collection.columns[at] for at in changed])
        statement = _update_statement(collection.table, names, state.condition if state else "")
        params = (*[row[at] for at in changed], record.id)
        missing: type[Exception] = NotFound
        if state is not None:
            params, missing = (*params, *state.params), Overtaken
        if is_last and not instances.is_heard(signals.post_save, type(record)):
            execute_last(statement, params, missing, row=record.id)
        elif not sql.execute(statement, params):
            raise missing
    _tell_django(signals.post_save, record, created=False, raw=False, update_fields=None)


def delete(collection: CollectionDef, records: Sequence[RecordModel], moment: str) -> int:
    """Delete the rows of ``records`` by one statement; return how many there were.

    With soft delete they go to the trash, marked with ``moment``.
    """
    for record in records:
        _tell_django(signals.pre_delete, record, origin=record)
    if collection.has_trash:
        statement: str = collection.cached("mark", lambda: _mark_statement(collection))
        deleted = sql.execute(statement, (moment, _ids_of(records)))
    else:
        deleted = remove(collection, records)
    for record in records:
        _tell_django(signals.post_delete, record, origin=record)
    return deleted


def remove(collection: CollectionDef, records: Sequence[RecordModel]) -> int:
    """Remove the rows of ``records`` for good by one statement; return how many there were."""
    statement: str = collection.cached("delete", lambda: _delete_statement(collection))
    return sql.execute(statement, (_ids_of(records),))


def store_files(event: RecordEvent) -> None:
    """Let fields store what their values bring along; it is taken back if the act fails."""
    collection, record = event.collection, event.record
    for field in collection.lifecycle_fields:
        value = record[field.name]
        undo.on_failure(partial(field.write_failed, collection, record.id, value))
        field.before_write(collection, record.id, value)


def announce_saved(signal: HookSignal, event: RecordEvent) -> None:
    """After the commit: drop files no longer named, and tell the world."""
    for field in event.collection.lifecycle_fields:
        before = event.original.get(field.name, field.zero())
        value, record_id = event.record[field.name], event.record.id
        _on_commit(partial(field.write_committed, event.collection, record_id, value, before))
    announce(signal, event)


def announce(signal: HookSignal, event: RecordEvent) -> None:
    """After the commit: tell the world."""
    if signal.receivers:
        _on_commit(partial(signal.send_robust, event.collection.name, event=event))


def announce_removed(signal: HookSignal, event: RecordEvent) -> None:
    """After the commit: drop the record's files, and tell the world."""
    for field in event.collection.lifecycle_fields:
        value = event.record[field.name]
        _on_commit(partial(field.delete_committed, event.collection, event.record.id, value))
    announce(signal, event)


def taken_columns(
    collection: CollectionDef, record: RecordModel, error: BaseException
) -> dict[str, FieldError]:
    """Return the fields of the unique index that ``error`` says ``record`` violates.

    Empty if it was something else, or an index on expressions.
    """
    if isinstance(error, first_taken.Taken):
        names = _columns_of(collection, error.name)
    else:
        found = sql.dialect().violation(error)
        if found is None or found.table != sql.dialect().identifier(collection.table):
            return {}
        index = first_taken.first_taken
        names = found.columns or _columns_of(collection, index(collection, record) or found.name)
    if not all(name in collection.by_name for name in names):
        return {}
    return {name: FieldError("validation_not_unique", "Value must be unique.") for name in names}


def _columns_of(collection: CollectionDef, index: str) -> tuple[str, ...]:
    """Return what the unique index with this name is on; any other is the key's."""
    for text in collection.indexes:
        parsed = indexes.parse(text)
        if parsed is not None and sql.dialect().identifier(parsed.name).lower() == index.lower():
            fields = {name.lower(): name for name in collection.columns}
            return tuple(fields.get(part.name.lower(), part.name) for part in parsed.columns)
    return ("id",)


def _tick(collection: CollectionDef, record: RecordModel, *, is_new: bool) -> None:
    for field in collection.automatic_fields:
        record.put(field.name, field.now(is_new=is_new, current=record[field.name]))


def _tell_django(signal: signals.ModelSignal, record: RecordModel, **named: Any) -> None:
    if instances.is_heard(signal, type(record)):
        late_commits.stay()
        signal.send(sender=type(record), instance=record, using="default", **named)


def _on_commit(step: partial[Any]) -> None:
    transaction.on_commit(step, robust=True)


def _insert_statement(collection: CollectionDef) -> str:
    columns = ", ".join(quoted(name) for name in collection.columns)
    marks = ", ".join(dialect().mark for _ in collection.columns)
    return f"INSERT INTO {quoted(collection.table)} ({columns}) VALUES ({marks})"  # noqa: S608


@lru_cache(maxsize=4096)
def _update_statement(table: str, columns: tuple[str, ...], condition: str) -> str:
    mark = dialect().mark
    settings = ", ".join(f"{quoted(column)} = {mark}" for column in columns)
    text = f"UPDATE {quoted(table)} SET {settings} WHERE {quoted('id')} = {mark}"  # noqa: S608
    return f"{text} AND {condition}" if condition else text


def _delete_statement(collection: CollectionDef) -> str:
    return f"DELETE FROM {quoted(collection.table)} WHERE {quoted('id')} {among_list()}"  # noqa: S608


def _mark_statement(collection: CollectionDef) -> str:
    table, mark = quoted(collection.table), quoted(MARK_NAME)
    return (
        f"UPDATE {table} SET {mark} = {dialect().mark}"  # noqa: S608
        f" WHERE {quoted('id')} {among_list()}{and_living(collection)}"
    )


def _ids_of(records: Sequence[RecordModel]) -> str:
    return orjson.dumps([record.id for record in records]).decode()
