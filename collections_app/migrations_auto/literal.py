"""JSON -> Python source, laid out as a formatter would."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 100
_STEP = "    "


def literal(value: Any, indent: int, taken: int = 0) -> str:
    """Return the source of ``value``, in one line if it fits.

    ``indent`` is the depth of its line, ``taken`` how much else stands on that line.
    """
    line = _flat(value)
    if len(line) + taken + indent * len(_STEP) <= WIDTH:
        return line
    inner, outer = _STEP * (indent + 1), _STEP * indent
    if isinstance(value, dict) and value:
        items = [
            f"{inner}{_flat(key)}: {literal(item, indent + 1, len(_flat(key)) + 3)},\n"
            for key, item in value.items()
        ]
        return "{\n" + "".join(items) + outer + "}"
    if isinstance(value, (list, tuple)) and value:
        items = [f"{inner}{literal(item, indent + 1, 1)},\n" for item in value]
        return "[\n" + "".join(items) + outer + "]"
    if isinstance(value, str) and "\n" in value[:-1]:
        parts = "".join(f"{inner}{_flat(part)}\n" for part in value.splitlines(keepends=True))
        return f"(\n{parts}{outer})"
    return line


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flat(key)}: {_flat(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return repr(value)


def _text(value: str) -> str:
    """Return text in the quotes that need fewer backslashes, in double quotes if both need none."""
    source = json.dumps(value, ensure_ascii=False)
    if value.count('"') <= value.count("'"):
        return source
    inner = source[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"
