"""What the editor of collections offers: field types and their options, in words.

Which options a type has, of what JSON type and with what default, its own class says; here is what
they are called and what they do. Options that are not named here (a plugin's) go by their names.
"""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any

from collections_app.fields import base

ICONS = {
    "text": "title",
    "editor": "article",
    "number": "tag",
    "bool": "toggle_on",
    "email": "mail",
    "url": "link",
    "date": "calendar_month",
    "autodate": "update",
    "select": "list",
    "file": "attach_file",
    "relation": "account_tree",
    "json": "data_object",
    "geoPoint": "location_on",
    "password": "key",
}
SAYS = {
    "text": "Plain text",
    "editor": "Text with HTML",
    "number": "A number, whole or not",
    "bool": "True or false",
    "email": "One e-mail address",
    "url": "One web address",
    "date": "A moment, in UTC",
    "autodate": "A moment that the server sets",
    "select": "One or some of given values",
    "file": "One or several files",
    "relation": "Other records",
    "json": "Any JSON",
    "geoPoint": "Longitude and latitude",
    "password": "A password, never shown",
}
#: shown beside every field's name, not among its options
_APART = frozenset({"id", "name", "system", "primaryKey"})
_KINDS = {
    "bool": "flag",
    "int": "whole",
    "float | None": "number",
    "str": "text",
    "tuple[str, ...]": "lines",
}
_WORDS: dict[str, tuple[str, str]] = {
    "required": ("Required", "Cannot be left empty."),
    "hidden": ("Hidden", "Only superusers see it; filters of others cannot use it."),
    "presentable": ("Names the record", "Shown where the dashboard names a record."),
    "help": ("Help", "Shown below the control in forms."),
    "min": ("Least", "Empty for no limit."),
    "max": ("Most", "Empty for no limit of its own."),
    "pattern": ("Pattern", "A regular expression that values must match."),
    "autogeneratePattern": (
        "Generated from",
        "A pattern such as [a-z0-9]{15}: what is empty on creation is made by it.",
    ),
    "onlyInt": ("Whole numbers only", ""),
    "onlyDomains": ("Only these domains", "One on each line."),
    "exceptDomains": ("Not these domains", "One on each line."),
    "onCreate": ("Set on creation", ""),
    "onUpdate": ("Set on each change", ""),
    "values": ("Values", "One on each line."),
    "maxSelect": ("At most", "With more than 1 the value is a list."),
    "minSelect": ("At least", "0 for no minimum."),
    "collectionId": ("Collection", "Whose records are named. It cannot be changed later."),
    "cascadeDelete": ("Delete along", "When the last record it names is deleted, so is this one."),
    "maxSize": ("Largest size", "In bytes; 0 for the default."),
    "mimeTypes": ("Types", "One on each line, such as image/png; none for any."),
    "thumbs": ("Thumb sizes", "One on each line: 100x100, 0x300, 200x200f, 200x200t."),
    "protected": ("Protected", "Fetching a file asks the view rule and needs a file token."),
    "convertURLs": (
        "Without this server's name",
        "The editor keeps addresses on this server as /path, so that they work elsewhere too.",
    ),
    "cost": ("Cost", "Of bcrypt: one more doubles the work. 0 for 10."),
}
_LENGTHS = {
    "min": ("Least length", "In characters; 0 for none."),
    "max": ("Greatest length", "In characters; 0 for the default."),
}
_MOMENTS = {"min": ("From", "As 2026-01-31 12:00:00Z."), "max": ("Until", "As above.")}
_OWN_WORDS = {"text": _LENGTHS, "password": _LENGTHS, "date": _MOMENTS}
#: booleans that every type has come last, above the help
_ORDER = ("required", "hidden", "presentable", "help")


def field_types() -> list[dict[str, Any]]:
    """Return ``{name, icon, says, options}`` of each type of field."""
    return [
        {
            "name": name,
            "icon": ICONS.get(name, "extension"),
            "says": SAYS.get(name, name),
            "options": _options(field_type),
        }
        for name, field_type in sorted(base.registered().items(), key=_place)
    ]


def _place(item: tuple[str, Any]) -> int:
    known = list(ICONS)
    return known.index(item[0]) if item[0] in known else len(known)


def _options(field_type: type[base.FieldType]) -> list[dict[str, Any]]:
    default = base.from_json({"type": field_type.type_name}).to_json()
    found = [
        _option(field_type.type_name, item.name, str(item.type), default[item.name])
        for item in fields_of(field_type.options_class)
        if item.name not in _APART and item.name in default
    ]
    return sorted(found, key=lambda option: _rank(option["name"]))


def _rank(name: str) -> int:
    """Return where an option stands: those of the type before those that every type has."""
    return _ORDER.index(name) + 1 if name in _ORDER else 0


def _option(type_name: str, name: str, annotation: str, default: Any) -> dict[str, Any]:
    label, says = _OWN_WORDS.get(type_name, {}).get(name) or _WORDS.get(name, (name, ""))
    kind = "collection" if name == "collectionId" else _KINDS.get(annotation, "json")
    return {"name": name, "kind": kind, "label": label, "help": says, "default": default}
