import pytest

from collections_app.fields.base import References
from tests.collections_app.fields.making import (
    REQUIRED,
    at_least,
    code_of,
    error_of,
    made,
    option_errors,
)


def single(**options):
    return made("relation", collectionId="target", **options)


def multiple(**options):
    return single(**{"maxSelect": 4, **options})


def test_prepare():
    assert single().prepare(["a", "b"]) == "b"
    assert multiple().prepare('["a","b","a"]') == ["a", "b"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (single(required=True), "", "validation_required"),
        (single(), "", None),
        (multiple(minSelect=2), [], None),
        (multiple(minSelect=2), ["a"], "validation_not_enough_values"),
        (multiple(minSelect=2), ["a", "b"], None),
        (multiple(maxSelect=2), ["a", "b", "c"], "validation_too_many_values"),
    ],
)
def test_validate(field, value, code):
    assert code_of(field, value) == code


def test_error_names_the_least_number():
    assert error_of(multiple(minSelect=2), ["a"]) == {
        "code": "validation_not_enough_values",
        "message": "Select at least 2.",
        "params": {"minSelect": 2},
    }


def test_references():
    assert single().references("") is None
    assert multiple().references([]) is None
    assert single().references("a") == References("target", ("a",))
    assert multiple().references(["a", "b"]) == References("target", ("a", "b"))


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"collectionId": ""}, {"collectionId": REQUIRED}),
        ({"minSelect": 2}, {"maxSelect": REQUIRED}),
        ({"minSelect": 2, "maxSelect": 1}, {"maxSelect": at_least(2)}),
        ({"minSelect": 2, "maxSelect": 2}, {}),
        ({"minSelect": -2, "maxSelect": -1}, {"minSelect": at_least(0)}),
        ({"maxSelect": 2**40}, {}),
    ],
)
def test_check_options(options, errors):
    assert option_errors(made("relation", **{"collectionId": "t", **options})) == errors


def test_records_of_code_stand_for_their_ids(make_collection, make_record):
    author = make_record(make_collection("authors"))
    assert single().prepare(author) == author.id
    assert multiple().prepare([author, "x"]) == [author.id, "x"]
