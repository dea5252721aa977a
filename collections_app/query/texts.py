"""Values as the text they are compared as, and LIKE patterns out of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collections_app.query.errors import FilterError
from collections_app.query.plan import Slot
from collections_app.query.sql import Sql
from core_app import numbers

#: SQLite refuses longer ones
MAX_PATTERN_BYTES = 50_000


def plain_text(value: Any) -> str:
    """Return a scalar as text (numbers without exponent, ``true``); ``""`` for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return numbers.to_text(value)
    return ""


def like_pattern(value: Any) -> str:
    r"""Return the LIKE pattern (escape ``\``) that ``~ value`` stands for.

    A text with an unescaped ``%`` is a pattern already; any other is looked for as it is written.
    Raise ``FilterError`` if it is too long for one.
    """
    text = plain_text(value)
    if "%" not in text or not _has_open_wildcard(text):
        text = f"%{_escaped(text)}%"
    if len(text) * 4 > MAX_PATTERN_BYTES and len(text.encode()) > MAX_PATTERN_BYTES:
        raise FilterError("LIKE pattern too long")
    return text


def as_pattern(sql: Sql, change: Callable[[Any], str] = like_pattern) -> Sql:
    """Return ``sql`` with patterns in place of the values that a filter wrote."""
    slots: tuple[Slot, ...] = sql.params
    return Sql(
        sql.text,
        tuple(slot._replace(change=change) if slot.is_value else slot for slot in slots),
    )


def _has_open_wildcard(text: str) -> bool:
    previous = ""
    for char in text:
        if char == "%" and previous != "\\":
            return True
        previous = "" if char == previous == "\\" else char
    return False


def _escaped(text: str) -> str:
    r"""Put ``\`` before each ``\``, ``%`` and ``_`` that has none.

    Read from the end, as PocketBase does: a backslash that escapes is not escaped itself.
    """
    out: list[str] = []
    pending = False
    for char in reversed(text):
        if pending:
            if char != "\\":
                out.append("\\")
            pending = False
        elif char in "\\%_":
            pending = True
        out.append(char)
    if pending:
        out.append("\\")
    return "".join(reversed(out))
