"""SQL as SQLite reads it -> its tokens, and which brackets belong together. Knows no database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["blank", "text", "name", "number", "word", "mark"]

_TOKEN = re.compile(
    r"""
      (?P<blank>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<text>'(?:[^']|'')*')
    | "(?P<quoted>(?:[^"]|"")*)"
    | `(?P<marked>(?:[^`]|``)*)`
    | \[(?P<boxed>[A-Za-z_][^\]']*)\]
    | (?P<number>\d[\w.]*|\.\d+(?:[eE][-+]?\d+)?)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<mark>->>|->|\|\||==|!=|<>|<=|>=|<<|>>|::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: words that a query begins with
SELECTS = frozenset(("select", "with", "values"))
_QUOTES = (("quoted", '"'), ("marked", "`"), ("boxed", "]"))


class Token(NamedTuple):
    """``name`` is what stands in quotes, ``lower`` a word in lower case; else they are empty."""

    kind: Kind
    text: str
    at: int
    name: str = ""
    lower: str = ""


def tokens(text: str) -> list[Token]:
    return list(_read(text))


def is_name(text: str) -> bool:
    """Return whether there is nothing but a name in it."""
    found = [token for token in tokens(text) if token.kind != "blank"]
    return len(found) == 1 and found[0].kind in ("word", "name")


def partners(found: list[Token]) -> dict[int, int]:
    """Return where each bracket is closed, and where each was opened that closes one."""
    opened: list[int] = []
    by_place: dict[int, int] = {}
    for at, token in enumerate(found):
        if token.text == "(" and token.kind == "mark":
            opened.append(at)
        elif token.text == ")" and token.kind == "mark" and opened:
            start = opened.pop()
            by_place[start], by_place[at] = at, start
    return by_place


def _read(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        for kind, mark in _QUOTES:
            name = found[kind]
            if name is not None:
                yield Token("name", found[0], found.start(), name=name.replace(mark * 2, mark))
                break
        else:
            word = found["word"]
            if word is not None:
                yield Token("word", word, found.start(), lower=word.lower())
            else:
                yield Token(found.lastgroup, found[0], found.start())  # type: ignore[arg-type]
