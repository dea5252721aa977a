"""SQLite (3.38 and later, with JSON and math functions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collections_app.query.dialects.base import Dialect, Joined
from collections_app.query.plan import Holds, Slot
from collections_app.query.sides import Side
from collections_app.query.sql import Sql, fill
from collections_app.query.texts import as_pattern


class SQLite(Dialect):
    """PocketBase's own database: its habits of typing and NULL are the ones to keep."""

    mark = "?"
    no_table = "(SELECT 1)"
    max_joins = 63
    null = Sql("NULL")
    always = ""

    def quote_name(self, name: str) -> str:
        escaped = name.replace('"', '""')
        return f'"{escaped}"'

    def value(self, slot: Slot, *, is_number: bool) -> Sql:
        return Sql("?", (slot,))

    def flag(self, value: bool, *, is_answer: bool) -> str:
        one, zero = ("TRUE", "FALSE") if is_answer else ("1", "0")
        return one if value else zero

    def as_number(self, condition: Sql) -> Sql:
        return fill("({})", condition)

    def column(self, column: str, holds: Holds) -> Side:
        return Side(Sql(column))

    def is_true(self, column: str) -> str:
        return f"{column} = 1"

    def lower(self, side: Side) -> Sql:
        return fill("LOWER({})", side.sql)

    def or_empty(self, side: Side) -> Side:
        return replace(side, sql=fill("COALESCE({}, '')", side.sql))

    def json_value(self, column: str, path: str) -> Sql:
        text = (
            f"(CASE WHEN json_valid({column}) THEN json_extract({column}, ?)"
            f" ELSE json_extract(json_object('pb', {column}), ?) END)"
        )
        return Sql(text, (f"${path}", f"$.pb{path}"))

    def has_several(self, column: str) -> str:
        return f"json_array_length({column}) > 1"

    def item_count(self, column: str) -> str:
        return (
            f"json_array_length(CASE WHEN {_is_list(column)} THEN {column}"
            f" WHEN {column} = '' OR {column} IS NULL THEN '[]' ELSE json_array({column}) END)"
        )

    def distance(self, lon_a: Side, lat_a: Side, lon_b: Side, lat_b: Side) -> Sql:
        return fill(
            "(6371 * acos(min(1, max(-1, cos(radians({})) * cos(radians({}))"
            " * cos(radians({}) - radians({}))"
            " + sin(radians({})) * sin(radians({}))))))",
            *(side.sql for side in (lat_a, lat_b, lon_b, lon_a, lat_a, lat_b)),
        )

    def time_text(self, format_: Sql, time: Side | None, modifiers: tuple[Sql, ...]) -> Sql:
        parts = (format_, *((time.sql,) if time is not None else ()), *modifiers)
        text = f"strftime({', '.join(part.text for part in parts)})"
        return Sql(text, tuple(param for part in parts for param in part.params))

    def equal_to_text(self, column: str, holds: Holds, *, any_case: bool) -> str:
        return f"{column} = ? COLLATE NOCASE" if any_case else f"{column} = ?"

    def hour(self, column: str) -> str:
        return f"strftime('%Y-%m-%d %H:00:00', {column})"

    def items_of_column(self, column: str) -> str:
        return (
            f"json_each(CASE WHEN {_is_list(column)} THEN {column} ELSE json_array({column}) END)"
        )

    def items_of_list(self, mark: str) -> str:
        return f"json_each({mark})"

    def has_item(self, column: str, value: str) -> str:
        return f"{value} IN (SELECT value FROM {self.items_of_column(column)})"  # noqa: S608

    def names_the_one(self, column: str, ids: Sql) -> Sql | None:
        # an empty text is in every other; an id with other characters may be written with escapes
        wanted = (
            "SELECT CASE WHEN COUNT(*) = 0 THEN '#'"
            " WHEN COUNT(*) = 1 AND MIN(id) NOT GLOB '*[^0-9A-Za-z_-]*' THEN MIN(id)"
            " ELSE '' END"
        )
        return fill(f"instr({column}, ({wanted} FROM ({{}}))) > 0", ids)

    def values_row(self, name: str, columns: Mapping[str, Holds]) -> str:
        values = ", ".join(f"? AS {column}" for column in columns)
        return f"WITH {name} AS (SELECT {values})"

    def equal(self, left: Side, right: Side) -> Sql:
        return fill("{} = {}", left.sql, right.sql)

    def same(self, left: Side, right: Side) -> Sql:
        return fill("{} IS {}", left.sql, right.sql)

    def different(self, left: Side, right: Side) -> Sql:
        return fill("{} IS NOT {}", left.sql, right.sql)

    def ordered(self, left: Side, op: str, right: Side) -> Sql:
        return fill(f"{{}} {op} {{}}", left.sql, right.sql)

    def pattern(self, side: Side) -> Sql:
        return as_pattern(side.sql)

    def containing(self, side: Side) -> Sql:
        return fill("('%' || {} || '%')", side.sql)

    def like(self, left: Side, pattern: Sql, negated: bool) -> Sql:
        return fill(f"{{}} {'NOT ' if negated else ''}LIKE {{}} ESCAPE '\\'", left.sql, pattern)

    def sort_key(self, side: Side, descending: bool, among: Sequence[Joined] | None) -> Sql:
        return fill(f"{{}} {'DESC' if descending else 'ASC'}", side.sql)

    def distinct_rows(self, text: str, columns: Sequence[str]) -> str:
        return f"SELECT DISTINCT{text.removeprefix('SELECT')}"

    def natural_order(self, table: str) -> str:
        return ""  # it is the order in which the rows lie

    def far_page(self, selected: str, table: str, order: str) -> str | None:
        # an index on what is sorted by is read alone; else, less is sorted
        row = self.row_number(table)
        page = f'SELECT {row} AS "#row" FROM {table} ORDER BY {order} LIMIT ? OFFSET ?'  # noqa: S608
        start = selected.removesuffix(f" FROM {table}")
        return f'{start} FROM ({page}) AS "#page" CROSS JOIN {table} ON {row} = "#page"."#row"'

    def random(self) -> str:
        return "RANDOM()"

    def row_number(self, table: str) -> str:
        return f"{table}._rowid_"


def _is_list(column: str) -> str:
    return f"iif(json_valid({column}), json_type({column}) = 'array', 0)"
