"""``view``: the rows of a query, read like records. Its fields come from the query alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from collections_app.collection_types.base import CollectionType
from collections_app.collection_types.registry import register
from collections_app.fields.base import WrongShape

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef


@register
class ViewType(CollectionType):
    type_name = "view"
    stores_records = False

    def default_options(self) -> dict[str, Any]:
        return {"viewQuery": ""}

    def merge_options(
        self, stored: Mapping[str, Any], submitted: Mapping[str, Any]
    ) -> dict[str, Any]:
        query = submitted.get("viewQuery", stored["viewQuery"])
        if query is not None and not isinstance(query, str):
            raise WrongShape("viewQuery must be a string")
        return {"viewQuery": query or ""}

    def public_options(self, collection: CollectionDef) -> dict[str, Any]:
        return dict(collection.options)
