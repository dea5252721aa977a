"""Which of several unique indexes that a record breaks is told: the one that SQLite comes to first.

SQLite looks at the newest index first and at the key last, PostgreSQL at the oldest. So where there
are several, PostgreSQL's own definitions of them are asked once more, after the refusal. Inside a
transaction that takes a savepoint to go back to, or an INSERT that fails without an error.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import orjson
from django.db import DatabaseError, IntegrityError, connection, transaction

from collections_app.records import instances
from collections_app.records.rows import quoted
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import sql
from core_app.sql import Row

_INDEXES = """
    SELECT relname, COALESCE(pg_get_expr(indpred, indrelid), 'TRUE'),
        array_to_json(ARRAY(
            SELECT pg_get_indexdef(indexrelid, place, TRUE)
            FROM generate_series(1, indnkeyatts) AS place))::text
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = %s::regclass AND indisunique
"""


class Taken(IntegrityError):
    """Another record has the values of the unique index ``name``."""

    def __init__(self, name: str) -> None:
        super().__init__(f"values of the unique index {name} are taken")
        self.name = name


def insert(collection: CollectionDef, record: RecordModel, statement: str, row: Row) -> None:
    """Run an INSERT whose refusal has to leave the transaction usable. Raise ``Taken``."""
    if sql.execute(f"{statement} ON CONFLICT DO NOTHING", row):
        return
    name = first_taken(collection, record)
    if name is not None:
        raise Taken(name)
    sql.execute(statement, row)  # the other record is gone, or the error says which it is


def may_break_several(collection: CollectionDef, *, is_new: bool) -> bool:
    """Return whether it is to be asked which unique index a record breaks; keys do not change."""
    if not sql.dialect().error_ends_transaction:
        return False
    count: int = collection.cached("unique indexes", lambda: _count_of_unique(collection))
    return count + is_new > 1


def first_taken(collection: CollectionDef, record: RecordModel) -> str | None:
    """Return the name of the first index whose values of ``record`` another record has.

    ``None`` if that cannot be said: the refusal has ended the transaction, or the other record is
    gone.
    """
    if connection.in_atomic_block and connection.needs_rollback:
        return None
    table = quoted(collection.table)
    columns = map(sql.dialect().identifier, collection.columns)
    row = dict(zip(columns, instances.stored_row(record), strict=True))
    values = orjson.dumps(row).decode()
    names = _newest_first(collection)
    own_id = "" if record._state.adding else record.id
    # a question that fails must not end a transaction
    alone: Any = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        with alone, connection.wrap_database_errors:
            found = sql.fetch_all(_INDEXES, (table,))
            for name, condition, parts in sorted(found, key=lambda item: names.get(item[0], 0)):
                statement = _others(table, condition, orjson.loads(parts))
                if sql.fetch_all(statement, (values, own_id)):
                    return str(name)
    except DatabaseError:
        # the refusal stands, whichever index it names
        return None
    return None


def _count_of_unique(collection: CollectionDef) -> int:
    parsed = [indexes.parse(text) for text in collection.indexes]
    return sum(1 for item in parsed if item is not None and item.unique)


def _newest_first(collection: CollectionDef) -> dict[str, int]:
    """Return the order of the declared indexes, negative; what is not in it, the key, is 0."""
    parsed = [indexes.parse(text) for text in collection.indexes]
    how = sql.dialect()
    return {how.identifier(item.name): -at for at, item in enumerate(parsed, 1) if item is not None}


def _others(table: str, condition: str, parts: list[str]) -> str:
    """Return the query for another record that has the same values in an index."""
    mine = ", ".join(f"{part} AS v{at}" for at, part in enumerate(parts))
    same = " AND ".join(f"mine.v{at} = other.v{at}" for at in range(len(parts)))
    given = f"jsonb_populate_record(NULL::{table}, %s::jsonb)"
    return (
        f"SELECT 1 FROM (SELECT {mine} FROM {given} AS given WHERE {condition}) AS mine"  # noqa: S608
        f" JOIN (SELECT {mine} FROM {table} WHERE {condition} AND id <> %s) AS other ON {same}"
        " LIMIT 1"
    )
