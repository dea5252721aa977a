"""A view's SELECT -> the columns it names and the tables they come from. Knows no database.

This is no SQL parser: it reads just enough of the outermost SELECT to tell which column of the
view is which column of a table, and leaves all judging to the database.
Source: PocketBase core/view.go.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_QUOTES = "`\"'"
NAME_MARKS = '`"[];'
_SPACE = " \t\n\r"
_JOIN_WORDS = frozenset(("join", "inner", "left", "right", "full", "outer", "cross"))
_TAIL_WORDS = frozenset(("where", "group", "having", "order", "limit", "with"))
_COMMENT = re.compile(r"""('[^']*'|"[^"]*"|`[^`]*`)|/\*.*?\*/|--[^\n]+""", re.DOTALL)

#: how the columns begin that are numbers for sure
COUNT, TOTAL = "count(", "total("

WILDCARD = (
    "wildcard columns (*) are not supported - manually type the collection field names"
    " you want the view query to have"
)


class InvalidQuery(Exception):
    """The query cannot be a view; the text says why, in the reference's words."""


@dataclass(frozen=True, slots=True)
class Named:
    """``source AS alias``: a column or a table, quotes removed."""

    source: str
    alias: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What the outermost SELECT names, in order; the first table is the main one."""

    columns: tuple[Named, ...]
    tables: tuple[Named, ...]


def trimmed(text: str) -> str:
    """Return the query without outer space and semicolons. Raise ``InvalidQuery`` for several."""
    text = text.strip().strip(";")
    try:
        statements = _split(text, ";")
    except InvalidQuery:  # what is unbalanced is told by whoever reads the columns
        return text
    if len(statements) > 1:
        raise InvalidQuery("multiple statements are not supported")
    return text


def counts(text: str) -> frozenset[str]:
    """Return the names of the columns that count rows or add them up; none if it cannot be read."""
    try:
        columns = parse(text).columns
    except InvalidQuery:
        return frozenset()
    return frozenset(
        column.alias for column in columns if column.source.lower().startswith((COUNT, TOTAL))
    )


def parse(text: str) -> Parts:
    """Return what the query names. Raise ``InvalidQuery``."""
    columns: list[list[str]] = []
    tables: list[list[str]] = []
    into: list[list[str]] | None = None
    skipping = joined = False
    without_comments = _COMMENT.sub(lambda found: found[1] or "", text.strip().strip(";"))
    for word in _split(without_comments, _SPACE + ",", keep=","):
        lower = word.lower()
        if lower in ("select", "from"):
            into = columns if lower == "select" else tables
            if not into:
                into.append([])
            skipping = joined = False
        elif lower in _JOIN_WORDS and into is tables:
            into.append([])
            skipping, joined = False, True
        elif (lower in _TAIL_WORDS and into is not None) or (lower == "on" and joined):
            skipping = True
        elif into is not None and not skipping and lower != "distinct":
            if word == ",":
                into.append([])
            else:
                into[-1].append(word)
    parts = Parts(
        tuple(_named(item) for item in columns if item),
        tuple(_named(item) for item in tables if item),
    )
    if any(item.source == "*" or item.source.endswith(".*") for item in parts.columns):
        raise InvalidQuery(WILDCARD)
    return parts


def _named(words: list[str]) -> Named:
    match words:
        case [source]:
            alias = source.rpartition(".")[2]
        case [source, alias]:
            pass
        case [source, middle, alias]:
            if middle.lower() != "as":
                raise InvalidQuery(f'invalid identifier part - expected "as", got {middle}')
        case _:
            raise InvalidQuery(f"invalid identifier parts [{' '.join(words)}]")
    return Named(source.strip(NAME_MARKS), alias.strip(NAME_MARKS + "'"))


def _split(text: str, separators: str, keep: str = "") -> list[str]:
    """Return the non-empty pieces of ``text`` between separators outside quotes and parentheses."""
    pieces, piece, quote, depth = [], "", "", 0
    for char in text:
        if char in separators and not quote and not depth:
            pieces += [piece.strip(), char if char in keep else ""]
            piece = ""
            continue
        piece += char
        if quote:
            quote = "" if char == quote else quote
        elif char in _QUOTES:
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
    if quote or depth:
        shown = json.dumps(piece, ensure_ascii=False)
        raise InvalidQuery(f"unbalanced parenthesis or quoted expression: {shown}")
    return [item for item in (*pieces, piece.strip()) if item]
