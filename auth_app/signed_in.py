"""``SignedIn``: an auth record as it was read, with nothing but its stored values.

It is what a token leads to, and what the floors below see as ``RequestInfo.auth``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auth_app.names import SUPERUSERS
from collections_app.records import instances
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel


class SignedIn:
    """An auth record: its collection, its stored values by field name, the token's claims.

    ``stored`` is in the order of the collection's columns.
    """

    __slots__ = ("claims", "collection", "stored")

    def __init__(
        self,
        collection: CollectionDef,
        stored: Mapping[str, Any],
        claims: Mapping[str, Any] | None = None,
    ) -> None:
        self.collection = collection
        self.stored = stored
        self.claims: Mapping[str, Any] = claims if claims is not None else {}

    @classmethod
    def of(cls, record: RecordModel) -> SignedIn:
        """Return what ``record`` is when its own values count as the stored ones."""
        row = instances.stored_row(record)
        return cls(record.collection, dict(zip(record.collection.columns, row, strict=True)))

    def record(self) -> RecordModel:
        """Return the record itself, as it was read."""
        row = tuple(self.stored.values())
        return instances.of_row(snapshot.current(), self.collection, row)

    def __repr__(self) -> str:
        return f"<{self.collection.name} {self.id}>"

    @property
    def id(self) -> str:
        return str(self.stored["id"])

    @property
    def collection_id(self) -> str:
        return self.collection.id

    @property
    def collection_name(self) -> str:
        return self.collection.name

    @property
    def is_superuser(self) -> bool:
        return self.collection.name == SUPERUSERS

    @property
    def token_key(self) -> str:
        return str(self.stored["tokenKey"])

    def get(self, name: str) -> Any:
        """Return a field's value in Python form; ``None`` for an unknown name."""
        field = self.collection.by_name.get(name)
        return None if field is None else field.from_stored(self.stored[name])

    def is_record(self, collection_id: str, record_id: str) -> bool:
        """Whether this is the record named by both ids."""
        return self.stored["id"] == record_id and self.collection.id == collection_id
