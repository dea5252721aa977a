"""PostgreSQL (14 and later): the same rows as SQLite finds, over columns of native types.

SQLite types values, PostgreSQL columns: text is ``text``, numbers ``double precision``, flags
``boolean``, lists, points and JSON ``jsonb``; a table has ``_rowid_``, an identity column, which
counts its rows. What cannot be known before a row is read (JSON) is a jsonb number or text, and the
functions of ``postgresql.sql`` compare it. Whatever is known is compared natively, so that indexes
serve. Text goes by its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from collections_app.query.dialects import affinity
from collections_app.query.dialects.base import Dialect, Joined
from collections_app.query.plan import Holds, Slot
from collections_app.query.sides import Side
from collections_app.query.sql import Sql, fill
from collections_app.query.texts import as_pattern
from collections_app.schema.definition import CollectionDef
from core_app import sql
from core_app.dialects.postgresql import identifier

_TYPES = {
    Holds.TEXT: "text",
    Holds.NUMBER: "double precision",
    Holds.FLAG: "integer",
    Holds.LIST: "jsonb",
    Holds.POINT: "jsonb",
    Holds.ANY: "jsonb",
}

#: the marks of parameters
_TEXT, _NUMBER = "%s::text", "%s::double precision"
_ANY_OF_NUMBER = f"to_jsonb(({_NUMBER})::double precision)"
#: the column that counts the rows of a table
ROW_NUMBER = "_rowid_"
_DISTANCE = "holdall_distance"
#: files of functions, in the order in which they build on each other
_FUNCTIONS = tuple(
    f"postgresql{subject}" for subject in ("", "_time", "_words", "_views", "_json", "_json_rows")
)
#: the lock of whoever makes the functions
_INSTALLING = 4_839_201_774


class PostgreSQL(Dialect):
    """Marks are ``%s``, so a percent sign in a statement is written twice."""

    mark = "%s"
    no_table = '(SELECT 1) AS "#0"'
    max_joins = 63  # as many as SQLite's
    null = Sql("NULL::text")
    always = " ON TRUE"

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Make the functions in the connection's schema, in the place of older ones."""
        beside = Path(__file__)
        text = "".join(beside.with_name(f"{name}.sql").read_text() for name in _FUNCTIONS)
        with connection.cursor() as cursor:
            # two that make them at once would stand in each other's way
            cursor.execute("SELECT pg_advisory_lock(%s)", [_INSTALLING])
            try:
                cursor.execute("SELECT current_schema(), current_setting('search_path')")
                schema, wanted = cursor.fetchone()
                if schema is None:
                    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {wanted}")
                cursor.execute(text)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_INSTALLING])

    def quote_name(self, name: str) -> str:
        escaped = identifier(name).replace('"', '""').replace("%", "%%")
        return f'"{escaped}"'

    # --- values ---------------------------------------------------------------------------------

    def value(self, slot: Slot, *, is_number: bool) -> Sql:
        if is_number:
            return Sql(_NUMBER, (slot._replace(change=affinity.number),))
        return Sql(_TEXT, (slot,))

    def flag(self, value: bool, *, is_answer: bool) -> str:
        return "1" if value else "0"

    def as_number(self, condition: Sql) -> Sql:
        return fill("({})::integer", condition)

    def column(self, column: str, holds: Holds) -> Side:
        match holds:
            case Holds.FLAG:
                return Side(Sql(f"{column}::integer"), holds=Holds.NUMBER, is_column=True)
            case Holds.LIST:
                return Side(Sql(f"holdall_json_text(holdall_json({column}))"))
            case Holds.POINT:
                return Side(
                    Sql(
                        f"""('{{"lon":' || ({column} ->> 'lon') || ',"lat":'"""
                        f""" || ({column} ->> 'lat') || '}}')"""
                    )
                )
            case Holds.ANY:
                return Side(Sql(f"holdall_whole({column})"), holds=Holds.ANY)
            case _:
                return Side(Sql(column), holds=holds, is_column=True)

    def is_true(self, column: str) -> str:
        return f"{column}::integer = 1"

    def lower(self, side: Side) -> Sql:
        return fill('lower({} COLLATE "C")', _as_text(side).sql)

    def or_empty(self, side: Side) -> Side:
        side = replace(side, is_column=False)
        if side.holds is Holds.TEXT:
            return replace(side, sql=fill("COALESCE({}, '')", side.sql))
        sql = fill("COALESCE({}, '\"\"'::jsonb)", _as_any(side))
        return replace(side, sql=sql, holds=Holds.ANY)

    def json_value(self, column: str, path: str) -> Sql:
        if not path:
            return Sql(f"holdall_whole({column})")
        found = f"jsonb_path_query_first(holdall_json({column}), %s::jsonpath, silent => true)"
        return Sql(f"holdall_scalar({found})", (f"strict ${affinity.quoted_keys(path)}",))

    def has_several(self, column: str) -> str:
        return f"jsonb_array_length({column}) > 1"

    def item_count(self, column: str) -> str:
        return (
            f"(CASE WHEN jsonb_typeof(to_jsonb({column})) = 'array'"
            f" THEN jsonb_array_length(to_jsonb({column}))"
            f" WHEN COALESCE(to_jsonb({column}) #>> '{{}}', '') = '' THEN 0 ELSE 1 END)"
        )

    def distance(self, lon_a: Side, lat_a: Side, lon_b: Side, lat_b: Side) -> Sql:
        points = [_as_number(side) for side in (lon_a, lat_a, lon_b, lat_b)]
        return fill(f"{_DISTANCE}({{}}, {{}}, {{}}, {{}})", *points)

    def time_text(self, format_: Sql, time: Side | None, modifiers: tuple[Sql, ...]) -> Sql:
        moment = Sql("'\"now\"'::jsonb") if time is None else _as_any(time)
        marks = ", ".join("{}" for _ in modifiers)
        template = f"holdall_strftime({{}}, {{}}, ARRAY[{marks}]::text[])"
        return fill(template, format_, moment, *modifiers)

    def equal_to_text(self, column: str, holds: Holds, *, any_case: bool) -> str:
        match holds:
            case Holds.NUMBER:
                return f"{column} = holdall_number(to_jsonb({_TEXT}))"
            case Holds.FLAG:
                return f"{column}::integer = holdall_number(to_jsonb({_TEXT}))"
            case Holds.ANY:
                own = f"holdall_json_text(holdall_json({column}))"
            case _:
                own = self.column(column, holds).sql.text
        given = _TEXT
        if any_case:
            own, given = f'lower({own} COLLATE "C")', f'lower({given} COLLATE "C")'
        if holds is Holds.ANY:  # a number in JSON is a number
            own, given = f"holdall_numeric({own})", f"holdall_numeric({given})"
        return f"{own} = {given}"

    def hour(self, column: str) -> str:
        return f"substr({column}, 1, 13) || ':00:00'"

    # --- rows -----------------------------------------------------------------------------------

    def items_of_column(self, column: str) -> str:
        return (
            f"jsonb_array_elements_text(CASE WHEN jsonb_typeof(to_jsonb({column})) = 'array'"
            f" THEN to_jsonb({column}) ELSE jsonb_build_array({column}) END) WITH ORDINALITY"
        )

    def items_of_list(self, mark: str) -> str:
        return f"jsonb_array_elements_text({mark}::jsonb) WITH ORDINALITY"

    def items_of_pattern(self, mark: str) -> str:
        return f"jsonb_array_elements_text(holdall_late({mark})) WITH ORDINALITY"

    def has_item(self, column: str, value: str) -> str:
        return f"{column} @> to_jsonb({value})"

    def values_row(self, name: str, columns: Mapping[str, Holds]) -> str:
        values = ", ".join(f"%s::{_TYPES[holds]} AS {name}" for name, holds in columns.items())
        return f"WITH {name} AS (SELECT {values})"

    # --- comparisons ----------------------------------------------------------------------------

    def equal(self, left: Side, right: Side) -> Sql:
        left, right = _alike(left, right)
        return fill("{} = {}", left.sql, right.sql)

    def same(self, left: Side, right: Side) -> Sql:
        if right.is_answer:
            return fill(f"holdall_truth({{}}) IS {_truth(right)}", _as_any(left))
        left, right = _alike(left, right)
        return fill("{} IS NOT DISTINCT FROM {}", left.sql, right.sql)

    def different(self, left: Side, right: Side) -> Sql:
        if right.is_answer:
            return fill(f"holdall_truth({{}}) IS NOT {_truth(right)}", _as_any(left))
        left, right = _alike(left, right)
        return fill("{} IS DISTINCT FROM {}", left.sql, right.sql)

    def ordered(self, left: Side, op: str, right: Side) -> Sql:
        left, right = _alike(left, right)
        if left.holds is Holds.ANY:
            return fill(f"holdall_order({{}}, {{}}) {op} 0", left.sql, right.sql)
        collation = ' COLLATE "C"' if left.holds is Holds.TEXT else ""
        return fill(f"{{}}{collation} {op} {{}}", left.sql, right.sql)

    def pattern(self, side: Side) -> Sql:
        sql = as_pattern(side.sql, affinity.ended_pattern)
        if sql.text == _NUMBER:
            return sql._replace(text=_TEXT)
        # inside of functions too, a number among the values has become text
        text = sql.text.replace(_ANY_OF_NUMBER, f"to_jsonb({_TEXT})")
        text = text.replace(_NUMBER, f"holdall_number(to_jsonb({_TEXT}))")
        return _as_text(replace(side, sql=sql._replace(text=text))).sql

    def containing(self, side: Side) -> Sql:
        return fill("holdall_containing({})", _as_text(side).sql)

    def like(self, left: Side, pattern: Sql, negated: bool) -> Sql:
        return fill(
            f'lower({{}} COLLATE "C") {"NOT " if negated else ""}LIKE lower({{}} COLLATE "C")'
            " ESCAPE '\\'",
            _as_text(left).sql,
            pattern,
        )

    # --- order ----------------------------------------------------------------------------------

    def sort_key(self, side: Side, descending: bool, among: Sequence[Joined] | None) -> Sql:
        direction = "DESC NULLS LAST" if descending else "ASC NULLS FIRST"
        if side.holds is Holds.NUMBER:
            keys = [side.sql]
        elif side.holds is Holds.TEXT:
            keys = [fill('{} COLLATE "C"', side.sql)]
        else:
            keys = [
                fill("jsonb_typeof({}) = 'string'", side.sql),
                fill(
                    "CASE WHEN jsonb_typeof({}) = 'number' THEN holdall_number({}) END",
                    side.sql,
                    side.sql,
                ),
                fill('holdall_text({}) COLLATE "C"', side.sql),
            ]
        if among is not None:
            order = ", ".join(_order_of(joined) for joined in among)
            keys = [fill(f"(array_agg({{}} ORDER BY {order}))[1]", key) for key in keys]
        marks = ", ".join(f"{{}} {direction}" for _ in keys)
        return fill(marks, *keys)

    def distinct_rows(self, text: str, columns: Sequence[str]) -> str:
        return f"{text} GROUP BY {', '.join(columns)}"

    def natural_order(self, table: str) -> str:
        return self.row_number(table)

    def row_columns(self, view: CollectionDef) -> tuple[str, ...]:
        """Views have it of their first table, unless they were made before that was so."""
        is_numbered = "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
        params = (self.quote_name(view.table).replace("%%", "%"), ROW_NUMBER)
        found = view.cached(ROW_NUMBER, lambda: sql.fetch_all(is_numbered, params, "default"))
        return (ROW_NUMBER,) if found else ()

    def random(self) -> str:
        return "random()"

    def row_number(self, table: str) -> str:
        return f"{table}._rowid_"


def _order_of(joined: Joined) -> str:
    """Return what orders joined rows as SQLite meets them; views have no row numbers."""
    if joined.are_items:
        return f"{joined.alias}.ordinality"
    return f"to_jsonb({joined.alias}) -> '_rowid_'"


def _truth(side: Side) -> str:
    return "TRUE" if side.sql.text == "1" else "FALSE"


def _alike(left: Side, right: Side) -> tuple[Side, Side]:
    """Return both sides as the same type, converted as SQLite does before it compares.

    What is compared with a column of numbers becomes a number if it can; else, what is compared
    with a column of text becomes text.
    """
    if _is_numeric(left) and not _is_numeric(right):
        right = _as_numeric(right)
    elif _is_numeric(right) and not _is_numeric(left):
        left = _as_numeric(left)
    elif left.is_column and not right.is_column:
        right = _as_text(right)
    elif right.is_column and not left.is_column:
        left = _as_text(left)
    if left.holds is right.holds:
        return left, right
    return _any(left), _any(right)


def _is_numeric(side: Side) -> bool:
    return side.is_column and side.holds is Holds.NUMBER


def _as_numeric(side: Side) -> Side:
    if side.holds is Holds.NUMBER:
        return side
    return replace(side, sql=fill("holdall_numeric({})", side.sql), holds=Holds.ANY)


def _as_text(side: Side) -> Side:
    if side.holds is Holds.TEXT:
        return side
    if side.holds is Holds.ANY:
        sql = fill("holdall_text({})", side.sql)
    elif side.sql.text == _NUMBER:
        slot: Slot = side.sql.params[0]
        sql = Sql(_TEXT, (slot._replace(change=affinity.number_text),))
    else:
        # numbers are integers where they are whole, but for what a function makes
        is_real = side.is_real or side.sql.text.startswith(_DISTANCE)
        sql = fill(f"holdall_{'real' if is_real else 'number'}_text({{}})", side.sql)
    return replace(side, sql=sql, holds=Holds.TEXT)


def _as_number(side: Side) -> Sql:
    return side.sql if side.holds is Holds.NUMBER else fill("holdall_number({})", _as_any(side))


def _any(side: Side) -> Side:
    return replace(side, sql=_as_any(side), holds=Holds.ANY)


def _as_any(side: Side) -> Sql:
    if side.holds is Holds.ANY:
        return side.sql
    kind = "text" if side.holds is Holds.TEXT else "double precision"
    return fill(f"to_jsonb(({{}})::{kind})", side.sql)
