"""What the macros stand for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collections_app.query import macros

# a Sunday, the last day of a leap year's February
NOW = datetime(2032, 2, 29, 13, 4, 5, 678_912, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("@now", "2032-02-29 13:04:05.678Z"),
        ("@yesterday", "2032-02-28 13:04:05.678Z"),
        ("@tomorrow", "2032-03-01 13:04:05.678Z"),
        ("@todayStart", "2032-02-29 00:00:00.000Z"),
        ("@todayEnd", "2032-02-29 23:59:59.999Z"),
        ("@monthStart", "2032-02-01 00:00:00.000Z"),
        ("@monthEnd", "2032-02-29 23:59:59.999Z"),
        ("@yearStart", "2032-01-01 00:00:00.000Z"),
        ("@yearEnd", "2032-12-31 23:59:59.999Z"),
        ("@second", 5),
        ("@minute", 4),
        ("@hour", 13),
        ("@day", 29),
        ("@month", 2),
        ("@weekday", 0),
        ("@year", 2032),
    ],
)
def test_value(name, value):
    assert macros.value(name, NOW) == value


@pytest.mark.parametrize(("month", "last"), [(1, 31), (4, 30), (12, 31)])
def test_month_end(month, last):
    moment = datetime(2031, month, 31 if last == 31 else 30, tzinfo=UTC)
    assert macros.value("@monthEnd", moment) == f"2031-{month:02d}-{last} 23:59:59.999Z"


def test_every_macro_is_tested():
    assert len(macros.MACROS) == 16


def test_value_is_asked_anew_for_each_statement(world):
    first = world.selection("d < @now")
    second = world.selection("d < @now")
    assert first.where.text == second.where.text
    assert first.where.params < second.where.params or first.where.params == second.where.params
    assert first.where.params[0] >= "2026"
