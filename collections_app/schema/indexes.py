"""``CREATE INDEX`` statements: text -> ``Index`` -> canonical text. Knows no database.

Source: PocketBase tools/dbutils/index.go (what is accepted, and the form that is created).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

_STATEMENT = re.compile(
    r"create\s+(unique\s+)?\s*index\s*(if\s+not\s+exists\s+)?(\S*)\s+on\s+(\S*)\s*"
    r"\((.*?)\)(?:\s+where\s+(.+?))?\s*\Z",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_COLUMN = re.compile(
    r"(.+?)(?:\s+collate\s+(\w+))?(?:\s+(asc|desc))?\Z", re.IGNORECASE | re.ASCII | re.DOTALL
)
_MARKS = "`\"'[]\r\n\t\f\v "
_QUOTES = "`\"'"


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """A column or expression, with collation and sort order as written."""

    name: str
    collate: str = ""
    sort: str = ""

    def __str__(self) -> str:
        name = self.name if "(" in self.name or " " in self.name else f"`{self.name}`"
        collate = f" COLLATE {self.collate}" if self.collate else ""
        sort = f" {self.sort.upper()}" if self.sort else ""
        return f"{name}{collate}{sort}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One parsed statement. ``str()`` is its canonical form."""

    name: str
    table: str
    columns: tuple[IndexColumn, ...]
    where: str = ""
    unique: bool = False
    optional: bool = False
    schema: str = ""

    def __str__(self) -> str:
        unique = "UNIQUE " if self.unique else ""
        optional = "IF NOT EXISTS " if self.optional else ""
        schema = f"`{self.schema}`." if self.schema else ""
        columns = ",\n  ".join(str(column) for column in self.columns)
        if len(self.columns) > 1:
            columns = f"\n  {columns}\n"
        where = f" WHERE {self.where}" if self.where else ""
        return (
            f"CREATE {unique}INDEX {optional}{schema}`{self.name}` "
            f"ON `{self.table}` ({columns}){where}"
        )

    def on(self, table: str) -> Self:
        """Return the same index on another table."""
        return replace(self, table=table)

    def bare(self) -> Self:
        """Return what a unique index constrains: no name, no condition, no order, no collation."""
        columns = tuple(IndexColumn(column.name) for column in self.columns)
        return replace(self, name="", schema="", where="", columns=columns, optional=False)

    def is_unique_on(self, column: str) -> bool:
        """Return whether this is a unique index of ``column`` alone."""
        return (
            self.unique
            and len(self.columns) == 1
            and self.columns[0].name.lower() == column.lower()
        )


def parse(text: str) -> Index | None:
    """Return the index that ``text`` creates, ``None`` if it is not understood.

    Text before ``CREATE`` is ignored; the table may be missing, as it is replaced anyway.
    """
    found = _STATEMENT.search(text)
    if found is None:
        return None
    unique, optional, name, table, columns, where = found.groups()
    names = [part.strip(_MARKS) for part in name.split(".")]
    parsed = Index(
        name=names[-1],
        table=table.strip(_MARKS),
        columns=tuple(_columns(columns)),
        where=(where or "").strip(),
        unique=bool(unique),
        optional=bool(optional),
        schema=names[0] if len(names) == 2 else "",
    )
    return parsed if parsed.name and parsed.columns and len(names) <= 2 else None


def rewritten(text: str, table: str) -> str:
    """Return ``text`` if it already names ``table``, else its canonical form on ``table``."""
    parsed = parse(text)
    return text if parsed is None or parsed.table == table else str(parsed.on(table))


def unique_on(statements: Iterable[str], column: str) -> Index | None:
    """Return the first unique index of ``column`` alone."""
    for text in statements:
        parsed = parse(text)
        if parsed is not None and parsed.is_unique_on(column):
            return parsed
    return None


def with_unique(
    statements: tuple[str, ...], name: str, table: str, column: str, where: str = ""
) -> tuple[str, ...]:
    """Return ``statements`` with a unique index of ``column`` added if there is none.

    ``name`` is cut to 64 characters. For collection types that need one.
    """
    if unique_on(statements, column) is not None:
        return statements
    made = Index(
        name=name[:64], table=table, columns=(IndexColumn(column),), where=where, unique=True
    )
    return (*statements, str(made))


def _columns(text: str) -> list[IndexColumn]:
    out = []
    for part in _split(text):
        found = _COLUMN.match(part)
        name = found[1].strip(_MARKS) if found else ""
        if found and name:
            out.append(IndexColumn(name, found[2] or "", found[3] or ""))
    return out


def _split(text: str) -> list[str]:
    """Split at commas outside quotes and parentheses; nothing if one of these is left open."""
    parts, quote, depth = [""], "", 0
    for char in text:
        if char == "," and not quote and not depth:
            parts.append("")
            continue
        parts[-1] += char
        if quote:
            quote = "" if char == quote else quote
        elif char in _QUOTES:
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
    return [] if quote or depth else [part.strip() for part in parts]
