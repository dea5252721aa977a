"""What differs from database to database when a plan becomes SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from collections_app.query.plan import Holds, Slot
from collections_app.query.sides import Side
from collections_app.query.sql import Sql
from collections_app.schema.definition import CollectionDef


class Joined(NamedTuple):
    """A join that may bring several rows for one: items of a list, or other records."""

    alias: str
    are_items: bool


class Dialect(ABC):
    """One database. Columns and tables arrive quoted; values are marks, never text."""

    #: stands for one value
    mark: ClassVar[str]
    #: a table of one row, to join others to
    no_table: ClassVar[str]
    #: how many tables one FROM clause may join
    max_joins: ClassVar[int]
    #: NULL, in the place of a text
    null: ClassVar[Sql]
    #: follows a join that has no condition
    always: ClassVar[str]

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Make the functions that statements call and the database does not have."""

    @abstractmethod
    def quote_name(self, name: str) -> str:
        """Return the name of a table, column or alias as it may stand in SQL."""

    # --- values ---------------------------------------------------------------------------------

    @abstractmethod
    def value(self, slot: Slot, *, is_number: bool) -> Sql:
        """Return one parameter."""

    @abstractmethod
    def flag(self, value: bool, *, is_answer: bool) -> str:
        """Return 1 or 0, or what ``:isset`` answers."""

    @abstractmethod
    def as_number(self, condition: Sql) -> Sql:
        """Return 1 or 0 for a condition, in brackets."""

    @abstractmethod
    def column(self, column: str, holds: Holds) -> Side:
        """Return what is read from a column."""

    @abstractmethod
    def is_true(self, column: str) -> str:
        """Return the condition that a column with a flag is set."""

    @abstractmethod
    def lower(self, side: Side) -> Sql:
        """Return ``side`` as text in lower case; ASCII letters only."""

    @abstractmethod
    def or_empty(self, side: Side) -> Side:
        """Return ``side``, '' in place of NULL."""

    @abstractmethod
    def json_value(self, column: str, path: str) -> Sql:
        """Return the scalar (or the JSON of the list or object) at ``path`` in a JSON column.

        Parameters are plain path texts. What is not there is NULL.
        """

    @abstractmethod
    def has_several(self, column: str) -> str:
        """Return the condition that the list in a column has more than one item."""

    @abstractmethod
    def item_count(self, column: str) -> str:
        """Return how many items a column holds: a JSON list, or one value if it is not empty."""

    @abstractmethod
    def distance(self, lon_a: Side, lat_a: Side, lon_b: Side, lat_b: Side) -> Sql:
        """Return kilometres between two points in degrees; NULL if one is no number."""

    @abstractmethod
    def time_text(self, format_: Sql, time: Side | None, modifiers: tuple[Sql, ...]) -> Sql:
        """Return ``time`` (without it: now) as text; NULL if it cannot be read."""

    @abstractmethod
    def equal_to_text(self, column: str, holds: Holds, *, any_case: bool) -> str:
        """Return the condition that a column is equal to a text, a parameter, in SQLite's eyes.

        ``any_case``: upper and lower case of ASCII letters are the same; unique indexes
        ``COLLATE NOCASE`` serve.
        """

    @abstractmethod
    def hour(self, column: str) -> str:
        """Return the hour that a moment in wire form lies in: ``2024-01-02 03:00:00``."""

    # --- rows -----------------------------------------------------------------------------------

    @abstractmethod
    def items_of_column(self, column: str) -> str:
        """Return a table of the items of a column, in ``value``; one row if it is no list."""

    @abstractmethod
    def items_of_list(self, mark: str) -> str:
        """Return a table of the items of a JSON list that is a parameter, in ``value``."""

    def items_of_pattern(self, mark: str) -> str:
        """Return the same for a parameter that is no list: reading it fails, not planning it."""
        return self.items_of_list(mark)

    @abstractmethod
    def has_item(self, column: str, value: str) -> str:
        """Return the condition that ``value`` is among the items of a column."""

    def names_the_one(self, column: str, ids: Sql) -> Sql | None:
        """Return a quick test of the list in ``column`` as text; ``None`` if there is none.

        It holds for all lists that name an id of ``ids``, a SELECT of at most two, and if that
        gives one alone, for few others.
        """
        return None

    @abstractmethod
    def values_row(self, name: str, columns: Mapping[str, Holds]) -> str:
        """Return ``WITH name AS (one row of parameters)``; names arrive quoted."""

    # --- comparisons ----------------------------------------------------------------------------

    @abstractmethod
    def equal(self, left: Side, right: Side) -> Sql:
        """Return ``left`` equals ``right``; NULL if one is."""

    @abstractmethod
    def same(self, left: Side, right: Side) -> Sql:
        """Return ``left`` equals ``right``, where NULL equals NULL."""

    @abstractmethod
    def different(self, left: Side, right: Side) -> Sql:
        """Return ``left`` differs from ``right``, where NULL equals NULL."""

    @abstractmethod
    def ordered(self, left: Side, op: str, right: Side) -> Sql:
        """Return ``left op right`` for ``<`` and its kin; NULL if one is."""

    @abstractmethod
    def pattern(self, side: Side) -> Sql:
        """Return a value as the pattern that it stands for."""

    @abstractmethod
    def containing(self, side: Side) -> Sql:
        """Return the pattern of what contains ``side``, which is a pattern itself."""

    @abstractmethod
    def like(self, left: Side, pattern: Sql, negated: bool) -> Sql:
        """Return ``left`` matches ``pattern`` without regard to ASCII case, escape ``\\``."""

    # --- order ----------------------------------------------------------------------------------

    @abstractmethod
    def sort_key(self, side: Side, descending: bool, among: Sequence[Joined] | None) -> Sql:
        """Return an item of ORDER BY. ``among``: the joins that bring a row several times.

        Then it goes by the first of them. NULL comes before numbers, numbers before text.
        """

    @abstractmethod
    def random(self) -> str:
        """Return an expression that orders rows by chance."""

    @abstractmethod
    def distinct_rows(self, text: str, columns: Sequence[str]) -> str:
        """Return a SELECT of ``columns``, without ORDER BY, with rows that come several times once.

        The first column is the table's id, by which the rows are told apart in a table.
        """

    @abstractmethod
    def natural_order(self, table: str) -> str:
        """Return an item of ORDER BY that a SELECT needs for the order in which rows came, if any.

        It follows the items that are asked for.
        """

    def row_columns(self, view: CollectionDef) -> tuple[str, ...]:
        """Return the columns that tell the order in which rows of a view come, if there are any."""
        return ()

    def far_page(self, selected: str, table: str, order: str) -> str | None:
        """Return a SELECT of a page for which many rows are skipped, without reading those.

        ``selected`` is ``SELECT … FROM table``; LIMIT and OFFSET are the last two marks. ``None``
        where an ordinary SELECT serves as well.
        """
        return None

    @abstractmethod
    def row_number(self, table: str) -> str:
        """Return what orders a table as its rows were inserted."""
