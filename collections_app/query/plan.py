"""What a rule or filter asks for, in terms of tables and columns but of no SQL dialect.

``resolve`` makes plans out of syntax trees; ``compile`` makes SQL out of plans. Everything here is
a frozen value: a path is the hops that lead to its rows and the leaf read there, and two paths
that begin with the same hops share the rows those hops join.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

# --- where a parameter's value comes from ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value known when compiling: a rule's literal, a JSON path."""

    value: Any


@dataclass(frozen=True, slots=True)
class Given:
    """The client's literal with this ordinal."""

    ordinal: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the request answered to the question with this index (``inputs``)."""

    index: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What a macro stands for when the statement runs."""

    macro: str


Source: TypeAlias = Fixed | Given | Asked | Moment


class Slot(NamedTuple):
    """One mark of a statement. ``change`` is applied to the value (LIKE patterns).

    ``is_value`` is false for what no filter wrote, such as JSON paths.
    """

    source: Source
    is_value: bool = True
    change: Callable[[Any], Any] | None = None


# --- hops: how one row leads to others ------------------------------------------------------------
# ``has_trash``: the table holds rows that are not there for anybody, those with a deletion mark.


@dataclass(frozen=True, slots=True)
class ToOne:
    """The row that a single relation names."""

    column: str
    table: str
    many: bool = False
    has_trash: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """One row for each item of a field; the leaf there is ``Item``."""

    column: str
    many: bool


@dataclass(frozen=True, slots=True)
class ItemTarget:
    """After ``Items``: the row that the item names."""

    table: str
    many: bool = False
    has_trash: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """The rows of ``table`` whose relation ``column`` names this row; ``in_list`` if multiple.

    ``label`` is how the text calls them: by the collection's id and by its name are two rows.
    """

    table: str
    column: str
    label: str
    in_list: bool
    many: bool
    has_trash: bool = False


@dataclass(frozen=True, slots=True)
class Everyone:
    """Every row of another collection, whatever the row at hand. ``label`` keeps two apart."""

    table: str
    label: str
    many: bool = True
    has_trash: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """The row of the signed-in record."""

    table: str
    id: Source
    many: bool = False
    has_trash: bool = False


@dataclass(frozen=True, slots=True)
class SubmittedItems:
    """One row for each item that a request's body has for a field.

    ``as_pattern``: right of ``~``, where the list itself is made a pattern and so is no list.
    """

    field: str
    items: Source
    many: bool
    as_pattern: bool = False


@dataclass(frozen=True, slots=True)
class SubmittedTargets:
    """The rows that a request's body names in a relation field."""

    field: str
    table: str
    ids: Source
    many: bool
    has_trash: bool = False


Hop: TypeAlias = (
    ToOne | Items | ItemTarget | Back | Everyone | Caller | SubmittedItems | SubmittedTargets
)


# --- leaves: what is read from the row at the end -------------------------------------------------


class Holds(enum.Enum):
    """What a column or an operand holds, where the database does not say so of each value."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list"  # of texts
    POINT = "point"
    ANY = "any"  # a JSON value: null, a number or a text, which other JSON is read as


@dataclass(frozen=True, slots=True)
class Column:
    """``is_computed``: no table's value, so nothing is converted to be compared with it."""

    name: str
    holds: Holds = Holds.TEXT
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class Json:
    """A place inside a JSON column; ``path`` is ``""``, ``.a.b`` or ``[0].a``."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class ItemCount:
    """How many items a column holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """The item itself, after ``Items`` or ``SubmittedItems``."""


Leaf: TypeAlias = Column | Json | ItemCount | Item


# --- operands -------------------------------------------------------------------------------------


class Nulls(enum.Enum):
    """How ``=`` treats NULL on this side."""

    LIKE_EMPTY = "like empty"  # NULL equals '' where the other side allows it
    AS_THEY_ARE = "as they are"  # IS / IS NOT
    ALWAYS_EMPTY = "always empty"  # NULL equals '' whatever the other side is


@dataclass(frozen=True, slots=True)
class Null:
    """The keyword, or something asked of the request that is not there."""


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` and ``false``, which are 1 and 0; or the answer to ``:isset``, a truth value.

    SQLite tells them apart: ``'a' IS NOT 1`` holds, ``'a' IS NOT FALSE`` does not.
    """

    value: bool
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter. ``is_empty``: its value is the empty text; ``is_number``: it is no text."""

    source: Source
    is_empty: bool = False
    lower: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many items a body has for a field; ``is_flag`` if it is 0 or 1."""

    source: Source
    is_flag: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What a path leads to. ``guard``: comparisons hold only where it is true (e-mails)."""

    hops: tuple[Hop, ...]
    leaf: Leaf
    lower: bool = False
    guard: str = ""

    @property
    def many(self) -> bool:
        """The path may lead to several rows."""
        return any(hop.many for hop in self.hops)


@dataclass(frozen=True, slots=True)
class Distance:
    """Kilometres between two points."""

    lon_a: Operand
    lat_a: Operand
    lon_b: Operand
    lat_b: Operand


@dataclass(frozen=True, slots=True)
class TimeText:
    """A moment written by a format; without ``time``, the present one."""

    format: Value
    time: Operand | None
    modifiers: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Whether the body has a field with another value than the row's. ``sent`` is null if not."""

    is_sent: bool
    sent: Operand
    stored: Stored


Operand: TypeAlias = Null | Flag | Value | Count | Stored | Distance | TimeText | Changed


# --- conditions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left op right``; ``any_row``: one matching row is enough where a side has many."""

    left: Operand
    op: str
    any_row: bool
    right: Operand


@dataclass(frozen=True, slots=True)
class Conditions:
    """Items, each with the operator before it; ``&&`` binds tighter. The first operator is void."""

    items: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """The row at hand is in the trash, or (``is_set`` false) it is not."""

    is_set: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another collection has a row that meets all ``conditions``, whose paths begin there.

    ``link``: what of the row at hand equals what of that one. ``has_trash`` as with hops.
    """

    table: str
    has_trash: bool
    conditions: tuple[Comparison, ...]
    link: tuple[Stored, Stored] | None


Condition: TypeAlias = Comparison | Conditions | Marked | Elsewhere


@dataclass(frozen=True, slots=True)
class TargetRule:
    """The list rule of a collection that a client's path walks through, for the rows it joins."""

    hops: tuple[Hop, ...]
    rule: Condition


@dataclass(frozen=True, slots=True)
class SortKey:
    """One item of a sort. ``by`` is ``@random``, ``@rowid`` or a path."""

    by: Stored | str
    descending: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one statement asks of one collection."""

    conditions: tuple[Condition, ...]
    target_rules: tuple[TargetRule, ...]
    sort: tuple[SortKey, ...]
