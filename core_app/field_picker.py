"""``?fields=``: the parts of a JSON-ready answer that the client wants.

Knows dicts, lists, scalars and ``orjson.Fragment``; no collection and no request. Data is never
changed in place. Source: PocketBase tools/picker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from core_app import numbers
from core_app.errors import BadRequest
from core_app.html_text import excerpt

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``:excerpt(max, withEllipsis)``: the beginning of an HTML text, as plain text."""

    length: int
    with_ellipsis: bool = False

    def apply(self, value: Any) -> Any:
        """Return the excerpt of a string; anything else as it is."""
        value = _decoded(value)
        if not isinstance(value, str):
            return value
        return excerpt(value, self.length, with_ellipsis=self.with_ellipsis)


@dataclass(slots=True)
class _Level:
    """The names wanted at one level. ``whole`` maps names (or ``*``) to their modifier."""

    whole: dict[str, Excerpt | None] = field(default_factory=dict)
    deeper: dict[str, _Level] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        return not self.deeper and "*" not in self.whole and not any(self.whole.values())


def pick(data: Any, fields: str) -> Any:
    """Return what ``fields`` names of ``data``: of a dict, or of each dict in a list.

    Blank ``fields`` means everything. Raise ``BadRequest`` for a modifier that cannot be read.
    """
    level = _parsed(fields) if fields else None
    return data if level is None else _picked(data, level)


def _picked(data: Any, level: _Level) -> Any:
    if isinstance(data, orjson.Fragment):
        data = _decoded(data)
    if isinstance(data, dict):
        return _picked_dict(data, level)
    if isinstance(data, list) and data and isinstance(data[0], dict):
        if level.is_plain:
            names = level.whole
            return [{key: item[key] for key in item if key in names} for item in data]
        return [_picked(item, level) for item in data]
    return data


def _picked_dict(data: dict[str, Any], level: _Level) -> dict[str, Any]:
    whole, deeper = level.whole, level.deeper
    all_others, modifier_of_others = "*" in whole, whole.get("*")
    out: dict[str, Any] = {}
    for key, value in data.items():
        if key in whole:
            modifier = whole[key]
        elif key in deeper:
            out[key] = _picked(value, deeper[key])
            continue
        elif all_others:
            modifier = modifier_of_others
        else:
            continue
        out[key] = modifier.apply(value) if modifier else value
    return out


def _decoded(value: Any) -> Any:
    """Return embedded JSON as values ready to be encoded again."""
    if not isinstance(value, orjson.Fragment):
        return value
    return numbers.plain(orjson.loads(orjson.dumps(value)))


@lru_cache(maxsize=1024)
def _parsed(fields: str) -> _Level | None:
    """Return the names by level, ``None`` if nothing but blanks and commas was given."""
    top = _Level()
    for item in _items(fields):
        path, colon, modifier = item.partition(":")
        *parents, last = path.split(".")
        level = top
        for name in parents:
            level = level.deeper.setdefault(name, _Level())
        level.whole[last] = _modifier(modifier) if colon else None
    return top if top.whole or top.deeper else None


def _items(fields: str) -> list[str]:
    """Return the trimmed, non-empty parts between the commas that stand outside parentheses."""
    parts, start, depth = [], 0, 0
    for at, char in enumerate(fields):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(fields[start:at])
            start = at + 1
        if depth < 0:
            break
    if depth != 0:
        raise BadRequest(reason=f"fields: unbalanced parentheses in {fields!r}")
    parts.append(fields[start:])
    return [part.strip() for part in parts if part.strip()]


def _modifier(text: str) -> Excerpt:
    name, *arguments = [part for part in re.split(r"[(), ]+", text) if part] or [""]
    if name != "excerpt" or not 1 <= len(arguments) <= 2:
        raise BadRequest(reason=f"fields: unknown or incomplete modifier {text!r}")
    length = re.fullmatch(r"\+?(\d{1,9})(\.\d*)?", arguments[0])
    if length is None or int(length[1]) == 0:
        raise BadRequest(reason=f"fields: {text!r} needs a length above 0")
    return Excerpt(int(length[1]), len(arguments) == 2 and arguments[1] in _TRUE)
