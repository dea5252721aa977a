"""Which of several unique indexes that a record breaks is told: the one that SQLite comes to first.

SQLite looks at the newest index first and at the key last, PostgreSQL at the oldest. So where there
are several, PostgreSQL's own definitions of them are asked once more, after the refusal.
"""

from __future__ import annotations

import orjson
from django.db import DatabaseError, connection

from collections_app.records import instances
from collections_app.records.rows import quoted
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import sql

_INDEXES = """
    SELECT relname, COALESCE(pg_get_expr(indpred, indrelid), 'TRUE'),
        array_to_json(ARRAY(
            SELECT pg_get_indexdef(indexrelid, place, TRUE)
            FROM generate_series(1, indnkeyatts) AS place))::text
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = %s::regclass AND indisunique
"""


def first_taken(collection: CollectionDef, record: RecordModel) -> str | None:
    """Return the name of the first index whose values of ``record`` another record has.

    ``None`` if that cannot be said: inside of a transaction, which the refusal has ended, or if
    the other record is gone.
    """
    if connection.in_atomic_block:
        return None
    table = quoted(collection.table)
    row = dict(zip(collection.columns, instances.stored_row(record), strict=True))
    values = orjson.dumps(row).decode()
    names = _newest_first(collection)
    own_id = "" if record._state.adding else record.id
    try:
        with connection.wrap_database_errors:
            found = sql.fetch_all(_INDEXES, (table,))
            for name, condition, parts in sorted(found, key=lambda item: names.get(item[0], 0)):
                statement = _others(table, condition, orjson.loads(parts))
                if sql.fetch_all(statement, (values, own_id)):
                    return str(name)
    except DatabaseError:
        # the refusal stands, whichever index it names
        return None
    return None


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
