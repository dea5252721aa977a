"""Records as the API shows them: to whom, with what expanded."""

from __future__ import annotations

from collections.abc import Sequence

from collections_app.records import expand as expanding
from collections_app.records import instances
from collections_app.records.shape import Shown
from collections_app.records.visible import visible
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import RequestInfo
from core_app.sql import Row


def shown(
    snapshot: Snapshot,
    collection: CollectionDef,
    rows: Sequence[Row],
    info: RequestInfo,
    expand: str = "",
    *,
    with_mark: bool = False,
) -> list[Shown]:
    """Return stored ``rows`` JSON-ready for ``info``; ``expand`` is the client's ``a,b.c``.

    Keys are in alphabetical order. JSON columns are ``orjson.Fragment``s. ``with_mark`` shows since
    when a record is in the trash.
    """
    tree = expanding.paths(expand) if expand else {}
    out = visible(snapshot, collection, rows, info, with_expand=bool(tree), with_mark=with_mark)
    if tree:
        expanding.expand(snapshot, collection, rows, out, tree, info)
    return out


def shown_record(record: RecordModel, info: RequestInfo, expand: str = "") -> Shown:
    """Return ``record`` JSON-ready for ``info``, as it is in memory."""
    snapshot, collection = snapshots.current(), record.collection
    row = instances.stored_row(record)
    return shown(snapshot, collection, (row,), info, expand)[0]
