"""What a record is called where its id alone would tell nobody anything."""

from __future__ import annotations

from collections.abc import Iterable

from collections_app.fields.base import FieldType
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel

#: fields that name a record if its designer marked none as presentable, best first
USUAL_NAMES = ("title", "name", "label", "email", "username", "slug", "subject")
MAX_LENGTH = 80
_NAMING_TYPES = ("text", "email", "number", "select", "date", "url")


def label_of(record: RecordModel) -> str:
    """Return the presentable values of ``record``, its id if there are none."""
    values = (str(record[field.name]).strip() for field in naming_fields(record.collection))
    text = " · ".join(value for value in values if value)
    if len(text) > MAX_LENGTH:
        text = f"{text[:MAX_LENGTH]}…"
    return text or str(record.id)


def naming_fields(collection: CollectionDef) -> tuple[FieldType, ...]:
    """Return the fields whose values name a record of ``collection``."""
    presentable = tuple(
        field
        for field in collection.fields
        if field.options.presentable and field.type_name in _NAMING_TYPES
    )
    if presentable:
        return presentable
    for name in USUAL_NAMES:
        field = collection.by_name.get(name)
        if field is not None and field.type_name in _NAMING_TYPES:
            return (field,)
    return ()


def labels_of(collection_id: str | None, ids: Iterable[str]) -> dict[str, str]:
    """Return ``{id: label}`` of those records that exist, by one query."""
    return {str(record.id): label_of(record) for record in found(collection_id, ids)}


def found(collection_id: str | None, ids: Iterable[str]) -> list[RecordModel]:
    """Return those records that exist, by one query."""
    wanted = list(ids)
    held = snapshot.current()
    collection = held.by_id.get(collection_id or "")
    if collection is None or not wanted:
        return []
    return list(held.model(collection).objects.filter(pk__in=wanted))
