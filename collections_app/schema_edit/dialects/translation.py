"""SQL that was written for SQLite (views, indexes) -> the same for PostgreSQL. Knows no database.

It goes word by word and leaves structure alone: names keep their case and are quoted as PostgreSQL
does, types get PostgreSQL's names. The functions that SQLite has and PostgreSQL lacks are made in
the database (``query/dialects/postgresql_words.sql``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from core_app.dialects.postgresql import identifier

_WORD = re.compile(
    r"""
      (?P<text>'(?:[^']|'')*')
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<exact>U&"[^"]*"|\bcollate\s+"[^"]*")
    | "(?P<quoted>(?:[^"]|"")*)"
    | `(?P<marked>(?:[^`]|``)*)`
    | \[(?P<boxed>[A-Za-z_][^\]']*)\]
    | (?P<nulls>nulls\s+(?:first|last)\b)
    | (?P<number>\d[\w.]*)
    | (?P<word>[A-Za-z_][\w$]*)(?P<call>\s*\()?
    | (?P<equals>==)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: words that are never names, unless they are quoted
KEYWORDS = words("""
    all and any array as asc between by case cast collate cross current_date current_time
    current_timestamp desc distinct else end escape except exists false filter following from full
    glob group having ilike in inner intersect interval is isnull join lateral left like limit
    materialized natural not notnull null nulls offset on or order outer over partition preceding
    recursive right rows select similar some then to true unbounded union using values when where
    window with
    bigint blob boolean decimal double float int integer precision real smallint varchar char
""")
#: words that SQLite lets be names and PostgreSQL does not, unless they are quoted
_RESERVED = words("""
    analyse analyze asymmetric authorization binary both check column concurrently constraint create
    current_catalog current_role current_schema current_user default deferrable do except fetch
    for foreign freeze grant initially into leading localtime localtimestamp only placing primary
    references returning session_user symmetric table tablesample trailing unique user variadic
    verbose
""")
_TYPES = {"real": "double precision", "blob": "bytea", "int": "bigint", "integer": "bigint"}
#: types that may be names too
_PLAIN_TYPES = words("""
    text numeric bool json jsonb date time timestamp timestamptz uuid bytea
""")


class Names:
    """The names that a text may mean: of tables and columns, whatever case it writes them in.

    ``unknown_are_text``: what stands in double quotes and is none of them is a text.
    """

    def __init__(self, known: Iterable[str] = (), *, unknown_are_text: bool = False) -> None:
        self.exact = frozenset(known)
        self.known = {name.lower(): name for name in sorted(self.exact, reverse=True)}
        self.unknown_are_text = unknown_are_text


def translated(text: str, names: Names | None = None) -> str:
    """Return ``text`` as PostgreSQL takes it."""
    names = names or Names()
    #: names that the text itself makes, as it wrote them first
    own: dict[str, str] = {}

    def meant(name: str) -> str:
        if name in names.exact:
            return name
        return names.known.get(name.lower()) or own.setdefault(name.lower(), name)

    def replaced(found: re.Match[str]) -> str:
        if found["word"] is not None:
            return _word(found["word"], found["call"] or "", meant)
        if found["equals"] is not None:
            return "="
        for kind, mark in (("quoted", '"'), ("marked", "`"), ("boxed", "]")):
            name = found[kind]
            if name is not None:
                name = name.replace(mark * 2, mark)
                if names.unknown_are_text and kind == "quoted" and name.lower() not in names.known:
                    return "'" + name.replace("'", "''") + "'"
                return _quoted(meant(name))
        return found[0]

    return _WORD.sub(replaced, text)


def _word(word: str, call: str, meant: Callable[[str], str]) -> str:
    lower = word.lower()
    if call:
        return word + call
    if lower in KEYWORDS:
        return _TYPES.get(lower, word)
    if lower in _PLAIN_TYPES and word.isupper():
        return lower
    name = meant(word)
    is_plain = name == lower and lower not in _RESERVED and identifier(name) == name
    return word if is_plain else _quoted(name)


def _quoted(name: str) -> str:
    return '"' + identifier(name).replace('"', '""') + '"'
