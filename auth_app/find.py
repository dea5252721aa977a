"""Finding the auth record that somebody names."""

from __future__ import annotations

from collections_app.records import instances, rows
from collections_app.schema import indexes, snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel


class NotUnique(Exception):
    """The field has no unique index, so its value names nobody in particular."""


def by_id(collection: CollectionDef, record_id: str) -> RecordModel | None:
    """Return the record with this id, or ``None``."""
    held = snapshot.current()
    row = rows.fetch_by_id(collection, record_id)
    return None if row is None else instances.of_row(held, collection, row)


def by_email(collection: CollectionDef, email: str) -> RecordModel | None:
    """Return the record with this address, or ``None``."""
    return by_unique(collection, "email", email)


def by_unique(collection: CollectionDef, field: str, value: str) -> RecordModel | None:
    """Return the record with ``value`` in ``field``, or ``None``. Raise ``NotUnique``.

    Upper and lower case are the same where the field's unique index says so.
    """
    index = indexes.unique_on(collection.indexes, field)
    if index is None:
        raise NotUnique(f"{collection.name}.{field}")
    held = snapshot.current()
    any_case = index.columns[0].collate.lower() == "nocase"
    found = list(rows.fetch_equal(collection, field, value, any_case=any_case).values())
    return instances.of_row(held, collection, found[0]) if found else None
