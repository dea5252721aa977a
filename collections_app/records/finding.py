"""Reading records from Python code, past all rules. ``records`` itself is the public face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collections_app.query.bind import bind
from collections_app.query.cache import Selection
from collections_app.query.select import select
from collections_app.records import instances, rows, soft_delete
from collections_app.records.values import apply_body
from collections_app.schema import lookup
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import NotFound


def resolve(collection: str | CollectionDef) -> CollectionDef:
    """Return the collection with this name or id, or a definition as it is now.

    Raise ``UnknownCollection``.
    """
    return lookup.get(collection if isinstance(collection, str) else collection.id)


def get(collection: str | CollectionDef, record_id: str) -> RecordModel:
    """Return the record with this id; in a transaction nobody else changes it until the end.

    Raise ``NotFound``.
    """
    found = resolve(collection)
    # where many write, a hook that saves what it has computed from this would undo another's write
    row = rows.fetch_by_id(found, record_id, to_change=not found.is_view)
    if row is None:
        raise NotFound(reason=f"no {found.name}/{record_id}")
    return instances.of_row(snapshots.current(), found, row)


def find(
    collection: str | CollectionDef,
    filter: str,
    sort: str,
    limit: int | None,
    offset: int,
    params: Mapping[str, Any],
    trash: str = "",
) -> list[RecordModel]:
    """Return the matching records."""
    found = resolve(collection)
    snapshot = snapshots.current()
    selection = _selection(found, filter, params, sort, trash)
    return [
        instances.of_row(snapshot, found, row)
        for row in rows.fetch(found, selection, limit, offset)
    ]


def count(
    collection: str | CollectionDef, filter: str, params: Mapping[str, Any], trash: str = ""
) -> int:
    """Return how many records match."""
    found = resolve(collection)
    return rows.count(found, _selection(found, filter, params, trash=trash))


def new(collection: str | CollectionDef, values: Mapping[str, Any]) -> RecordModel:
    """Return a record with ``values`` cast as a request's would be; nothing is stored."""
    found = resolve(collection)
    return instances.blank(snapshots.current(), found, apply_body(found, {}, values))


def _selection(
    collection: CollectionDef,
    filter: str,
    params: Mapping[str, Any],
    sort: str = "",
    trash: str = "",
) -> Selection | None:
    if not filter and not sort and not trash:
        return None
    text = bind(filter, params) if params else filter
    rows_meant = soft_delete.meant(trash) if trash else None
    return select(
        snapshots.current(),
        collection,
        None,
        filter=text,
        sort=sort,
        trash=rows_meant,
        is_list=True,
    )
