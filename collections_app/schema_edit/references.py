"""Who needs a collection: the reasons why it may not be deleted."""

from __future__ import annotations

from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.errors import BadRequest


def refuse_delete(collection: CollectionDef, held: Snapshot, *, checks_others: bool = True) -> None:
    """Raise ``BadRequest`` if ``collection`` is a system one or others relate to it."""
    if collection.system:
        raise BadRequest("Failed to delete collection.", reason="system collection")
    users = [other.name for other in held.collections if _relates(other, collection)]
    if users and checks_others:
        names = ", ".join(users)
        raise BadRequest(
            f"Failed to delete collection probably due to existing reference in {names}."
        )


def _relates(other: CollectionDef, collection: CollectionDef) -> bool:
    return other.id != collection.id and any(
        field.relation_target == collection.id for field in other.fields
    )
