"""The admins of collections' records, each made on first need for a version of the schema."""

from __future__ import annotations

from django.contrib import admin

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from dashboard_app.records.admin import RecordAdmin


def of(collection: CollectionDef, held: Snapshot | None = None) -> RecordAdmin:
    """Return the admin of ``collection`` at ``held``, else at the version that we go by."""
    at = held or snapshot.current()
    made: RecordAdmin = at.cached(
        ("dashboard admin", collection.id),
        lambda: RecordAdmin(at.model(at.by_id[collection.id]), admin.site),
    )
    return made
