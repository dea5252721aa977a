"""One comparison -> SQL: every way in which NULL and '' are treated."""

from __future__ import annotations

import sqlite3

import pytest

from collections_app.query.compare import compare
from collections_app.query.dialects import of
from collections_app.query.plan import Fixed, Nulls, Slot
from collections_app.query.sides import Side
from collections_app.query.sql import Sql
from collections_app.query.texts import like_pattern

SQLITE = of("sqlite")
COLUMN, OTHER = Side(Sql("a")), Side(Sql("b"))
NULL = Side(Sql("NULL"), is_empty=True)
ONE = Side(Sql("1"), is_filled=True)


def value(given) -> Side:
    is_empty = given == ""
    slots = (Slot(Fixed(given)),)
    return Side(Sql("?", slots), is_empty=is_empty, is_filled=not is_empty, is_value=True)


def with_nulls(side: Side, nulls: Nulls) -> Side:
    return Side(side.sql, side.is_empty, side.is_filled, side.is_value, nulls)


JSON = with_nulls(OTHER, Nulls.AS_THEY_ARE)
TIME = with_nulls(value("x"), Nulls.ALWAYS_EMPTY)


@pytest.mark.parametrize(
    ("left", "right", "equal", "unequal"),
    [
        (
            COLUMN,
            OTHER,
            "COALESCE(a, '') = COALESCE(b, '')",
            "COALESCE(a, '') IS NOT COALESCE(b, '')",
        ),
        (COLUMN, value("x"), "a = ?", "a IS NOT ?"),
        (value("x"), COLUMN, "? = a", "? IS NOT a"),
        (COLUMN, ONE, "a = 1", "a IS NOT 1"),
        (COLUMN, value(""), "(a = '' OR a IS NULL)", "(a IS NOT '' AND a IS NOT NULL)"),
        (NULL, COLUMN, "(a = '' OR a IS NULL)", "(a IS NOT '' AND a IS NOT NULL)"),
        (NULL, value(""), "1 = 1", "1 = 0"),
        (NULL, value("x"), "'' = ?", "'' IS NOT ?"),
        (value("x"), value(""), "? = ''", "? IS NOT ''"),
        (JSON, value("x"), "b IS ?", "b IS NOT ?"),
        (NULL, JSON, "NULL IS b", "NULL IS NOT b"),
        (JSON, COLUMN, "b IS a", "b IS NOT a"),
        (
            TIME,
            COLUMN,
            "COALESCE(?, '') = COALESCE(a, '')",
            "COALESCE(?, '') IS NOT COALESCE(a, '')",
        ),
        (TIME, value(""), "(? = '' OR ? IS NULL)", "(? IS NOT '' AND ? IS NOT NULL)"),
        (TIME, ONE, "? = 1", "? IS NOT 1"),
    ],
)
def test_equality(left, right, equal, unequal):
    assert compare(SQLITE, left, "=", right).text == equal
    assert compare(SQLITE, left, "!=", right).text == unequal


@pytest.mark.parametrize("op", [">", ">=", "<", "<="])
def test_order_is_left_to_the_database(op):
    assert compare(SQLITE, NULL, op, value("")).text == f"NULL {op} ?"


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        (COLUMN, OTHER, "a LIKE ('%' || b || '%') ESCAPE '\\'"),
        (COLUMN, NULL, "a LIKE ('%' || NULL || '%') ESCAPE '\\'"),
        (COLUMN, ONE, "a LIKE ('%' || 1 || '%') ESCAPE '\\'"),
        (COLUMN, value("x"), "a LIKE ? ESCAPE '\\'"),
    ],
)
def test_like(left, right, text):
    assert compare(SQLITE, left, "~", right).text == text
    assert compare(SQLITE, left, "!~", right).text == text.replace("LIKE", "NOT LIKE")


def test_like_makes_patterns_of_values_on_the_right_alone():
    inner = Slot(Fixed("$.a"), is_value=False)
    left = Side(Sql("f(?)", (inner,)))
    right = Side(Sql("g(?, ?)", (inner, Slot(Fixed("x")))), is_filled=True, is_value=True)
    assert compare(SQLITE, left, "~", right).params == (
        inner,
        inner,
        Slot(Fixed("x"), change=like_pattern),
    )


@pytest.mark.parametrize(
    ("stored", "op", "given", "holds"),
    [
        (None, "=", "", True),
        (None, "!=", "", False),
        ("", "=", "", True),
        ("x", "!=", "", True),
        (None, "!=", "x", True),
        (None, "=", "x", False),
        (None, "~", "", False),
        (None, "!~", "x", False),
        (None, "<", "x", False),
        ("ABC", "~", "bc", True),
        ("ÜN", "~", "ün", False),
    ],
)
def test_meaning(stored, op, given, holds):
    sql = compare(SQLITE, COLUMN, op, value(given))
    params = [
        slot.change(slot.source.value) if slot.change else slot.source.value for slot in sql.params
    ]
    database = sqlite3.connect(":memory:")
    row = database.execute(f"SELECT {sql.text} FROM (SELECT {'?'} AS a)", [*params, stored])
    assert bool(row.fetchone()[0]) is holds
