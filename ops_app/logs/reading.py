"""Reading ``_logs`` with the filters and sorts that records have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connections

from collections_app.fields import base as fields
from collections_app.query import dialects
from collections_app.query.errors import FilterError
from collections_app.query.select import Selection, select
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import sql
from core_app.request_info import RequestInfo

DATABASE = "auxiliary"

_FIELDS = {"id": "text", "created": "date", "data": "json", "message": "text", "level": "number"}
_COLUMNS = ", ".join(f'"_logs"."{name}"' for name in _FIELDS)
_CREATED = '"_logs"."created"'
_MODIFIER = re.compile(r"\w:[a-zA-Z]")


def find(
    info: RequestInfo, filter: str, sort: str, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return entries, JSON-ready. Raise ``FilterError``."""
    chosen = _selection(info, filter, sort)
    text, params = _statement(f"SELECT {_COLUMNS}", chosen)
    if chosen.order.text:
        text += f" ORDER BY {chosen.order.text}"
        params += chosen.order.params
    page = sql.marked(" LIMIT ? OFFSET ?")
    rows = sql.fetch_all(f"{text}{page}", (*params, limit, offset), DATABASE)
    return [_shown(row) for row in rows]


def count(info: RequestInfo, filter: str) -> int:
    """Return how many entries there are. Raise ``FilterError``."""
    text, params = _statement("SELECT COUNT(*)", _selection(info, filter, ""))
    row = sql.fetch_one(text, params, DATABASE)
    return int(row[0]) if row else 0


def find_by_id(entry_id: str) -> dict[str, Any] | None:
    """Return one entry, JSON-ready, or ``None``."""
    text = sql.marked(f'SELECT {_COLUMNS} FROM "_logs" WHERE "id" = ?')  # noqa: S608
    row = sql.fetch_one(text, (entry_id,), DATABASE)
    return None if row is None else _shown(row)


def per_hour(info: RequestInfo, filter: str) -> list[dict[str, Any]]:
    """Return ``{"date", "total"}`` of every hour with entries. Raise ``FilterError``."""
    return _counted(info, filter, dialects.of(connections[DATABASE].vendor).hour(_CREATED))


def per_minute(info: RequestInfo, filter: str) -> list[dict[str, Any]]:
    """Return ``{"date", "total"}`` of every minute with entries. Raise ``FilterError``."""
    return _counted(info, filter, f"substr({_CREATED}, 1, 16) || ':00'")


def _counted(info: RequestInfo, filter: str, step: str) -> list[dict[str, Any]]:
    text, params = _statement(f"SELECT {step}, COUNT(*)", _selection(info, filter, ""))
    rows = sql.fetch_all(f"{text} GROUP BY 1 ORDER BY 1", params, DATABASE)
    return [{"date": f"{date}.000Z", "total": total} for date, total in rows]


def _statement(start: str, chosen: Selection) -> tuple[str, tuple[Any, ...]]:
    text = f'{start} FROM "_logs"'
    if not chosen.where.text:
        return text, ()
    return f"{text} WHERE {chosen.where.text}", tuple(chosen.where.params)


def _selection(info: RequestInfo, filter: str, sort: str) -> Selection:
    plain = _without_literals(filter)
    if _MODIFIER.search(sort) or _MODIFIER.search(plain) or "@request." in plain:
        raise FilterError("logs know no modifiers and no request")
    snapshot, logs = _pseudo_collection()
    chosen = select(snapshot, logs, info, filter=filter, sort=sort)
    if chosen.joins.text:
        raise FilterError("logs have no relations")
    return chosen


def _without_literals(filter: str) -> str:
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", "", filter)


@cache
def _pseudo_collection() -> tuple[Snapshot, CollectionDef]:
    """Return the log table as the query compiler sees tables, in a schema of its own."""
    made = tuple(
        fields.from_json({"type": type_name, "name": name, "id": name})
        for name, type_name in _FIELDS.items()
    )
    logs = CollectionDef(id="_logs", name="_logs", fields=made)
    return Snapshot(0, [logs]), logs


def _shown(row: Sequence[Any]) -> dict[str, Any]:
    shown = dict(zip(_FIELDS, row, strict=True))
    shown["data"] = orjson.Fragment(shown["data"])
    return shown
