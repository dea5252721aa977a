"""Anything a client may send -> text, number, bool or list of texts. Nothing here ever fails.

Source: PocketBase tools/list, and the cast rules of PocketBase's field setters.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import orjson

from core_app import dates, numbers

_TRUE_WORDS = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_CONTAINERS = frozenset({list, tuple, dict})
_LIST_BEGINS = re.compile(r"[ \t\r\n]*\[")
_STRING = re.compile(r'[ \t\r\n]*("(?:[^"\\]|\\.)*+")')
_COMMA = re.compile(r"[ \t\r\n]*,")
_QUOTED = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


def to_text(raw: Any) -> str:
    """Return a string as it is, numbers as plain decimals, true/false; ``""`` for the rest."""
    kind = type(raw)
    if kind is str:
        return raw  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if raw else "false"
    if kind is int or kind is float:
        return numbers.to_text(raw)
    if isinstance(raw, str):
        return str(raw)
    if isinstance(raw, datetime):
        return dates.to_wire(raw)
    return ""


def to_number(raw: Any) -> int | float:
    """Return a number, or what a text says as one; 0 for the rest."""
    kind = type(raw)
    if kind is int:
        return raw if -numbers.SAFE <= raw <= numbers.SAFE else numbers.canonical(float(raw))
    if kind is float:
        return numbers.canonical(raw)
    if kind is bool:
        return 1 if raw else 0
    if isinstance(raw, str):
        value = numbers.parse(raw)
        return 0 if value is None else numbers.canonical(value)
    return 0


def to_bool(raw: Any) -> bool:
    """Return true for true, for numbers but 0 and for ``1 t T true TRUE True``."""
    kind = type(raw)
    if kind is bool:
        return raw  # type: ignore[no-any-return]
    if kind is str:
        return raw in _TRUE_WORDS
    return (kind is int or kind is float) and raw != 0


def to_list(raw: Any) -> list[str]:
    """Return texts without blanks and duplicates, in order of first appearance.

    A string is one item, unless it is the JSON of a list of strings. A list with a list or an
    object inside is none.
    """
    kind = type(raw)
    if kind is str:
        if not raw:
            return []
        return _items_of_text(raw) if "[" in raw else [raw]
    if kind is list or kind is tuple:
        if any(type(item) in _CONTAINERS for item in raw):
            return []
        items = dict.fromkeys(item if type(item) is str else to_text(item) for item in raw)
        items.pop("", None)
        return list(items)
    text = to_text(raw)
    return [text] if text else []


def quote(text: str) -> str:
    """Return ``text`` in double quotes as Go's ``strconv.Quote`` writes it."""
    return '"' + "".join(_quoted_char(char) for char in text) + '"'


def _items_of_text(text: str) -> list[str]:
    """Return the items of a JSON list of strings.

    Anything else is one item, behind the strings that could be read before it went wrong.
    """
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError:
        items = None
    if type(items) is list and all(item is None or type(item) is str for item in items):
        return to_list(items)
    return to_list((*_leading_strings(text), text))


def _leading_strings(text: str) -> list[str]:
    found = []
    at = _LIST_BEGINS.match(text)
    while at and (string := _STRING.match(text, at.end())):
        try:
            found.append(orjson.loads(string[1]))
        except orjson.JSONDecodeError:
            break
        at = _COMMA.match(text, string.end())
    return found


def _quoted_char(char: str) -> str:
    if char in _QUOTED:
        return _QUOTED[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
