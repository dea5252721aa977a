"""``-created,title``: what the rows are ordered by."""

from __future__ import annotations

from collections_app.query import resolve
from collections_app.query.errors import FilterError, quoted
from collections_app.query.plan import SortKey
from collections_app.query.scope import Scope

MAX_FIELDS = 8
MAX_NAME_BYTES = 255
RANDOM, ROW_ID = "@random", "@rowid"


def resolve_sort(text: str, scope: Scope) -> tuple[SortKey, ...]:
    """Return the sort keys of a client's ``sort``. Raise ``FilterError``."""
    parts = text.split(",")
    if len(parts) > MAX_FIELDS:
        raise FilterError("max sort expressions limit reached")
    return tuple(_key(part.strip(), scope) for part in parts)


def _key(part: str, scope: Scope) -> SortKey:
    descending = part.startswith("-")
    name = part[1:] if part[:1] in ("-", "+") else part
    if len(name.encode()) > MAX_NAME_BYTES:
        raise FilterError("max sort field length limit reached")
    if name == RANDOM:
        return SortKey(RANDOM, descending)
    if name == ROW_ID:
        if scope.base.is_view:
            raise FilterError(f"invalid sort field {quoted(name)}")
        return SortKey(ROW_ID, descending)
    return SortKey(resolve.sort_path(name, scope), descending)
