"""Who manages records of an auth collection: whoever is signed in and passes its manage rule.

A rule that cannot be read, or that the database cannot run for one of the records, lets nobody.
Source: PocketBase apis/record_helpers.go (behaviour).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from collections_app.query import judge
from collections_app.query.errors import FilterError
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import RequestInfo

logger = logging.getLogger("holdall.auth")


def managed_ids(
    snapshot: Snapshot, collection: CollectionDef, info: RequestInfo, ids: Iterable[str]
) -> set[str]:
    """Return which of the stored records the caller manages, in at most one statement."""
    rule = _rule(collection, info)
    if not rule:
        return set()
    try:
        return judge.passing_ids(snapshot, collection, info, ids, rule=rule)
    except FilterError as error:
        logger.warning("%s: manage rule: %s", collection.name, error)
        return set()


def manages_new(
    snapshot: Snapshot, collection: CollectionDef, info: RequestInfo, stored: Mapping[str, Any]
) -> bool:
    """Return whether the caller manages a record that is about to be made of ``stored``."""
    rule = _rule(collection, info)
    if not rule:
        return False
    try:
        return judge.passes_values(snapshot, collection, info, stored, rule=rule)
    except FilterError as error:
        logger.warning("%s: manage rule: %s", collection.name, error)
        return False


def _rule(collection: CollectionDef, info: RequestInfo) -> str:
    """Return the rule that decides, ``""`` where nobody manages anything."""
    return collection.options["manageRule"] or "" if info.auth is not None else ""
