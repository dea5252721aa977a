"""The syntax tree of a rule or filter. Values only; knows no collection and no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier as written: ``author.name:lower``, ``@request.auth.id``, ``true``."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text. ``ordinal`` is its place among all literals of the source."""

    value: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number, always a float. ``ordinal`` as for ``Text``."""

    value: float
    ordinal: int


@dataclass(frozen=True, slots=True)
class Call:
    """``strftime('%Y', created)``."""

    name: str
    args: tuple[Operand, ...]


Operand: TypeAlias = Name | Text | Number | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right``; ``any_row`` where the operator was written with ``?``."""

    left: Operand
    op: str
    any_row: bool
    right: Operand


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more items, each with the operator before it; ``&&`` binds tighter than ``||``.

    The operator of the first item means nothing. ``depth`` counts the groups inside, this one
    included.
    """

    items: tuple[tuple[str, Node], ...]
    depth: int


Node: TypeAlias = Compare | Group
