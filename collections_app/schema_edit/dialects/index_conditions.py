"""Conditions and expressions of an index that mix types -> those that PostgreSQL takes.

SQLite compares such values too: a number with a column of texts as a text, and a text that is no
number is greater than whatever a column of numbers or flags holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from collections_app.schema_edit.dialects.sqlite_tokens import tokens

#: a comparison seen from its other side
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
#: whether a value meets the condition with anything greater
_SMALLER_MEETS = {
    **dict.fromkeys(("<", "<=", "!=", "<>"), True),
    **dict.fromkeys(("=", "==", ">", ">="), False),
}
_OF_TEXT = frozenset(("lower", "upper", "trim", "ltrim", "rtrim", "length", "substr", "replace"))
#: what is a text of a column that holds none, by its type
_TEXT_OF = {
    "jsonb": "holdall_json_text({})",
    "double precision": "holdall_number_text({})",
    "boolean": "CASE WHEN {} THEN '1' ELSE '0' END",
}


def comparable(condition: str, kinds: Mapping[str, str]) -> str:
    """Return the condition; ``kinds`` are PostgreSQL's types of the columns, by lower-case name."""
    found = tokens(condition)
    out = [token.text for token in found]
    places = [at for at, token in enumerate(found) if token.kind != "blank"]
    for left, middle, right in zip(places, places[1:], places[2:], strict=False):
        of_column, of_value, op = left, right, found[middle].text
        if found[left].kind in ("number", "text"):
            of_column, of_value, op = right, left, _MIRRORED.get(op, op)
        column, value = found[of_column], found[of_value]
        kind = kinds.get((column.name or column.text).lower())
        if kind is None or op not in _SMALLER_MEETS:
            continue
        if kind == "jsonb" and value.kind == "number":
            out[left : right + 1] = [""] * (right + 1 - left)
            out[left] = _of_json(column.text, op, value.text)
        elif kind.startswith("text"):
            if value.kind == "number":
                out[of_value] = f"'{value.text}'"
        elif value.kind == "text" and not _is_readable(value.text[1:-1], kind):
            out[left : right + 1] = [""] * (right + 1 - left)
            out[left] = f"{column.text} IS NOT NULL" if _SMALLER_MEETS[op] else "FALSE"
    return "".join(out)


def with_texts(expression: str, kinds: Mapping[str, str]) -> str:
    """Return an expression in which functions of texts are given the text of what is none."""
    found = tokens(expression)
    out = [token.text for token in found]
    for at, token in enumerate(found[2:], 2):
        is_argument = found[at - 1].text == "(" and found[at - 2].lower in _OF_TEXT
        kind = kinds.get((token.name or token.text).lower(), "")
        if is_argument and kind in _TEXT_OF:
            out[at] = _TEXT_OF[kind].format(token.text)
    return "".join(out)


def _of_json(column: str, op: str, number: str) -> str:
    """Return the comparison of JSON with a number: what is none is a text, and greater."""
    other = f"{column} IS NOT NULL" if op in ("!=", "<>", ">", ">=") else "FALSE"
    compared = f"holdall_number({column}) {op} {number}"
    return f"CASE WHEN jsonb_typeof({column}) = 'number' THEN {compared} ELSE {other} END"


def _is_readable(text: str, kind: str) -> bool:
    """Return whether PostgreSQL reads a text as one of its type."""
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return kind == "jsonb" or isinstance(value, (int, float))
