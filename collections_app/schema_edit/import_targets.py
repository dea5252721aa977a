"""Which stored collection an imported one is, and which ones its relations mean.

A collection is known by its id, or by its name if it has none. One exception: every data folder
begins with an auth collection ``users``. Exported from elsewhere under an id that nobody has here,
it is still that one, and relations to it follow.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import old_format
from core_app import ids

Json = dict[str, Any]

#: the collection that is known by its name alone
USERS = "users"
_ID = re.compile(r"[a-z0-9]{15}|pbc_\d+|_pb_\w+")

logger = logging.getLogger("holdall.schema")


def settled(
    collections: Sequence[Mapping[str, Any]], held: Snapshot, *, delete_missing: bool
) -> list[Json]:
    """Return ``collections`` in the format of today, with the ids that they have here.

    With ``delete_missing`` the ids of the import count, so that both sides end up the same; only
    ``users`` of before 0.23 keeps its id, and with it its records, all the same.
    """
    old = [old_format.is_old(item) for item in collections]
    out = [
        old_format.converted(item) if is_old else copy.deepcopy(dict(item))
        for item, is_old in zip(collections, old, strict=True)
    ]
    moved = _users_matched(
        [item for item, is_old in zip(out, old, strict=True) if is_old or not delete_missing],
        held,
        {item.get("id") for item in out},
    )
    for item in out:
        for field in _relations(item):
            field["collectionId"] = moved.get(field["collectionId"], field["collectionId"])
    if any(old):
        stays = [item for item in held.collections if item.system or not delete_missing]
        _settle_old_relations(out, old, held, stays)
    return out


def _users_matched(items: list[Json], held: Snapshot, given: set[Any]) -> dict[str, str]:
    """Give ``users`` the id that it has here; return ``{id in the import: id here}``.

    If the import names the stored collection by its id, that is it and no other.
    """
    stored = held.by_lower_name.get(USERS)
    if stored is None or not stored.is_auth or stored.id in given:
        return {}
    for item in items:
        own, name = item.get("id"), item.get("name")
        is_users = isinstance(name, str) and name.lower() == USERS and item.get("type") == "auth"
        if is_users and own and isinstance(own, str) and own not in held.by_id:
            item["id"] = stored.id
            return {own: stored.id}
    return {}


def _settle_old_relations(
    out: list[Json], old: list[bool], held: Snapshot, stays: Sequence[CollectionDef]
) -> None:
    """Let relations that name their collection have its id; ``out`` grows by what is missing.

    A relation to a collection that neither stays nor comes along would lose its field. So one that
    is here stays, as it is; else an empty, locked collection stands in for it, and becomes the real
    one when that is imported.
    """
    known = {item.id: item.id for item in stays}
    known |= {item.name.lower(): item.id for item in stays}
    for item in out:
        own = _id_of(item, held)
        known |= {own: own, str(item.get("name")).lower(): own}
    for item in [item for item, is_old in zip(out, old, strict=True) if is_old]:
        for field in _relations(item):
            target = field["collectionId"]
            found = known.get(target) or known.get(target.lower())
            if found is None and target:
                stored = held.find(target)
                made = _stand_in(target) if stored is None else _as_it_is(stored)
                out.append(made)
                found = known[target] = made["id"]
                logger.warning(
                    'import: "%s" relates to "%s", which is missing: %s',
                    item.get("name"),
                    target,
                    "made an empty collection" if stored is None else "it stays",
                )
            field["collectionId"] = found or target


def _stand_in(target: str) -> Json:
    if _ID.fullmatch(target):
        return {"id": target, "name": f"missing_{target}", "type": "base"}
    return {"id": ids.stable_id("pbc_", f"base{target}"), "name": target, "type": "base"}


def _as_it_is(stored: CollectionDef) -> Json:
    fields = [field.to_json() for field in stored.fields]
    return {"id": stored.id, "name": stored.name, "fields": fields}


def _id_of(item: Json, held: Snapshot) -> str:
    """Return the id that ``item`` has here or will get."""
    if own := item.get("id"):
        return str(own)
    name = str(item.get("name"))
    stored = held.by_lower_name.get(name.lower())
    return stored.id if stored else ids.stable_id("pbc_", f"{item.get('type') or 'base'}{name}")


def _relations(item: Json) -> Iterator[Json]:
    for field in item.get("fields") or () if isinstance(item.get("fields"), list) else ():
        if isinstance(field, dict) and isinstance(field.get("collectionId"), str):
            yield field
