"""``base``: records in a table, nothing more."""

from __future__ import annotations

from collections_app.collection_types.base import CollectionType
from collections_app.collection_types.registry import register


@register
class PlainType(CollectionType):
    type_name = "base"
