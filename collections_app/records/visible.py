"""Stored rows -> what one caller may see of them, relations not yet expanded."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import orjson

from collections_app.collection_types import registry
from collections_app.hooks import EnrichEvent, record_enrich
from collections_app.records.shape import Shown, shaper
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import numbers
from core_app.errors import ApiError, InternalError
from core_app.request_info import RequestInfo
from core_app.sql import Row

ENRICH_FAILED = "Failed to enrich record."

logger = logging.getLogger("holdall.records")


def visible(
    snapshot: Snapshot,
    collection: CollectionDef,
    rows: Sequence[Row],
    info: RequestInfo,
    *,
    with_expand: bool = False,
    with_mark: bool = False,
) -> list[Shown]:
    """Return ``rows`` JSON-ready: hidden fields left out, private ones concealed, hooks heard.

    ``with_expand`` and ``with_mark`` are those of ``shape.shaper``.
    """
    superuser = info.is_superuser
    shape = shaper(collection, superuser=superuser, with_expand=with_expand, with_mark=with_mark)
    shown = shape(rows)
    if not superuser:
        kind = registry.of(collection.type_name)
        if kind.conceals:
            kind.conceal(collection, shown, info, snapshot)
    if record_enrich.receivers and record_enrich.has_listeners(collection.name):
        _enrich(collection, shown, info)
    return shown


def _enrich(collection: CollectionDef, shown: list[Shown], info: RequestInfo) -> None:
    """Let receivers change what is shown. They meet plain values, not embedded JSON."""
    for item in shown:
        open_up(item)
        try:
            record_enrich.send(collection.name, event=EnrichEvent(collection, item, info))
        except ApiError:
            raise
        except Exception as error:
            logger.error("record_enrich of %s failed", collection.name, exc_info=error)
            raise InternalError(ENRICH_FAILED, reason=repr(error)) from error
        close_up(item)


def open_up(item: Shown) -> None:
    """Replace embedded JSON in place by what it says, so that code can look into it."""
    for key, value in item.items():
        if isinstance(value, orjson.Fragment):
            item[key] = orjson.loads(orjson.dumps(value))


def close_up(item: Shown) -> None:
    """Make every number fit to be encoded again, after code has had its hands on ``item``."""
    for key, value in item.items():
        item[key] = numbers.plain(value)
