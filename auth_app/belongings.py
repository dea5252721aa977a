"""The rows that belong to an auth record: its second factors, codes, links and places.

They live in system collections and name their owner by ``collectionRef`` and ``recordRef``.
"""

from __future__ import annotations

from typing import Any

from auth_app.names import BELONGINGS
from auth_app.tokens.sign import Holder
from collections_app import records
from collections_app.schema import lookup
from collections_app.schema.record_model import RecordModel


def of(kind: str, owner: Holder, **values: Any) -> list[RecordModel]:
    """Return the rows of one kind that belong to ``owner``, the oldest first."""
    model = lookup.get_model(kind)
    return list(
        model.objects.filter(
            collectionRef=owner.collection.id, recordRef=owner.id, **values
        ).order_by("created", "id")
    )


def exist(kind: str, owner: Holder) -> bool:
    """Whether any row of this kind belongs to ``owner``."""
    model = lookup.get_model(kind)
    return model.objects.filter(collectionRef=owner.collection.id, recordRef=owner.id).exists()


def add(kind: str, owner: Holder, **values: Any) -> RecordModel:
    """Create a row of this kind for ``owner``."""
    return records.create(kind, collectionRef=owner.collection.id, recordRef=owner.id, **values)


def drop(kind: str, owner: Holder) -> None:
    """Delete the rows of this kind that belong to ``owner``, each with its hooks."""
    for row in of(kind, owner):
        row.delete()


def drop_all(owner: Holder) -> None:
    """Delete everything that belongs to ``owner``."""
    for kind in BELONGINGS:
        drop(kind, owner)


def drop_of_collection(collection_id: str) -> None:
    """Delete everything that belongs to any record of a collection that goes, without hooks."""
    for kind in BELONGINGS:
        lookup.get_model(kind).objects.filter(collectionRef=collection_id).delete()
