"""Operands of a plan -> sides of a comparison. Knows paths by the joins that reach them."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from collections_app.query.compare import compare
from collections_app.query.dialects import Dialect
from collections_app.query.joins import Joins
from collections_app.query.plan import (
    Changed,
    Column,
    Count,
    Distance,
    Fixed,
    Flag,
    Holds,
    Item,
    ItemCount,
    Json,
    Null,
    Nulls,
    Operand,
    Slot,
    Stored,
    SubmittedItems,
    TimeText,
    Value,
)
from collections_app.query.sides import Side
from collections_app.query.sql import Sql


def side(dialect: Dialect, operand: Operand, joins: Joins) -> Side:
    """Return ``operand`` as SQL, its paths reached by ``joins``."""
    match operand:
        case Null():
            return Side(dialect.null, is_empty=True)
        case Flag(is_true, is_answer):
            sql = Sql(dialect.flag(is_true, is_answer=is_answer))
            return Side(sql, is_filled=True, holds=Holds.NUMBER, is_answer=is_answer)
        case Value(source, is_empty, lower, is_number):
            sql = dialect.value(Slot(source), is_number=is_number)
            return Side(
                dialect.lower(Side(sql)) if lower else sql,
                is_empty=is_empty,
                is_filled=not is_empty,
                is_value=True,
                holds=Holds.NUMBER if is_number else Holds.TEXT,
            )
        case Count(source, is_flag):
            sql = dialect.value(Slot(source, is_value=False), is_number=True)
            return Side(sql, is_filled=is_flag, holds=Holds.NUMBER)
        case Stored():
            return _stored(dialect, operand, joins)
        case Distance(lon_a, lat_a, lon_b, lat_b):
            points = [side(dialect, arg, joins) for arg in (lon_a, lat_a, lon_b, lat_b)]
            distance = dialect.distance(*points)
            made = _of_function(distance, points, Nulls.AS_THEY_ARE)
            return replace(made, holds=Holds.NUMBER)
        case TimeText():
            return _time_text(dialect, operand, joins)
        case Changed():
            changed = _changed(dialect, operand, joins)
            return Side(changed, nulls=Nulls.AS_THEY_ARE, holds=Holds.NUMBER)
        case _:
            assert_never(operand)


def many_of(operand: Operand) -> Stored | None:
    """Return the path in ``operand`` that may lead to several rows, all of which must match."""
    if isinstance(operand, TimeText):
        operand = operand.time or operand
    return operand if isinstance(operand, Stored) and operand.many else None


def right_of_like(operand: Operand) -> Operand:
    """Return what ``operand`` is right of ``~``.

    PocketBase makes a LIKE pattern of the JSON list that ``@request.body.x:each`` is read from,
    which then is no JSON: the database fails, if it comes to it. Rows of which not all items match
    do not come to it on SQLite, since those are read from the list itself (``every_row``).
    """
    if (
        isinstance(operand, Stored)
        and operand.hops
        and isinstance(operand.hops[-1], SubmittedItems)
    ):
        return replace(operand, hops=(replace(operand.hops[-1], as_pattern=True),))
    return operand


def _stored(dialect: Dialect, operand: Stored, joins: Joins) -> Side:
    alias = joins.reach(operand.hops)
    nulls = Nulls.LIKE_EMPTY
    match operand.leaf:
        case Column(name, holds, is_computed):
            read = dialect.column(f"{alias}.{dialect.quote_name(name)}", holds)
            if is_computed:
                read = replace(read, is_column=False)
            if not operand.hops and joins.root_is_value:
                is_real = joins.root_has_reals and holds is Holds.NUMBER
                read = replace(read, is_column=False, is_real=is_real)
        case ItemCount(name):
            count = dialect.item_count(f"{alias}.{dialect.quote_name(name)}")
            read = Side(Sql(count), holds=Holds.NUMBER)
        case Json(name, path):
            text, paths = dialect.json_value(f"{alias}.{dialect.quote_name(name)}", path)
            slots = tuple(Slot(Fixed(part), is_value=False) for part in paths)
            read = Side(Sql(text, slots), holds=Holds.ANY)
            nulls = Nulls.AS_THEY_ARE
        case Item():
            read = Side(Sql(f"{alias}.value"))
        case _:
            assert_never(operand.leaf)
    if operand.lower:
        read = Side(dialect.lower(read))
    return replace(read, is_filled=_is_submitted_item(operand), nulls=nulls)


def _is_submitted_item(operand: Operand) -> bool:
    return (
        isinstance(operand, Stored)
        and bool(operand.hops)
        and isinstance(operand.hops[-1], SubmittedItems)
    )


def _time_text(dialect: Dialect, operand: TimeText, joins: Joins) -> Side:
    format_ = side(dialect, operand.format, joins)
    time = side(dialect, operand.time, joins) if operand.time is not None else None
    modifiers = [side(dialect, modifier, joins) for modifier in operand.modifiers]
    sql = dialect.time_text(format_.sql, time, tuple(modifier.sql for modifier in modifiers))
    args = [format_, *([time] if time is not None else []), *modifiers]
    return _of_function(sql, args, Nulls.ALWAYS_EMPTY)


def _of_function(sql: Sql, args: list[Side], nulls: Nulls) -> Side:
    values = [arg for arg in args if arg.is_value]
    return Side(
        sql,
        is_filled=bool(values) and not any(arg.is_empty for arg in values),
        is_value=bool(values),
        nulls=nulls,
    )


def _changed(dialect: Dialect, operand: Changed, joins: Joins) -> Sql:
    if not operand.is_sent:
        return Sql(dialect.flag(False, is_answer=False))
    sent = side(dialect, operand.sent, joins)
    stored = side(dialect, operand.stored, joins)
    return dialect.as_number(compare(dialect, sent, "!=", stored))
