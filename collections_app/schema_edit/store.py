"""Writing a collection that needs no more checks: its row and its table or view.

Runs inside a transaction of the caller and checks nothing; ``service`` and ``bulk_import`` do.
"""

from __future__ import annotations

from collections_app.schema import rows
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import tables, views
from collections_app.schema_edit.draft import kind_of


def save(draft: CollectionDef, original: CollectionDef | None, held: Snapshot) -> Snapshot:
    """Write ``draft`` over ``original`` (``None``: create it) and return all collections then.

    Raise ``FieldErrors`` for indexes that fail, ``views.InvalidQuery``, ``DatabaseError``.
    """
    if original is None:
        rows.insert(draft)
    else:
        rows.update(draft)
    if not kind_of(draft.type_name).stores_records:
        views.save(draft, original, held)
    elif original is None:
        tables.create(draft)
    else:
        tables.change(original, draft)
    kind_of(draft.type_name).options_changed_in_transaction(draft, original)
    return held.having(draft)


def remove(collection: CollectionDef, held: Snapshot) -> Snapshot:
    """Remove ``collection`` with its records and return all collections then."""
    rows.delete(collection.id)
    kind = kind_of(collection.type_name)
    if kind.stores_records:
        tables.drop(collection)
    else:
        views.drop(collection)
    kind.deleted_in_transaction(collection)
    return held.without(collection)
