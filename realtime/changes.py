"""``Change``: one committed change of one record, with all that its subscribers need to know of it.

It travels between workers as JSON. The values are the stored ones, so public topics need no query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from collections_app.records import instances

if TYPE_CHECKING:
    from collections_app.hooks import RecordEvent
    from collections_app.schema.definition import CollectionDef
    from core_app.sql import Row

Action = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """``values`` are stored values by column; ``held`` names what was prepared for a delete.

    ``schema`` is the version of the schema at the commit, 0 where that was not made sure of.
    """

    action: Action
    collection_id: str
    collection_name: str
    record_id: str
    values: Mapping[str, Any]
    held: str = ""
    schema: int = 0

    @classmethod
    def of(cls, action: Action, event: RecordEvent, held: str = "", schema: int = 0) -> Change:
        """Return the change that ``event`` tells of: the record as it is now, or was at last."""
        collection, record = event.collection, event.record
        row = instances.stored_row(record)
        values = dict(zip(collection.columns, row, strict=True))
        return cls(action, collection.id, collection.name, str(record.id), values, held, schema)

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Change:
        return cls(**{name: data[name] for name in cls.__slots__ if name in data})

    def to_wire(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def row(self, collection: CollectionDef) -> Row:
        """Return the values in the order of the columns; what the change does not know is empty."""
        values = self.values
        return tuple(
            values[field.name] if field.name in values else field.to_stored(field.zero())
            for field in collection.fields
        )


def about(collection: CollectionDef) -> tuple[str, str, str]:
    """Return the interests (``Registry.interests``) that make a worker want these changes."""
    return collection.name, collection.id, f"{collection.id}@"
