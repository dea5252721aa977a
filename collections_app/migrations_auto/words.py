"""What a change does, in plain words: for file names, ``migrate --plan`` and previews."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collections_app.migrations_auto.portable import ORDER
from collections_app.schema.definition import RULE_NAMES

_RULES = {key: key.removesuffix("Rule") + " rule" for key in RULE_NAMES}
_MAX_SLUG = 60


def describe(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Return one sentence; ``before`` is ``None`` for a creation, ``after`` for a deletion."""
    if before is None and after is not None:
        return f'create the {after["type"]} collection "{name}"{_with_fields(after)}'
    if after is None or before is None:
        return f'delete the collection "{name}" with all its records'
    return f"{name}: {'; '.join(steps(before, after)) or 'no change'}"


def steps(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return each part of an update in a few words."""
    out = []
    if "name" in after:
        out.append(f'rename to "{after["name"]}"')
    removed, added, kept = _fields(before, after)
    out += [f'remove field "{item["name"]}" with its values' for item in removed]
    out += [f'add field "{item["name"]}" ({item["type"]})' for item in added]
    for was, now in kept:
        if was["name"] != now["name"]:
            out.append(f'rename field "{was["name"]}" to "{now["name"]}"')
        options = [key for key in sorted({*was, *now} - {"name"}) if was.get(key) != now.get(key)]
        if options:
            out.append(f'change {", ".join(options)} of field "{now["name"]}"')
    if ORDER in after and not (removed or added or kept):
        out.append("change the order of fields")
    out += [
        f"{_RULES[key]}: {_rule(before.get(key))} -> {_rule(after[key])}"
        for key in RULE_NAMES
        if key in after
    ]
    if "indexes" in before or "indexes" in after:
        gone, come = len(before.get("indexes", ())), len(after.get("indexes", ()))
        out.append(f"indexes: {gone} removed, {come} added")
    if "viewQuery" in after:
        out.append("change the query")
    known = {"name", "type", "system", "fields", "indexes", "viewQuery", ORDER, *RULE_NAMES}
    options = sorted((before.keys() | after.keys()) - known)
    if options:
        out.append(f"change {', '.join(options)}")
    return out


def slug(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Return a part of a file name: ``orders_add_total``."""
    return f"{name}_{_act(before, after)}"[:_MAX_SLUG].rstrip("_")


def _act(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None:
        return "create"
    if after is None:
        return "delete"
    if "name" in after:
        return f"rename_to_{after['name']}"
    removed, added, kept = _fields(before, after)
    acts = [f"add_{item['name']}" for item in added]
    acts += [f"remove_{item['name']}" for item in removed]
    for was, now in kept:
        renamed = was["name"] != now["name"]
        acts.append(
            f"rename_{was['name']}_to_{now['name']}" if renamed else f"change_{now['name']}"
        )
    if acts:
        return acts[0] if len(acts) == 1 else f"{acts[0]}_and_{len(acts) - 1}_more"
    keys = {*before, *after}
    if keys <= set(RULE_NAMES):
        return "rules"
    if keys <= {"indexes", ORDER}:
        return "indexes" if "indexes" in keys else "order_of_fields"
    return "query" if "viewQuery" in keys else "options"


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[list[Any], list[Any], list[tuple[Any, Any]]]:
    """Return fields that go, come, and stay but change."""
    was = {item["id"]: item for item in before.get("fields", ())}
    now = {item["id"]: item for item in after.get("fields", ())}
    removed = [item for key, item in was.items() if key not in now]
    added = [item for key, item in now.items() if key not in was]
    return removed, added, [(was[key], now[key]) for key in now if key in was]


def _with_fields(after: Mapping[str, Any]) -> str:
    names = [item["name"] for item in after.get("fields", ())]
    return f" with {', '.join(names)}" if names else ""


def _rule(rule: object) -> str:
    if rule is None:
        return "superusers only"
    return "everyone" if rule == "" else re.sub(r"\s+", " ", str(rule))
