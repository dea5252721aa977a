"""Slow requests for records in the log -> fields that an index may help."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson
from django.urls import reverse

from collections_app.schema import indexes, snapshot
from collections_app.schema.definition import CollectionDef
from core_app.request_info import RequestInfo
from dashboard_app.tools.advice import Warning
from ops_app.logs import reading
from ops_app.logs.entry import wire

#: milliseconds
SLOW = 200
HOURS = 24
#: the newest of them are looked at
MOST = 200
_PATH = re.compile(r"/api/collections/([^/?]+)/records/?$")
_LITERAL = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_WORD = re.compile(r"(?<![\w.@:])[a-zA-Z_]\w*")


@dataclass(slots=True)
class Slow:
    """Requests that filter or sort a collection by a field without an index."""

    collection: CollectionDef
    field: str
    number: int = 0
    longest_ms: float = 0


def warnings(info: RequestInfo) -> Iterator[Warning]:
    """Yield a warning for each such field, the slowest first."""
    for slow in sorted(found(info), key=lambda slow: -slow.longest_ms):
        times = f"{slow.number} slow request{'' if slow.number == 1 else 's'}"
        name = slow.collection.name
        yield Warning(
            f"{times} (up to {slow.longest_ms:.0f} ms) looked through {name} by {slow.field}, "
            "which has no index.",
            reverse("admin:collections_app_collection_change", args=(slow.collection.id,)),
            "Add an index",
        )


def found(info: RequestInfo) -> list[Slow]:
    """Return the fields of the slow requests of the last hours."""
    since = wire(time.time() - HOURS * 3600)
    text = f'created >= "{since}" && data.execTime > {SLOW} && data.url ~ "/records"'
    held = snapshot.current()
    slow: dict[tuple[str, str], Slow] = {}
    for entry in reading.find(info, text, "-created", MOST, 0):
        data = orjson.loads(orjson.dumps(entry["data"]))
        address = urlsplit(str(data.get("url", "")))
        path = _PATH.search(address.path)
        collection = held.find(path[1]) if path else None
        if collection is None or collection.is_view:
            continue
        for name in fields_in(collection, address.query) - indexed(collection):
            one = slow.setdefault((collection.id, name), Slow(collection, name))
            one.number += 1
            one.longest_ms = max(one.longest_ms, float(data["execTime"]))
    return list(slow.values())


def fields_in(collection: CollectionDef, query: str) -> set[str]:
    """Return the own fields that a query filters or sorts by; the log keeps it decoded."""
    text = " ".join(
        part.partition("=")[2]
        for part in re.split(r"&(?=(?:filter|sort|page|perPage|expand|fields|skipTotal)=)", query)
        if part.startswith(("filter=", "sort="))
    )
    words = _WORD.findall(_LITERAL.sub("", text))
    return {word for word in words if word in collection.by_name}


def indexed(collection: CollectionDef) -> set[str]:
    """Return the fields that an index begins with, and those that need none."""
    parsed = (indexes.parse(text) for text in collection.indexes)
    begun = {index.columns[0].name for index in parsed if index is not None}
    single = {
        field.name
        for field in collection.fields
        if field.relation_target is not None and not field.is_multiple
    }
    return begun | single | {"id"}
