"""One page of the collections, filtered and sorted as lists of records are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from collections_app.api import paging
from collections_app.fields import base as field_types
from collections_app.query.select import select
from collections_app.query.tokens import Kind, Token, scan
from collections_app.records import rows
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.present import collection_json
from core_app.errors import BadRequest
from core_app.request_info import RequestInfo

_FIELDS = {
    "id": "text",
    "created": "date",
    "updated": "date",
    "name": "text",
    "system": "bool",
    "type": "text",
}


def page(info: RequestInfo) -> dict[str, Any]:
    """Return the page that the query asks for, in the order of creation unless sorted.

    Raise ``BadRequest``.
    """
    query = info.query
    asked = paging.read(query)
    filter, sort = query.get("filter", ""), query.get("sort", "")
    if "@collection." in filter or "@request." in filter:
        raise BadRequest(reason="collections are filtered by their own attributes alone")
    snapshot = snapshots.current()
    table = _table()
    _refuse_modifiers(filter, sort)
    selection = select(snapshot, table, info, filter=filter, sort=sort or "@rowid")
    at = table.columns.index("id")
    listed = [row[at] for row in rows.fetch(table, selection, asked.per_page, asked.offset)]
    items = [collection_json(snapshot.by_id[key]) for key in listed if key in snapshot.by_id]
    return asked.answer(items, lambda: rows.count(table, selection))


def _refuse_modifiers(filter: str, sort: str) -> None:
    """Raise ``BadRequest`` for ``name:lower`` and the like, which these attributes do not have."""
    names = [*_names(scan(filter)), *sort.split(",")]
    if any(":" in name for name in names):
        raise BadRequest(reason="attributes of collections have no modifiers")


def _names(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.kind is Kind.IDENTIFIER:
            yield token.text
        yield from _names(token.args)


def _table() -> CollectionDef:
    """Return ``_collections`` as if it held records: what may be filtered and sorted by."""
    fields = [field_types.from_json({"name": name, "type": kind}) for name, kind in _FIELDS.items()]
    # an id that no collection can have: statements are kept by it
    return CollectionDef(id="(collections)", name="_collections", fields=tuple(fields))
