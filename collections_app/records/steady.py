"""Reading rows, from memory where the same was asked before and nothing was written since.

Not where the answer changes by itself: with the clock, or by chance.
"""

from __future__ import annotations

import re
from typing import Any

from collections_app.schema import snapshot as snapshots
from collections_app.schema.snapshot import Snapshot
from core_app import read_cache, sql
from core_app.sql import Row

#: SQL of ours that is not steady
_OURS = ("strftime(", "RANDOM()")
#: words of a view's query that may make it so; a column of that name does no harm
_WORDS = re.compile(
    r"\b(now|date|time|datetime|julianday|unixepoch|strftime|timediff|current_\w+|rand|random"
    r"|randomblob|changes|total_changes|last_insert_rowid)\b",
    re.IGNORECASE,
)


def fetch_all(text: str, params: tuple[Any, ...]) -> list[Row]:
    """Return the rows of a statement; others may get the same list."""
    fetch = read_cache.fetch_all if _is_steady(text) else sql.fetch_all
    return fetch(text, params)


def _is_steady(text: str) -> bool:
    if any(word in text for word in _OURS):
        return False
    snapshot = snapshots.held()
    if snapshot is None:
        return False
    moving: tuple[str, ...] = snapshot.cached("moving views", lambda: _moving_views(snapshot))
    return not any(name in text for name in moving)


def _moving_views(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the names of views that are not steady, and of views of those."""
    queries = {
        item.name: str(item.options.get("viewQuery", ""))
        for item in snapshot.collections
        if item.is_view
    }
    moving = {name for name, query in queries.items() if _WORDS.search(query)}
    while more := {
        name
        for name, query in queries.items()
        if name not in moving and any(other.lower() in query.lower() for other in moving)
    }:
        moving |= more
    return tuple(moving)
