"""Values as text, and LIKE patterns."""

from __future__ import annotations

import pytest

from collections_app.query.errors import FilterError
from collections_app.query.texts import like_pattern, plain_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (5.0, "5"),
        (-2.5, "-2.5"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
        (None, ""),
        ([1], ""),
        ({}, ""),
    ],
)
def test_plain_text(value, text):
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("al", "%al%"),
        ("", "%%"),
        ("al%", "al%"),
        ("%", "%"),
        ("a_%", "a_%"),
        (r"50\%", r"%50\%%"),
        (r"50\\%", r"50\\%"),
        ("a_5", r"%a\_5%"),
        (r"a\_5", r"%a\_5%"),
        ("a\\b", r"%a\\b%"),
        ("\\", r"%\\%"),
        (5.0, "%5%"),
        (True, "%true%"),
    ],
)
def test_like_pattern(value, pattern):
    assert like_pattern(value) == pattern


def test_pattern_that_the_database_would_refuse_is_refused():
    assert len(like_pattern("x" * 49_990)) == 49_992
    with pytest.raises(FilterError):
        like_pattern("ü" * 25_000)
