"""``name:modifier``, the suffix of the last part of a path."""

from __future__ import annotations

from collections_app.query.errors import FilterError, quoted

EACH = "each"
IS_SET = "isset"
LENGTH = "length"
LOWER = "lower"
CHANGED = "changed"

_KNOWN = frozenset((EACH, IS_SET, LENGTH, LOWER, CHANGED))


def split(part: str) -> tuple[str, str]:
    """Return name and modifier (``""`` if there is none). Raise ``FilterError`` if unknown.

    A part with two colons has no modifier; it is a name that no field can have.
    """
    name, colon, modifier = part.partition(":")
    if not colon or ":" in modifier:
        return part, ""
    if modifier not in _KNOWN:
        raise FilterError(f"unknown modifier in {quoted(part)}")
    return name, modifier
