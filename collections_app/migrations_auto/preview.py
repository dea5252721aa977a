"""What migrations would do to tables and rows, told before they run.

Each is tried in a transaction that is then undone, so every operation is judged on what the ones
before it left, and one that would be refused says so. Hooks run as they would; nothing stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from collections_app.fields.base import FieldType
from collections_app.migrations_auto import operations, portable, words
from collections_app.migrations_auto.operations import CannotApply, CollectionOperation
from collections_app.migrations_auto.writer import APP_LABEL
from collections_app.records.rows import dialect
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit import draft
from core_app import sql, versions
from core_app.transactions import write


@dataclass(slots=True)
class Step:
    """One operation: what it says, what it does to tables, and why it would fail, if so."""

    sentence: str
    effects: list[str] = field(default_factory=list)
    refusal: str = ""


@dataclass(slots=True)
class Preview:
    """One migration that would be applied, or undone."""

    name: str
    is_undone: bool
    steps: list[Step] = field(default_factory=list)


class _Undo(Exception):
    """Ends the trial."""


def previews(target: str = "") -> list[Preview]:
    """Return what ``migrate schema [target]`` would do, in order; stops at what would fail.

    ``target`` is a migration's name or its beginning, or ``zero``. Raise ``KeyError`` for none
    of that name, ``AmbiguityError`` for several.
    """
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes(APP_LABEL)
    targets: list[tuple[str, str | None]] = list(leaves)
    if target == "zero":
        targets = [(APP_LABEL, None)]
    elif target:
        found = executor.loader.get_migration_by_prefix(APP_LABEL, target)
        targets = [(APP_LABEL, found.name)]
    plan = executor.migration_plan(targets) if targets else []
    ours = [(item, back) for item, back in plan if item.app_label == APP_LABEL]
    out: list[Preview] = []
    try:
        with write(), transaction.atomic():
            for migration, is_undone in ours:
                out.append(_tried(migration, is_undone))
                if any(step.refusal for step in out[-1].steps):
                    break
            raise _Undo
    except _Undo:
        return out


def _tried(migration: Migration, is_undone: bool) -> Preview:
    out = Preview(migration.name, is_undone)
    for item in reversed(migration.operations) if is_undone else migration.operations:
        if not isinstance(item, CollectionOperation):
            out.steps.append(Step(f"{item.describe()} (not tried)"))
            continue
        before, after = (item.after, item.before) if is_undone else (item.before, item.after)
        step = Step(words.describe(item.name, before, after))
        out.steps.append(step)
        stored = snapshot.newest(versions.read().schema).by_id.get(item.id)
        step.effects = list(_effects(stored, item.name, before, after))
        try:
            with transaction.atomic():
                operations.go(item.id, item.name, before, after)
        except CannotApply as error:
            step.refusal = str(error)
            break
    return out


def _effects(
    stored: CollectionDef | None,
    name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Iterator[str]:
    """Yield what becomes of tables, columns and rows."""
    if stored is None:
        if after is not None:
            kind = "view" if after["type"] == "view" else "table"
            yield f'makes {kind} "{after["name"]}"'
        else:
            yield "does nothing: it is not there"
    elif stored.is_view:
        yield f'makes view "{name}" anew' if after is not None else f'drops view "{name}"'
    elif after is None:
        yield f'drops table "{stored.table}" with {_rows(stored)}'
    else:
        if before is None:
            before, after = portable.changes(portable.portable(stored), dict(after))
            yield "is there already, and becomes the same"
        wanted = draft.changed(stored, portable.changed(stored, before, after))
        effects = list(table_effects(stored, wanted))
        yield from effects or ["touches no table"]


def table_effects(old: CollectionDef, new: CollectionDef) -> Iterator[str]:
    """Yield what becomes of the table of ``old``, as it is stored, and its rows."""
    rows = _rows(old)
    if old.name != new.name:
        yield f'renames table "{old.name}" to "{new.name}", {rows}'
    for item in old.fields:
        if item.id not in new.by_id:
            yield f'drops column "{item.name}": {_count(old, item)} of {rows} lose a value'
    for item in new.fields:
        was = old.by_id.get(item.id)
        if was is None:
            yield f'adds column "{item.name}", empty in {rows}'
            continue
        if was.name != item.name:
            yield f'renames column "{was.name}" to "{item.name}", {rows}'
        if was.is_multiple and not item.is_multiple:
            losing = _select(old, dialect().has_several(_quoted(was.name)))
            yield f'rewrites column "{item.name}": {losing} of {rows} keep their last value alone'
        elif item.is_multiple and not was.is_multiple:
            yield f'rewrites column "{item.name}" as lists, {rows}'
    gone = set(old.indexes) - set(new.indexes)
    come = set(new.indexes) - set(old.indexes)
    if (gone or come) and old.name == new.name:
        yield f"drops {len(gone)} and makes {len(come)} indexes, {rows}"


def _rows(collection: CollectionDef) -> str:
    number = _select(collection)
    return "1 row" if number == 1 else f"{number} rows"


def _count(collection: CollectionDef, item: FieldType) -> int:
    """Return how many rows have a value in a column."""
    empty = item.to_stored(item.zero())
    column = _quoted(item.name)
    if empty is None:
        return _select(collection, f"{column} IS NOT NULL")
    return _select(collection, f"{column} <> {dialect().mark}", empty)


def _select(collection: CollectionDef, where: str = "", *params: Any) -> int:
    condition = f" WHERE {where}" if where else ""
    text = f"SELECT COUNT(*) FROM {_quoted(collection.table)}{condition}"  # noqa: S608
    return int(sql.fetch_all(text, params)[0][0])


def _quoted(name: str) -> str:
    return dialect().quote_name(name)
