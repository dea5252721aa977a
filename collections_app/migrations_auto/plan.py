"""All collections before and after -> the operations that lead from one to the other.

One change is one operation. Where several collections need each other (an import, a snapshot), what
cannot stand yet is held back: first tables without rules, then relations, views, and rules at last.
Each operation then works alone, in both directions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from collections_app.collection_types import registry
from collections_app.fields.base import FieldType
from collections_app.migrations_auto.operations import (
    CollectionOperation,
    DeleteCollection,
    SaveCollection,
)
from collections_app.migrations_auto.portable import changes, portable
from collections_app.schema import soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import validate
from collections_app.schema_edit.draft import RULES


def operations(before: Snapshot, after: Snapshot) -> list[CollectionOperation]:
    """Return the operations from ``before`` to ``after``; none if nothing differs."""
    return _Plan(before, after).made()


class _Plan:
    """Grows by one operation at a time; ``held`` is what the collections are after the last one."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self.held = before
        self.after = after
        self.out: list[CollectionOperation] = []

    def made(self) -> list[CollectionOperation]:
        self._delete([item for item in self.held.collections if item.id not in self.after.by_id])
        fresh = [item for item in self.after.collections if item.id not in self.held.by_id]
        tables = [item for item in fresh if not item.is_view]
        for item in tables:
            self._save(item if _stands(item, self.held) else self._bare(item))
        for item in tables:
            self._save_fields(item)
        views = [item for item in self.after.collections if item.is_view]
        for item in self.after.collections:
            if not item.is_view and _stands(item, self.held):
                self._save(item)
        for item in _in_order(views):
            self._save(item if _stands(item, self.held) else self._bare(item))
        for item in self.after.collections:
            self._save(item)
        return self.out

    def _save(self, wanted: CollectionDef) -> None:
        """Create ``wanted``, or change what is there if it differs."""
        stored = self.held.by_id.get(wanted.id)
        if stored is None:
            after = portable(wanted)
            self.out.append(
                SaveCollection(id=wanted.id, name=wanted.name, before=None, after=after)
            )
        else:
            old, new = changes(portable(stored), portable(wanted))
            if old or new:
                self.out.append(
                    SaveCollection(id=wanted.id, name=stored.name, before=old, after=new)
                )
        self.held = self.held.having(wanted)

    def _save_fields(self, wanted: CollectionDef) -> None:
        """Add the relations that were held back."""
        stored = self.held.by_id[wanted.id]
        if stored.columns != wanted.columns:
            self._save(replace(stored, fields=wanted.fields))

    def _delete(self, doomed: Sequence[CollectionDef]) -> None:
        """Delete collections, views first. What needs them lets go of them before that."""
        going = {item.id for item in doomed}
        rest = Snapshot(0, (item for item in self.held.collections if item.id not in going))
        needy = [
            item
            for item in (self.held.collections if going else ())
            if item.id in going or self.after.by_id[item.id] != item
            if not _stands(item, rest)
        ]
        for item in needy:  # rules first: on the way back they come last
            self._save(_loose(item, ()))
        for item in needy:
            self._save(_loose(item, going - {item.id}))
        views = _in_order([item for item in doomed if item.is_view])
        for item in (*reversed(views), *(item for item in doomed if not item.is_view)):
            stored = self.held.by_id[item.id]
            self.out.append(
                DeleteCollection(id=stored.id, name=stored.name, before=portable(stored))
            )
            self.held = self.held.without(stored)

    def _bare(self, item: CollectionDef) -> CollectionDef:
        missing = {
            field.relation_target
            for field in _own_fields(item)
            if field.relation_target not in (None, item.id, *self.held.by_id)
        }
        return _loose(item, missing)


def _stands(item: CollectionDef, others: Snapshot) -> bool:
    """Return whether ``item`` could be stored among ``others``: whatever it names is there."""
    held = others.having(item)
    if any(field.relation_target not in (None, *held.by_id) for field in _own_fields(item)):
        return False
    rules = [getattr(item, name) for name in RULES.values()]
    if item.soft_delete:
        rules.append(item.soft_delete.trash_rule)
    if any(list(validate.rule_errors(item, rule, held)) for rule in rules if rule):
        return False
    return not registry.of(item.type_name).check(item, None, held)


def _loose(item: CollectionDef, without: Iterable[str | None]) -> CollectionDef:
    """Return ``item`` without relations to ``without``, rules, and whatever may need those."""
    fields = tuple(
        field for field in item.fields if field.relation_target not in {*without} - {None}
    )
    if item.system:
        return replace(item, fields=fields)
    options = item.options
    if not item.is_view:
        options = dict(registry.of(item.type_name).default_options())
        if item.soft_delete:
            options |= soft_delete.as_options(replace(item.soft_delete, trash_rule=None))
    return replace(
        item,
        fields=fields,
        indexes=(),
        options=options,
        list_rule=None,
        view_rule=None,
        create_rule=None,
        update_rule=None,
        delete_rule=None,
    )


def _own_fields(item: CollectionDef) -> Sequence[FieldType]:
    return () if item.is_view else item.fields


def _in_order(views: Sequence[CollectionDef]) -> list[CollectionDef]:
    """Return views so that each comes after those its query names."""
    waiting = list(views)
    out: list[CollectionDef] = []
    while waiting:
        free = [item for item in waiting if not _names_any(item, waiting)] or waiting[:1]
        out += free
        waiting = [item for item in waiting if item not in free]
    return out


def _names_any(view: CollectionDef, others: Sequence[CollectionDef]) -> bool:
    words = set(re.findall(r"\w+", str(view.options.get("viewQuery", "")).lower()))
    return any(item.id != view.id and item.name.lower() in words for item in others)
