"""A request's JSON -> the collection it asks for. Checks JSON types only, not meanings.

Absent keys keep what is there (the defaults of a new collection, the stored values of an old one),
lists replace, objects of options merge key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from collections_app.collection_types import registry
from collections_app.collection_types.base import CollectionType
from collections_app.fields import base as field_types
from collections_app.fields.base import WrongShape
from collections_app.schema import field_list, soft_delete
from collections_app.schema.definition import RULE_NAMES, CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import ids

#: JSON key of a rule -> attribute of ``CollectionDef``
RULES = {name: f"{name.removesuffix('Rule')}_rule" for name in RULE_NAMES}
DEFAULT_TYPE = "base"


def to_create(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``data`` with type and name under the keys ``type`` and ``name``.

    As in PocketBase, a request may write these two keys, and no others, in any case (``"NAME"``).
    Raise ``WrongShape`` if one is there twice, or is no text.
    """
    out = dict(data)
    for wanted in ("type", "name"):
        keys = [key for key in data if key.lower() == wanted]
        if len(keys) > 1:
            raise WrongShape(f"{wanted} is given twice")
        for key in keys:
            out[wanted] = _text(out.pop(key), wanted)
    return out


def head(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return type and name of a collection to be created. Raise ``WrongShape``."""
    return _text(data.get("type"), "type") or DEFAULT_TYPE, _text(data.get("name"), "name")


def scaffold(type_name: str, name: str) -> CollectionDef:
    """Return a collection of this type as it is before anything was said about it."""
    kind = kind_of(type_name)
    return CollectionDef(
        id=ids.stable_id("pbc_", f"{type_name}{name}"),
        name=name,
        type_name=type_name,
        fields=field_list.with_id(()) if kind.stores_records else (),
        options=kind.default_options(),
    )


def new(data: Mapping[str, Any], held: Snapshot, *, blank_id: str = "") -> CollectionDef:
    """Return the collection that ``data`` asks to create. Raise ``WrongShape``.

    What a blank collection of the type has, it has by the generated id, or by ``blank_id``: the
    names of an auth collection's indexes.
    """
    type_name, name = head(data)
    blank = scaffold(type_name, name)
    if blank_id:
        blank = replace(blank, id=blank_id)
    blank = kind_of(type_name).complete(blank, None, held)
    made = changed(
        blank, {key: value for key, value in data.items() if key not in ("type", "name")}
    )
    return made if made.id else replace(made, id=blank.id)


def changed(stored: CollectionDef, data: Mapping[str, Any]) -> CollectionDef:
    """Return ``stored`` with what ``data`` says. Raise ``WrongShape``."""
    changes: dict[str, Any] = {}
    for key in ("id", "name"):
        if key in data:
            changes[key] = _text(data[key], key)
    if "type" in data:
        changes["type_name"] = _text(data["type"], "type") or DEFAULT_TYPE
    for key in ("created", "updated"):
        if key in data:
            changes[key] = _moment(data[key], key)
    if "system" in data:
        changes["system"] = _flag(data["system"], "system")
    for key, attribute in RULES.items():
        if key in data:
            changes[attribute] = None if data[key] is None else _text(data[key], key)
    if "fields" in data:
        changes["fields"] = field_list.read(data["fields"])
    if "indexes" in data:
        changes["indexes"] = _texts(data["indexes"], "indexes")
    made = replace(stored, **changes)
    return replace(made, options=_options(stored, made.type_name, data))


def kind_of(type_name: str) -> CollectionType:
    """Return the type of that name, ``base`` for an unknown one (validation refuses it later)."""
    known = registry.registered()
    return known.get(type_name) or known[DEFAULT_TYPE]


def _options(stored: CollectionDef, type_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of type ``type_name``: the stored ones, changed by ``data``.

    Options of other types have no effect, but must have the right JSON types all the same. What a
    collection did not have before (its type changes, which will be refused) counts as empty.
    """
    out: dict[str, Any] = {}
    for kind in registry.registered().values():
        defaults = kind.default_options()
        options = kind.merge_options(defaults, data)
        if kind is kind_of(type_name):
            before = soft_delete.without(stored.options)
            if kind is not kind_of(stored.type_name):
                before = kind.merge_options(defaults, dict.fromkeys(defaults))
            out = options if before == defaults else kind.merge_options(before, data)
    return {**out, **soft_delete.merged(stored.options, data)}


def _text(value: object, key: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongShape(f"{key} must be a string")
    return value


def _flag(value: object, key: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise WrongShape(f"{key} must be a boolean")
    return value


def _texts(value: object, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise WrongShape(f"{key} must be a list")
    return tuple(_text(item, key) for item in value)


def _moment(value: object, key: str) -> str:
    """Return a date in wire form; text that is no date counts as none."""
    text = _text(value, key)
    moment = field_types.from_json({"type": "date", "name": key}).prepare(text)
    return str(moment)
