"""Yes or no: does a record pass a rule? Asked of the database, as rules may look anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import connection

from collections_app.query import dialects, run
from collections_app.query.paths import own
from collections_app.query.plan import Holds
from collections_app.query.select import NEW_ROW, select
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import RequestInfo


def passes_stored(
    snapshot: Snapshot,
    collection: CollectionDef,
    info: RequestInfo | None,
    record_id: str,
    *,
    rule: str = "",
    filter: str = "",
) -> bool:
    """Return whether the stored record is there and passes ``rule`` and the client's ``filter``."""
    joins, where, _, _ = select(snapshot, collection, info, rule=rule, filter=filter)
    dialect = dialects.of(connection.vendor)
    table = dialect.quote_name(collection.table)
    conditions = f" AND {where.text}" if where.text else ""
    text = (
        f"SELECT 1 FROM {table} {joins.text}"  # noqa: S608
        f" WHERE {table}.{dialect.quote_name('id')} = {dialect.mark}{conditions} LIMIT 1"
    )
    return run.fetch_one(text, (*joins.params, record_id, *where.params)) is not None


def passing_ids(
    snapshot: Snapshot,
    collection: CollectionDef,
    info: RequestInfo | None,
    ids: Iterable[str],
    *,
    rule: str,
) -> set[str]:
    """Return which of the stored records pass ``rule``, in one statement."""
    joins, where, _, _ = select(snapshot, collection, info, rule=rule)
    dialect = dialects.of(connection.vendor)
    table = dialect.quote_name(collection.table)
    id_ = f"{table}.{dialect.quote_name('id')}"
    conditions = f" AND {where.text}" if where.text else ""
    text = (
        f"SELECT {id_} FROM {table} {joins.text}"  # noqa: S608
        f" WHERE {id_} IN (SELECT value FROM {dialect.items_of_list(dialect.mark)}){conditions}"
    )
    wanted = orjson.dumps(list(ids)).decode()
    return {row[0] for row in run.fetch_all(text, (*joins.params, wanted, *where.params))}


def passes_values(
    snapshot: Snapshot,
    collection: CollectionDef,
    info: RequestInfo | None,
    stored_values: Mapping[str, Any],
    *,
    rule: str = "",
    filter: str = "",
    was_stored: bool = False,
) -> bool:
    """Return whether a record that is not in the table passes.

    ``stored_values`` holds what the driver would take, by column. They are compared as they are:
    a column's typing does not apply to them, and the numbers of one that is new are real ones.
    Rules about what refers to the record raise ``FilterError`` unless it ``was_stored``.
    """
    joins, where, _, _ = select(
        snapshot,
        collection,
        info,
        rule=rule,
        filter=filter,
        new_row=NEW_ROW,
        was_stored=was_stored,
    )
    if not where.text:
        return True
    dialect = dialects.of(connection.vendor)
    table = dialect.quote_name(NEW_ROW)
    text = (
        f"{values_row(dialect, table, collection, stored_values)}"  # noqa: S608
        f" SELECT 1 FROM {table} {joins.text} WHERE {where.text} LIMIT 1"
    )
    values = stored_values if was_stored else _with_reals(collection, stored_values)
    params = (*values.values(), *joins.params, *where.params)
    return run.fetch_one(text, params) is not None


def _with_reals(collection: CollectionDef, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` as PocketBase passes them: a table makes a whole number of 5.0 again."""
    numbers = {field.name for field in collection.fields if own.holds(field) is Holds.NUMBER}
    return {
        name: float(value) if name in numbers and type(value) is int else value
        for name, value in values.items()
    }


def values_row(
    dialect: dialects.Dialect, table: str, collection: CollectionDef, names: Iterable[str]
) -> str:
    """Return ``WITH table AS (…)``: one row of parameters under the names of fields."""
    fields = collection.by_name
    return dialect.values_row(
        table,
        {
            dialect.quote_name(name): own.holds(fields[name]) if name in fields else Holds.TEXT
            for name in names
        },
    )
