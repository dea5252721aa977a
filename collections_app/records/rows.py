"""Stored rows of one collection: the statements that read them. One call is one statement.

A row is a tuple in the order of ``CollectionDef.columns``, values as the driver gives them. What a
``Selection`` says (joins, conditions, order) was compiled by ``query``; nothing here knows rules.
Without one every record is meant, but none that is in the trash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from django.db import connection

from collections_app.query import dialects, run
from collections_app.query.compile import Selection
from collections_app.query.living import and_living, living
from collections_app.query.paths.own import holds
from collections_app.query.sql import EMPTY
from collections_app.records import steady
from collections_app.records.shape import Shown
from collections_app.records.shape import shaper as shaper_of_many
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import sql
from core_app.sql import Row

if TYPE_CHECKING:
    from collections_app.query.dialects.base import Dialect

LARGEST = 2**63 - 1
#: rows before a page from which on it pays to skip them first
FAR = 300
#: no conditions and no order
EVERYTHING = Selection(EMPTY, EMPTY, EMPTY, distinct=False)


class RowState(NamedTuple):
    """What a row was when it was read: a condition, and its parameters."""

    condition: str
    params: Row


@cache
def dialect() -> Dialect:
    """Return how the default database writes what databases write differently."""
    return dialects.of(connection.vendor)


def quoted(name: str) -> str:
    """Return ``name`` as a statement writes it."""
    return dialect().quote_name(name)


def fetch(
    collection: CollectionDef,
    selection: Selection | None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Row]:
    """Return the selected rows. Without a sort they come in the table's natural order."""
    text: str = selected(collection)
    params: tuple[Any, ...] = ()
    is_plain = selection is None and not collection.is_view
    if selection is None:
        selection = living(collection)
    if offset >= FAR and limit is not None and selection is not None:
        far = _far_page(collection, selection)
        if far is not None:
            return _read(far, (*selection.order.params, limit, min(offset, LARGEST)), is_plain)
    text, params = _with_selection(collection, text, selection or EVERYTHING)
    if limit is not None or offset:
        text += collection.cached("limit", _limit)
        params = (*params, LARGEST if limit is None else limit, min(offset, LARGEST))
    return _read(text, params, is_plain)


def count(collection: CollectionDef, selection: Selection | None) -> int:
    """Return how many records are selected."""
    is_plain = selection is None and not collection.is_view
    table = quoted(collection.table)
    text = f"SELECT COUNT(*) FROM {table}"  # noqa: S608
    params: tuple[Any, ...] = ()
    if selection is None:
        selection = living(collection)
    if selection is not None:
        joins, where = selection.joins, selection.where
        if joins.text:
            text = f"SELECT COUNT(DISTINCT {_id_of(collection)}) FROM {table} {joins.text}"  # noqa: S608
        if where.text:
            text = f"{text} WHERE {where.text}"
        params = (*joins.params, *where.params)
    [[found]] = _read(text, params, is_plain)
    return int(found)


def fetch_by_id(
    collection: CollectionDef,
    record_id: str,
    selection: Selection | None = None,
    *,
    to_change: bool = False,
) -> Row | None:
    """Return the row with this id if it is among the selected ones, else ``None``.

    ``to_change``: in a transaction, nobody else changes it until the end.
    """
    return _fetch_by_id(collection, selected(collection), record_id, selection, to_change=to_change)


def fetch_to_change(
    collection: CollectionDef, record_id: str, selection: Selection | None = None
) -> tuple[Row | None, RowState | None]:
    """Return the row as ``fetch_by_id`` does, and its state if somebody may change it meanwhile.

    ``None`` for a state: nobody else changes it until the transaction ends.
    """
    if connection.in_atomic_block:
        return fetch_by_id(collection, record_id, selection, to_change=True), None
    if not sql.dialect().row_version:
        row = fetch_by_id(collection, record_id, selection)
        if row is None:
            return None, None
        return row, RowState(collection.cached("as it was", lambda: _as_it_was(collection)), row)
    start = collection.cached("select with version", lambda: _select(collection, with_version=True))
    found = _fetch_by_id(collection, start, record_id, selection)
    if found is None:
        return None, None
    return found[:-1], RowState(f"{sql.dialect().row_version} = {dialect().mark}", found[-1:])


def _as_it_was(collection: CollectionDef) -> str:
    """Return the condition that a row has these values."""
    return " AND ".join(f"{quoted(name)} IS {dialect().mark}" for name in collection.columns)


def _fetch_by_id(
    collection: CollectionDef,
    start: str,
    record_id: str,
    selection: Selection | None,
    *,
    to_change: bool = False,
) -> Row | None:
    keep = _kept(collection) if to_change and connection.in_atomic_block else ""
    by_id = collection.cached("by id", lambda: _by_id(collection))
    is_plain = selection is None and not collection.is_view
    if selection is None:
        selection = living(collection)
    if selection is None or not selection.where.text:
        return _first(_read(f"{start} {by_id}{keep}", (record_id,), is_plain))
    joins, where = selection.joins, selection.where
    text = f"{start} {joins.text} {by_id} AND ({where.text}) LIMIT 1{keep}"
    return _first(_read(text, (*joins.params, record_id, *where.params), is_plain))


def fetch_by_ids(
    collection: CollectionDef,
    ids: Iterable[str],
    selection: Selection | None = None,
    *,
    to_change: bool = False,
) -> dict[str, Row]:
    """Return the rows with these ids that are among the selected ones, by id.

    ``to_change``: nobody else changes them until the transaction ends.
    """
    among = collection.cached("by ids", lambda: f"{_id_of(collection)} {among_list()}")
    wanted = orjson.dumps(list(ids)).decode()
    return fetch_where(collection, among, (wanted,), selection, to_change=to_change)


def fetch_where(
    collection: CollectionDef,
    condition: str,
    params: Sequence[Any],
    selection: Selection | None = None,
    order: str = "",
    *,
    to_change: bool = False,
) -> dict[str, Row]:
    """Return by id the rows that meet ``condition`` and are among the selected ones."""
    parts = [selected(collection)]
    all_params: tuple[Any, ...] = tuple(params)
    is_plain = selection is None and not collection.is_view
    if selection is None:
        selection = living(collection)
    if selection is not None:
        parts.append(selection.joins.text)
        all_params = (*selection.joins.params, *all_params, *selection.where.params)
    parts.append(f"WHERE {condition}")
    if selection is not None and selection.where.text:
        parts.append(f"AND ({selection.where.text})")
    if order:
        parts.append(f"ORDER BY {order}")
    if to_change:
        parts.append(_kept(collection))
    at = position(collection, "id")
    return {row[at]: row for row in _read(" ".join(parts), all_params, is_plain)}


def fetch_equal(
    collection: CollectionDef, column: str, text: str, *, any_case: bool = False
) -> dict[str, Row]:
    """Return by id the rows whose ``column`` is ``text``, compared as the database compares them.

    A number is equal to each text that says it; what is stored as JSON is so to that JSON.
    ``any_case``: upper and lower case of ASCII letters are the same.
    """
    kind = holds(collection.by_name[column])
    name = f"{quoted(collection.table)}.{quoted(column)}"
    where = dialect().equal_to_text(name, kind, any_case=any_case)
    return fetch_where(collection, where, (text,))


def stored_by(collection: CollectionDef, column: str, value: Any) -> dict[str, Any] | None:
    """Return the stored values, by field name, of the first record with ``value`` in ``column``."""
    where = f"{quoted(collection.table)}.{quoted(column)} = {dialect().mark}"
    text = f"{selected(collection)} WHERE {where}{and_living(collection)} LIMIT 1"
    row = sql.fetch_one(text, (value,))
    return None if row is None else dict(zip(collection.columns, row, strict=True))


def shaper(
    snapshot: Snapshot, collection: CollectionDef, superuser: bool
) -> Callable[[Row], Shown]:
    """Return the function that makes one row JSON-ready; ``shape.shaper`` is for many at once."""
    many = shaper_of_many(collection, superuser=superuser)
    made: Callable[[Row], Shown] = snapshot.cached(
        ("shape one", collection.id, superuser), lambda: lambda row: many((row,))[0]
    )
    return made


def selected(collection: CollectionDef) -> str:
    """Return ``SELECT columns FROM table``."""
    text: str = collection.cached("select", lambda: _select(collection))
    return text


def position(collection: CollectionDef, column: str) -> int:
    """Return where in a row the value of ``column`` stands."""
    positions: dict[str, int] = collection.cached(
        "positions", lambda: {name: at for at, name in enumerate(collection.columns)}
    )
    return positions[column]


def natural_order(collection: CollectionDef) -> str:
    """Return the items of ORDER BY for the order in which rows came, ``""`` if none are needed."""
    table = quoted(collection.table)
    if not collection.is_view:
        return dialect().natural_order(table)
    names = dialect().row_columns(collection)
    return ", ".join(f"{table}.{quoted(name)}" for name in (*names, "id")) if names else ""


def among_list() -> str:
    """Return ``IN (…)`` for a value that is a JSON list of ids: one statement for any number."""
    how = dialect()
    return f"IN (SELECT value FROM {how.items_of_list(how.mark)})"  # noqa: S608


def _read(text: str, params: tuple[Any, ...], is_plain: bool) -> list[Row]:
    """Return the rows of a statement, which is plain if no filter, rule or view is part of it."""
    fetch = steady.fetch_all
    return fetch(text, params) if is_plain else run.fetch_all(text, params, fetch)


def _far_page(collection: CollectionDef, selection: Selection) -> str | None:
    """Return how to read a page far behind; ``None`` where conditions read the rows before it."""
    if collection.is_view or selection.joins.text or selection.where.text:
        return None
    if not selection.order.text:
        return None
    start = selected(collection)
    return dialect().far_page(start, quoted(collection.table), selection.order.text)


def _first(found: list[Row]) -> Row | None:
    return found[0] if found else None


def _kept(collection: CollectionDef) -> str:
    """Return what keeps the rows that a SELECT finds as they are until the transaction ends."""
    how = sql.dialect().for_update
    return f"{how} OF {quoted(collection.table)}" if how else ""


def _limit() -> str:
    return f" LIMIT {dialect().mark} OFFSET {dialect().mark}"


def _id_of(collection: CollectionDef) -> str:
    return f"{quoted(collection.table)}.{quoted('id')}"


def _by_id(collection: CollectionDef) -> str:
    return f"WHERE {_id_of(collection)} = {dialect().mark}"


def _select(collection: CollectionDef, *, with_version: bool = False) -> str:
    table = quoted(collection.table)
    columns = ", ".join(f"{table}.{quoted(column)}" for column in collection.columns)
    if with_version:
        columns += f", {table}.{sql.dialect().row_version}::text"
    return f"SELECT {columns} FROM {table}"  # noqa: S608 names come from the schema


def _with_selection(
    collection: CollectionDef, start: str, selection: Selection
) -> tuple[str, tuple[Any, ...]]:
    joins, where, order = selection.joins, selection.where, selection.order
    text = f"{start} {joins.text}" if joins.text else start
    if where.text:
        text = f"{text} WHERE {where.text}"
    if selection.distinct:
        # a table's other columns go with its key
        names: tuple[str, ...] = ("id",)
        if collection.is_view:
            names = (*collection.columns, *dialect().row_columns(collection))
        table = quoted(collection.table)
        text = dialect().distinct_rows(text, [f"{table}.{quoted(name)}" for name in names])
    natural = natural_order(collection)
    by = ", ".join(item for item in (order.text, natural) if item)
    if by:
        text = f"{text} ORDER BY {by}"
    return text, (*joins.params, *where.params, *order.params)
