"""Finding collections and models by name, in the snapshot the present work goes by."""

from __future__ import annotations

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel


class UnknownCollection(LookupError):
    """No collection has this name or id."""


def find(name_or_id: str) -> CollectionDef | None:
    """Return the collection, or ``None``. Names match in any case, ids exactly."""
    return snapshot.current().find(name_or_id)


def get(name_or_id: str) -> CollectionDef:
    """Return the collection. Raise ``UnknownCollection``."""
    found = find(name_or_id)
    if found is None:
        raise UnknownCollection(name_or_id)
    return found


def get_model(name_or_id: str) -> type[RecordModel]:
    """Return the runtime Django model: ``get_model("orders").objects.filter(total__gt=5)``."""
    held = snapshot.current()
    found = held.find(name_or_id)
    if found is None:
        raise UnknownCollection(name_or_id)
    return held.model(found)
