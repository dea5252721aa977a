"""A collection as plain JSON that any machine may have, and what differs between two of them.

Without secrets, moments, sign-in providers and whatever has its default value. What differs is two
parts of such JSON, *before* and *after*: keys that changed; of ``fields`` (known by their ids) and
``indexes`` only the items that changed; of options the inner keys that changed.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from collections_app.collection_types import registry
from collections_app.fields import base as field_types
from collections_app.schema import soft_delete
from collections_app.schema.definition import RULE_NAMES, CollectionDef
from collections_app.schema.present import collection_json

Json = dict[str, Any]

#: the ids of all fields in their new order, where a change moves some
ORDER = "fieldOrder"
#: what only one machine has: moments, and providers with their secrets
_LOCAL = {"id", "created", "updated"}


def portable(collection: CollectionDef) -> Json:
    """Return the JSON of ``collection``; keys it does not have stand at their defaults."""
    full = {key: value for key, value in collection_json(collection).items() if key not in _LOCAL}
    out: Json = {"name": full["name"], "type": full["type"]}
    if full["system"]:
        out["system"] = True
    for name in RULE_NAMES:
        if full[name] is not None:
            out[name] = full[name]
    if not collection.is_view:  # a view's fields come from its query
        out["fields"] = [_short(item) for item in full["fields"]]
        out["indexes"] = full["indexes"]
    usual = {**_usual_options(collection.type_name), **_USUAL_TRASH}
    for key, value in full.items():
        if key in out or key in ("system", "fields", "indexes", *RULE_NAMES):
            continue
        if key == "oauth2":
            value = {name: item for name, item in value.items() if name != "providers"}
        kept = _unlike(value, usual.get(key, _ABSENT))
        if kept is not _ABSENT:
            out[key] = kept
    return out


def changes(before: Json, after: Json) -> tuple[Json, Json]:
    """Return what differs, both ways; two empty ones if nothing does."""
    old: Json = {}
    new: Json = {}
    type_name = after["type"]
    usual = {**_usual_options(type_name), **_USUAL_TRASH, **dict.fromkeys(RULE_NAMES)}
    for key in sorted({*before, *after}, key=_place):
        if key == "fields":
            _field_changes(before.get(key, []), after.get(key, []), old, new)
        elif key == "indexes":
            _index_changes(before.get(key, []), after.get(key, []), old, new)
        else:
            _value_changes(key, before, after, usual, old, new)
    return old, new


def changed(collection: CollectionDef, old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """Return the JSON body that takes ``collection`` from ``old`` to ``new``.

    Fields and indexes that neither names stay as they are.
    """
    body = {key: value for key, value in new.items() if key not in ("fields", "indexes", ORDER)}
    if "fields" in old or "fields" in new or ORDER in new:
        body["fields"] = _fields_after(collection, old, new)
    if "indexes" in old or "indexes" in new:
        gone = {*old.get("indexes", ())}
        kept = [text for text in collection.indexes if text not in gone]
        body["indexes"] = kept + [text for text in new.get("indexes", ()) if text not in kept]
    return body


_ABSENT = object()
_USUAL_TRASH: Json = dict.fromkeys(soft_delete.as_options(soft_delete.SoftDelete()))


@functools.cache
def _usual_options(type_name: str) -> Json:
    known = registry.registered()
    return known[type_name].default_options() if type_name in known else {}


def _place(key: str) -> tuple[int, str]:
    """Return where a key stands: what a collection is first, then its rules, then the rest."""
    first = ("name", "type", "system", *RULE_NAMES, "fields", "indexes")
    return (first.index(key), "") if key in first else (len(first), key)


def _short(field: Json) -> Json:
    """Return a field's JSON without the options that have their default; name and type first."""
    made = field_types.registered()[field["type"]].from_json({"type": field["type"]})
    usual = made.to_json()
    head = {key: field[key] for key in ("id", "name", "type")}
    rest = {key: value for key, value in field.items() if key not in head}
    return {**head, **{key: value for key, value in rest.items() if _differs(value, usual[key])}}


def _differs(value: Any, usual: Any) -> bool:
    return bool(value != usual or type(value) is not type(usual))


def _unlike(value: Any, usual: Any) -> Any:
    """Return the part of ``value`` that is not as usual, ``_ABSENT`` if there is none."""
    if isinstance(value, dict) and isinstance(usual, dict):
        parts = {key: _unlike(item, usual.get(key, _ABSENT)) for key, item in value.items()}
        kept = {key: item for key, item in parts.items() if item is not _ABSENT}
        return kept or _ABSENT
    return value if usual is _ABSENT or _differs(value, usual) else _ABSENT


def _value_changes(
    key: str, before: Json, after: Json, usual: Mapping[str, Any], old: Json, new: Json
) -> None:
    was, now = before.get(key, _ABSENT), after.get(key, _ABSENT)
    base = usual.get(key)
    if isinstance(was, dict) or isinstance(now, dict):
        old_part: Json = {}
        new_part: Json = {}
        inner_was = was if isinstance(was, dict) else {}
        inner_now = now if isinstance(now, dict) else {}
        inner_usual = base if isinstance(base, dict) else {}
        for inner in dict.fromkeys((*inner_was, *inner_now)):
            _value_changes(inner, inner_was, inner_now, inner_usual, old_part, new_part)
        if old_part or new_part:
            old[key], new[key] = old_part, new_part
        return
    was = base if was is _ABSENT else was
    now = base if now is _ABSENT else now
    if _differs(was, now):
        old[key], new[key] = was, now


def _field_changes(before: list[Json], after: list[Json], old: Json, new: Json) -> None:
    was = {item["id"]: item for item in before}
    now = {item["id"]: item for item in after}
    gone = [item for item in before if now.get(item["id"]) != item]
    come = [item for item in after if was.get(item["id"]) != item]
    if gone or come:
        old["fields"], new["fields"] = gone, come
    # without a word about order, what stays keeps its place and what is new comes last
    plain = [key for key in was if key in now] + [key for key in now if key not in was]
    if plain != list(now):
        new[ORDER] = list(now)
    back = [key for key in now if key in was] + [key for key in was if key not in now]
    if back != list(was):
        old[ORDER] = list(was)


def _index_changes(before: list[str], after: list[str], old: Json, new: Json) -> None:
    if before != after:
        old["indexes"] = [text for text in before if text not in after]
        new["indexes"] = [text for text in after if text not in before]


def _fields_after(
    collection: CollectionDef, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[Json]:
    wanted = {item["id"]: item for item in new.get("fields", ())}
    gone = {item["id"] for item in old.get("fields", ())} - wanted.keys()
    fields: dict[str, Json] = {}
    for field in collection.fields:
        if field.id not in gone:
            fields[field.id] = wanted.pop(field.id, None) or field.to_json()
    fields |= wanted
    order: Sequence[str] = new.get(ORDER, ())
    ranks = {key: at for at, key in enumerate(order)}
    return sorted(fields.values(), key=lambda item: ranks.get(item["id"], len(ranks)))
