"""``?expand=``: related records under the key ``expand``, one statement per relation and depth.

A path that cannot be followed (unknown name, locked collection, a rule that the database fails on)
is dropped without a word, with everything that leads to it. Related records are seen by the view
rule of their collection, asked with ``@request.context = "expand"``.
Source: PocketBase core/record_query_expand.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from collections_app.fields.base import FieldType
from collections_app.query.cache import Selection
from collections_app.query.errors import FilterError
from collections_app.query.living import and_living
from collections_app.query.run import CannotRun
from collections_app.query.select import select
from collections_app.records import access, rows
from collections_app.records.rows import quoted
from collections_app.records.shape import NOT_EXPANDED, Shown
from collections_app.records.visible import visible
from collections_app.schema import indexes
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.errors import Forbidden
from core_app.request_info import RequestInfo
from core_app.sql import Row

DEEPEST = 6
MOST_BACK_RELATED = 1000

#: relation names by level; a leaf is an empty mapping
Tree = Mapping[str, "Tree"]

_BACK_RELATION = re.compile(r"([A-Za-z0-9_]+)_via_([A-Za-z0-9_]+)")
_OLD_BACK_RELATION = re.compile(r"([A-Za-z0-9_]+)\(([A-Za-z0-9_]+)\)")


@dataclass(frozen=True, slots=True)
class _Level:
    """Records of one collection at one depth: their rows, and the same records as shown."""

    collection: CollectionDef
    rows: Sequence[Row]
    shown: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class _Related:
    """What a relation leads to: its records, and for each record of the level before, their ids."""

    collection: CollectionDef
    found: Mapping[str, Row]
    ids: Sequence[Sequence[str]]
    is_many: bool


class _CannotFollow(Exception):
    """A path names no relation, or one whose records this caller may not see at all."""


@lru_cache(maxsize=1024)
def paths(text: str) -> Tree:
    """Return the relations that ``a,b.c`` names, in alphabetical order at each level."""
    tree: dict[str, dict[str, object]] = {}
    for path in sorted(item.replace(" ", "").strip(".") for item in text.split(",")):
        level: dict[str, object] = tree  # type: ignore[assignment]
        for name in path.split(".") if path else ():
            level = level.setdefault(name, {})  # type: ignore[assignment]
    return tree  # type: ignore[return-value]


def expand(
    snapshot: Snapshot,
    collection: CollectionDef,
    found: Sequence[Row],
    shown: Sequence[Shown],
    tree: Tree,
    info: RequestInfo,
) -> None:
    """Fill ``expand`` of each ``shown`` record, made from the row in the same place of ``found``.

    The key must hold ``NOT_EXPANDED``; it is removed where no path could be followed.
    """
    _Expansion(snapshot, info.but(context="expand")).fill(_Level(collection, found, shown), tree, 1)


class _Expansion:
    def __init__(self, snapshot: Snapshot, info: RequestInfo) -> None:
        self.snapshot = snapshot
        self.info = info

    def fill(self, level: _Level, tree: Tree, depth: int) -> bool:
        """Expand ``tree``; return whether any of its paths could be followed."""
        if not level.rows or depth > DEEPEST:
            followed = True
        else:
            outcomes = [self._follow(level, name, tree[name], depth) for name in tree]
            followed = any(outcomes)
        for item in level.shown:
            if item["expand"] is NOT_EXPANDED:
                del item["expand"]
        return followed

    def _follow(self, level: _Level, name: str, deeper: Tree, depth: int) -> bool:
        try:
            related = self._related(level, name)
        except _CannotFollow:
            return False
        except CannotRun:
            if snapshots.has_moved():
                raise  # by the newest schema it may run
            return False
        target_rows = list(related.found.values())
        shown = visible(
            self.snapshot,
            related.collection,
            target_rows,
            self.info,
            with_expand=bool(deeper),
        )
        if deeper:
            target = _Level(related.collection, target_rows, shown)
            if not self.fill(target, deeper, depth + 1):
                return False
        by_id = dict(zip(related.found, shown, strict=True))
        for item, ids in zip(level.shown, related.ids, strict=True):
            if item["expand"] is NOT_EXPANDED:
                item["expand"] = {}
            matching = [by_id[one] for one in ids if one in by_id]
            if matching:
                item["expand"][name] = matching if related.is_many else matching[0]
        return True

    def _related(self, level: _Level, name: str) -> _Related:
        pattern = _OLD_BACK_RELATION if "(" in name else _BACK_RELATION
        back = pattern.fullmatch(name)
        if back is not None:
            return self._back_related(level, back[1], back[2])
        field = level.collection.by_name.get(name)
        target = self.snapshot.by_id.get((field and field.relation_target) or "")
        if field is None or target is None:
            raise _CannotFollow(name)
        selection = self._selection(target)
        at = rows.position(level.collection, name)
        ids = [_ids(field, row[at]) for row in level.rows]
        wanted = {one for some in ids for one in some}
        found = rows.fetch_by_ids(target, wanted, selection) if wanted else {}
        return _Related(target, found, ids, field.is_multiple)

    def _back_related(self, level: _Level, source_name: str, field_name: str) -> _Related:
        source = self.snapshot.find(source_name)
        field = source.by_name.get(field_name) if source is not None else None
        if source is None or field is None or field.relation_target != level.collection.id:
            raise _CannotFollow(source_name)
        selection = self._selection(source)
        at = rows.position(level.collection, "id")
        wanted = [row[at] for row in level.rows]
        found = rows.fetch_where(
            source,
            _back_condition(source, field),
            (orjson.dumps(wanted).decode(), MOST_BACK_RELATED),
            selection,
            order=_order_of(source),
        )
        by_target: dict[str, list[str]] = {one: [] for one in wanted}
        at = rows.position(source, field_name)
        for record_id, row in found.items():
            for one in _ids(field, row[at]):
                if one in by_target:
                    by_target[one].append(record_id)
        is_many = indexes.unique_on(source.indexes, field_name) is None
        return _Related(source, found, [by_target[one] for one in wanted], is_many)

    def _selection(self, target: CollectionDef) -> Selection | None:
        """Return what of ``target`` the caller may see. Raise ``_CannotFollow`` if it is locked."""
        try:
            rule = access.rule_for(target, "view", self.info)
            return select(self.snapshot, target, self.info, rule=rule) if rule else None
        except (Forbidden, FilterError) as error:
            raise _CannotFollow(target.name) from error


def _ids(field: FieldType, stored: str) -> Sequence[str]:
    """Return the ids in a relation's stored value."""
    if field.is_multiple:
        value: list[str] = field.from_stored(stored)
        return value
    return (stored,) if stored else ()


def _order_of(source: CollectionDef) -> str:
    if source.is_view:
        return rows.natural_order(source)
    return rows.dialect().row_number(quoted(source.table))


def _back_condition(source: CollectionDef, field: FieldType) -> str:
    """Return the condition for the first thousand records of ``source`` that name each id.

    Its values: the ids as a JSON list, and how many records at most.
    """
    how = rows.dialect()
    table = quoted(source.table)
    record_id = f"{table}.{quoted('id')}"
    origin, owner = table, f"{table}.{quoted(field.name)}"
    if field.is_multiple:
        origin, owner = f"{table}, {how.items_of_column(owner)} AS item", "item.value"
    order = _order_of(source)
    order = f"ORDER BY {order}" if order else ""
    numbered = (
        f"SELECT {record_id} AS id, "  # noqa: S608
        f"ROW_NUMBER() OVER (PARTITION BY {owner} {order}) AS place "
        f"FROM {origin} WHERE {owner} {rows.among_list()}{and_living(source)}"
    )
    first = f"SELECT numbered.id FROM ({numbered}) AS numbered WHERE place <= {how.mark}"  # noqa: S608
    return f"{record_id} IN ({first})"
