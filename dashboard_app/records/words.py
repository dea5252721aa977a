"""The names that a filter may have in the list of one collection's records."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from dashboard_app import sidebar
from dashboard_app.collections import editor_data
from dashboard_app.records import columns


def of(request: HttpRequest, collection: CollectionDef) -> dict[str, Any]:
    """Return them as the editor of rules has them: of the collections that this user may see."""
    seen = [item for item in snapshot.current().collections if sidebar.may_see(request, item)]
    return {
        "id": collection.id,
        "collections": [editor_data.names(item, columns.visible_fields(item)) for item in seen],
        "words": ["@collection.", *editor_data.values()],
    }
