"""``{:name}`` in the filters of Python callers."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from collections_app.query.bind import bind
from collections_app.query.parse import parse


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (10, "10"),
        (-2.5, "-2.5"),
        (1e-7, "0.0000001"),
        (5.0, "5"),
        (None, "null"),
        (True, "true"),
        ("it's", '"it\'s"'),
        ('say "x"', r'"say \"x\""'),
        ("a\\b", r'"a\\b"'),
        ("a\nb", '"a\nb"'),
        ("", '""'),
        (datetime(2024, 1, 2, 3, 4, 5, 678_999, tzinfo=UTC), '"2024-01-02 03:04:05.678Z"'),
        (["a", 1], r'"[\"a\",1]"'),
    ],
)
def test_literal(value, literal):
    assert bind("x = {:value}", {"value": value}) == f"x = {literal}"


@pytest.mark.parametrize("value", ["it's", 'say "x"', "a\\b", "\\", '\\"', "a\nb\t\r", "{:b}", "é"])
def test_text_reads_back_as_it_was(value):
    assert parse(bind("x = {:value}", {"value": value, "b": "no"})).right.value == value


def test_names_without_value_stay():
    assert bind("a = {:a} && b = {:b}", {"a": 1}) == "a = 1 && b = {:b}"


@pytest.mark.parametrize("value", [math.inf, math.nan, "a\0b"])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(ValueError, match=r".+"):
        bind("x = {:value}", {"value": value})
