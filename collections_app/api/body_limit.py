"""How long the bodies of records and batches may be; known to the server before it reads them."""

from __future__ import annotations

import re

from collections_app.api import batch_form
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from core_app import body_limits
from core_app.settings_store import store

_RECORDS = re.compile(r"/api/collections/([^/]+)/records(?:/[^/]+)?")


def of_collection(collection: CollectionDef) -> int:
    """Return how many bytes a body for a record of ``collection`` may have."""
    limit: int = collection.cached(
        "body limit",
        lambda: (
            body_limits.DEFAULT_LIMIT + sum(field.body_allowance for field in collection.fields)
        ),
    )
    return limit


@body_limits.register
def of_path(path: str, _authorization: str) -> int | None:
    """Return the limit of a path of records or of batches."""
    if path == "/api/batch":
        return batch_form.limit(store.current().batch)
    records = _RECORDS.fullmatch(path)
    found = snapshots.current().find(records[1]) if records is not None else None
    return of_collection(found) if found is not None else None
