"""A collection as exported before PocketBase 0.23 -> the JSON of today. Knows no stored collection.

Then fields lay in ``schema``, each with its ``options``, and what is special to auth and view
collections in the collection's own ``options``. What every collection had without saying so
(``created``, ``updated``, the ``username`` of auth collections) becomes ordinary fields.
Source: PocketBase migrations/1717233556_v0.23_migrate.go (behaviour).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]

USERS = "_pb_users_auth_"
#: a relation without ``maxSelect`` had no bound
UNBOUNDED = 2**31 - 1

_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
_OLD_NAMES = re.compile(
    r"""(?P<kept> '[^'\\]*(?:\\.[^'\\]*)*' | "[^"\\]*(?:\\.[^"\\]*)*" | //[^\n]* )
      | @request\.(?P<old>data|user)\b""",
    re.VERBOSE | re.DOTALL,
)
_NEW_NAMES = {"data": "body", "user": "auth"}
_USERNAME: Json = {
    "name": "username",
    "type": "text",
    "required": True,
    "min": 3,
    "max": 150,
    "pattern": r"^[\w][\w\.\-]*$",
    "autogeneratePattern": "users[0-9]{6}",
}
_MOMENTS: tuple[Json, ...] = (
    {"name": "created", "type": "autodate", "onCreate": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
)


def is_old(collection: Mapping[str, Any]) -> bool:
    """Return whether this is an export of before 0.23."""
    if collection.get("fields"):
        return False
    options = collection.get("options")
    has_query = isinstance(options, Mapping) and "query" in options
    has_schema = "schema" in collection and isinstance(collection["schema"], list | None)
    return has_schema or has_query


def converted(collection: Mapping[str, Any]) -> Json:
    """Return ``collection`` in the format of today."""
    out = {key: item for key, item in collection.items() if key not in ("schema", "options")}
    for key in _RULES:
        if key in out:
            out[key] = rule(out[key])
    options = collection.get("options")
    options = options if isinstance(options, Mapping) else {}
    if collection.get("type") == "view":
        return {**out, "viewQuery": options.get("query") or ""}
    schema = [item for item in collection.get("schema") or () if isinstance(item, Mapping)]
    out["fields"] = [field(item) for item in schema]
    out["indexes"] = _indexes(collection, schema)
    if collection.get("type") == "auth":
        _add_auth(out, options)
    names = {item.get("name") for item in out["fields"]}
    out["fields"] += [dict(item) for item in _MOMENTS if item["name"] not in names]
    return out


def field(old: Mapping[str, Any]) -> Json:
    """Return a field of ``schema`` as a field of today; what no longer exists is left out."""
    options = old.get("options")
    options = dict(options) if isinstance(options, Mapping) else {}
    out = {key: value for key, value in old.items() if key not in ("options", "unique")}
    convert = _CONVERSIONS.get(str(old.get("type")), dict)
    return {**out, **{key: _whole(value) for key, value in convert(options).items()}}


def rule(text: Any) -> Any:
    """Return a rule with the names of today for what a request brings."""
    if not isinstance(text, str):
        return text
    return _OLD_NAMES.sub(
        lambda found: found["kept"] or f"@request.{_NEW_NAMES[found['old']]}", text
    )


def _number(options: Json) -> Json:
    return {**options, "onlyInt": bool(options.pop("noDecimal", False))}


def _editor(options: Json) -> Json:
    return {**options, "convertURLs": bool(options.pop("convertUrls", False))}


def _date(options: Json) -> Json:
    return {key: options.get(key) or "" for key in ("min", "max")}


def _file(options: Json) -> Json:
    most = options.pop("maxCount", None)
    return {**options, "maxSelect": options.get("maxSelect") or most or 1}


def _relation(options: Json) -> Json:
    options.pop("displayFields", None)
    return {**options, "maxSelect": options.get("maxSelect") or UNBOUNDED}


def _user(options: Json) -> Json:
    """Convert what was a relation to ``users`` by its type."""
    return {"type": "relation", "collectionId": USERS, **_relation(options)}


_CONVERSIONS: Mapping[str, Callable[[Json], Json]] = {
    "number": _number,
    "editor": _editor,
    "date": _date,
    "file": _file,
    "relation": _relation,
    "user": _user,
}


def _whole(value: Any) -> Any:
    """Return ``5`` for ``5.0``: sizes and counts are whole numbers today."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _indexes(collection: Mapping[str, Any], schema: list[Mapping[str, Any]]) -> list[Any]:
    """Return the indexes. Before there was a list of them, a field itself was ``unique``."""
    if "indexes" in collection:
        return list(collection["indexes"] or ())
    name = collection.get("name")
    return [
        f"CREATE UNIQUE INDEX `idx_unique_{name}_{item['name']}` ON `{name}` (`{item['name']}`)"
        for item in schema
        if item.get("unique") is True and item.get("name")
    ]


def _add_auth(out: Json, options: Mapping[str, Any]) -> None:
    """Add the options of an auth collection and the fields that they were about."""
    password = {"name": "password", "type": "password", "min": options.get("minPasswordLength")}
    email = {
        "name": "email",
        "type": "email",
        "required": bool(options.get("requireEmail")),
        "exceptDomains": options.get("exceptEmailDomains"),
        "onlyDomains": options.get("onlyEmailDomains"),
    }
    names = {item.get("name") for item in out["fields"]}
    username = [] if "username" in names else [dict(_USERNAME)]
    out["fields"] = [password, email, *username, *out["fields"]]
    if not any("username" in str(index) for index in out["indexes"]):
        # where it is empty it is nobody's: rows that had none get none
        out["indexes"].append(
            f"CREATE UNIQUE INDEX `idx_username_{out.get('id') or out.get('name')}` "
            f"ON `{out.get('name')}` (`username` COLLATE NOCASE) WHERE `username` != ''"
        )
    if "allowEmailAuth" in options or "allowUsernameAuth" in options:
        fields = {"allowEmailAuth": "email", "allowUsernameAuth": "username"}
        identity = [name for key, name in fields.items() if options.get(key)]
        out["passwordAuth"] = {"enabled": bool(identity), "identityFields": identity}
    if "onlyVerified" in options:
        out["authRule"] = "verified = true" if options["onlyVerified"] else ""
    if "manageRule" in options:
        out["manageRule"] = rule(options["manageRule"]) or None
