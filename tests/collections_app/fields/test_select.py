import pytest

from collections_app.fields.base import Shape
from tests.collections_app.fields.making import (
    REQUIRED,
    at_least,
    at_most,
    error_of,
    made,
    option_errors,
)

VALUES = ["a", "b", "c", "d"]


def single(**options):
    return made("select", values=VALUES, **options)


def multiple(**options):
    return made("select", values=VALUES, **{"maxSelect": 4, **options})


@pytest.mark.parametrize(
    ("raw", "one", "several"),
    [
        ("a", "a", ["a"]),
        ("", "", []),
        (None, "", []),
        ({"a": 1}, "", []),
        ("a,b", "a,b", ["a,b"]),
        ('["a","b"]', "b", ["a", "b"]),
        (["b", "a", "b", ""], "a", ["b", "a"]),
        ([1, True], "true", ["1", "true"]),
        (["x", '["a","b"]'], "b", ["x", '["a","b"]']),
        ([["a"]], "", []),
    ],
)
def test_prepare(raw, one, several):
    assert single().prepare(raw) == one
    assert multiple().prepare(raw) == several


@pytest.mark.parametrize(
    ("modifier", "current", "raw", "several"),
    [
        ("+", ["a"], "b", ["a", "b"]),
        ("+", ["a"], ["a", "b"], ["a", "b"]),
        ("^+", ["a", "b", "c", "d"], ["d", "b"], ["d", "b", "a", "c"]),
        ("-", ["a", "b"], "a", ["b"]),
        ("-", ["a", "b"], ["nope"], ["a", "b"]),
    ],
)
def test_modifiers_of_a_list(modifier, current, raw, several):
    assert multiple().modify(modifier, current, raw) == several


@pytest.mark.parametrize(
    ("modifier", "raw", "one"), [("+", "b", "b"), ("^+", "b", "a"), ("-", "a", ""), ("-", "b", "a")]
)
def test_modifiers_of_a_single_value(modifier, raw, one):
    assert single().modify(modifier, "a", raw) == one


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        (single(required=True), "", REQUIRED),
        (multiple(required=True), [], REQUIRED),
        (single(), "", None),
        (single(), "a", None),
        (
            single(),
            "x",
            {
                "code": "validation_invalid_value",
                "message": "Invalid value x.",
                "params": {"value": "x"},
            },
        ),
        (
            single(),
            " ",
            {
                "code": "validation_invalid_value",
                "message": "Invalid value.",
                "params": {"value": " "},
            },
        ),
        (
            multiple(),
            ["a", "x", "y"],
            {
                "code": "validation_invalid_value",
                "message": "Invalid value x.",
                "params": {"value": "x"},
            },
        ),
        (
            multiple(maxSelect=2),
            ["a", "b", "x"],
            {
                "code": "validation_too_many_values",
                "message": "Select no more than 2.",
                "params": {"maxSelect": 2},
            },
        ),
        (
            single(),
            '["a",1]',  # read again as "a" and itself
            {
                "code": "validation_too_many_values",
                "message": "Select no more than 1.",
                "params": {"maxSelect": 1},
            },
        ),
    ],
)
def test_validate(field, value, error):
    assert error_of(field, value) == error


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"values": []}, {"values": REQUIRED}),
        ({"values": ["a"], "maxSelect": 2}, {"maxSelect": at_most(1)}),
        ({"values": ["a"], "maxSelect": -1}, {"maxSelect": at_least(0)}),
        ({"values": ["", "a", "a"], "maxSelect": 3}, {}),
    ],
)
def test_check_options(options, errors):
    assert option_errors(made("select", **options)) == errors


def test_only_more_than_one_makes_a_list():
    assert [made("select", maxSelect=count).is_multiple for count in (0, 1, 2)] == [
        False,
        False,
        True,
    ]
    assert (single().shape, multiple().shape) == (Shape.AS_IS, Shape.JSON)


def test_stored_form():
    assert multiple().to_stored(["a", "é"]) == '["a","é"]'
    assert multiple().from_stored('["a","é"]') == ["a", "é"]
    assert multiple().from_stored(None) == []
    assert (single().to_stored("a"), single().from_stored("a")) == ("a", "a")
