"""A collection as the API shows it: fixed key order, fields in alphabetical order, no secrets."""

from __future__ import annotations

from typing import Any

from collections_app.collection_types import registry
from collections_app.schema import soft_delete
from collections_app.schema.definition import CollectionDef


def collection_json(collection: CollectionDef) -> dict[str, Any]:
    """Return the JSON object of ``collection`` in PocketBase's key order."""
    return {
        "id": collection.id,
        "listRule": collection.list_rule,
        "viewRule": collection.view_rule,
        "createRule": collection.create_rule,
        "updateRule": collection.update_rule,
        "deleteRule": collection.delete_rule,
        "name": collection.name,
        "type": collection.type_name,
        "fields": [field.to_json() for field in collection.fields],
        "indexes": list(collection.indexes),
        "created": collection.created,
        "updated": collection.updated,
        "system": collection.system,
        **registry.of(collection.type_name).public_options(collection),
        **soft_delete.as_options(collection.soft_delete),
    }
