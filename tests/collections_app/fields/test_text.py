import re

import pytest

from collections_app.fields.casting import to_text
from tests.collections_app.fields.making import (
    REQUIRED,
    at_least,
    at_most,
    code_of,
    error_of,
    made,
    option_errors,
)

BAD_FORMAT = {"code": "validation_invalid_format", "message": "Invalid value format."}
ID = {
    "id": "text3208210256",
    "name": "id",
    "primaryKey": True,
    "required": True,
    "system": True,
    "min": 15,
    "max": 15,
    "pattern": "^[a-z0-9]+$",
    "autogeneratePattern": "[a-z0-9]{15}",
}


@pytest.mark.parametrize("raw", ["a", " ", "", 5, None, [1], True])
def test_prepare_casts_to_text(raw):
    assert made("text").prepare(raw) == to_text(raw)


@pytest.mark.parametrize(
    ("options", "value", "error"),
    [
        ({"required": True}, "", REQUIRED),
        ({"required": True}, " ", None),
        ({"min": 3, "max": 1, "pattern": "x"}, "", None),
        (
            {"min": 3},
            "éé",
            {
                "code": "validation_min_text_constraint",
                "message": "Must be at least 3 character(s).",
                "params": {"min": 3},
            },
        ),
        ({"min": 3, "max": 3}, "ééé", None),
        (
            {"max": 2},
            "abc",
            {
                "code": "validation_max_text_constraint",
                "message": "Must be no more than 2 character(s).",
                "params": {"max": 2},
            },
        ),
        ({}, "é" * 5000, None),
        (
            {},
            "x" * 5001,
            {
                "code": "validation_max_text_constraint",
                "message": "Must be no more than 5000 character(s).",
                "params": {"max": 5000},
            },
        ),
        ({"max": 6000}, "x" * 5001, None),
        ({"pattern": "b"}, "abc", None),
        ({"pattern": "^b"}, "abc", BAD_FORMAT),
        ({"pattern": r"^\d$"}, "٣", BAD_FORMAT),
        ({"pattern": r"^\w+$"}, "é", BAD_FORMAT),
        ({"pattern": "^a$"}, "a\n", BAD_FORMAT),
    ],
)
def test_validate(options, value, error):
    assert error_of(made("text", **options), value) == error


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"min": -1}, {"min": at_least(0)}),
        ({"min": 5, "max": 2}, {"max": at_least(5)}),
        ({"min": 5, "max": 0}, {}),
        ({"min": 5, "max": 5}, {}),
        ({"min": 2**53}, {"min": at_most(2**53 - 1)}),
        ({"max": 2**53}, {"max": at_most(2**53 - 1)}),
        (
            {"pattern": "(?=a)"},
            {
                "pattern": {
                    "code": "validation_invalid_regex",
                    "message": "Error parsing regexp: invalid or unsupported Perl syntax: `(?=`.",
                }
            },
        ),
        (
            {"autogeneratePattern": "^a$"},
            {
                "autogeneratePattern": {
                    "code": "validation_invalid_autogenerate_pattern",
                    "message": "Unsupported pattern operator 9.",
                }
            },
        ),
        (
            {"autogeneratePattern": "(a"},
            {
                "autogeneratePattern": {
                    "code": "validation_invalid_regex",
                    "message": "Error parsing regexp: missing closing ): `(a`.",
                }
            },
        ),
        (
            {"autogeneratePattern": "abc", "min": 5},
            {
                "autogeneratePattern": {
                    "code": "validation_invalid_autogenerate_pattern_value",
                    "message": "The provided autogenerate pattern could produce invalid field "
                    'values, ex.: "abc".',
                }
            },
        ),
        ({"autogeneratePattern": "[a-z]{5}", "min": 5, "pattern": "^[a-z]+$"}, {}),
    ],
)
def test_check_options(options, errors):
    assert option_errors(made("text", **options)) == errors


def test_options_of_the_id():
    assert option_errors(made("text", **ID)) == {}
    assert option_errors(made("text", **{**ID, "autogeneratePattern": "", "min": 0})) == {}
    bad = made("text", **{**ID, "hidden": True, "required": False, "pattern": ""})
    assert option_errors(bad) == {
        "hidden": {"code": "validation_empty", "message": "Must be blank."},
        "pattern": REQUIRED,
        "required": REQUIRED,
    }


def test_only_the_id_is_a_key():
    composite = {
        "code": "validation_unsupported_composite_pk",
        "message": "Composite PKs are not supported and the collection must have only 1 PK.",
    }
    second = made("text", primaryKey=True, required=True, pattern=".")
    assert option_errors(second, None, made("text", **ID)) == {
        "name": {
            "code": "validation_in_invalid",
            "message": 'The primary key must be named "id".',
        },
        "primaryKey": composite,
    }


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a" * 15, None),
        ("", "validation_required"),
        ("abc", "validation_min_text_constraint"),
        ("a" * 16, "validation_max_text_constraint"),
        ("A" * 15, "validation_invalid_format"),
        ("a" * 14 + ".", "validation_invalid_format"),
    ],
)
def test_validate_default_id(value, code):
    assert code_of(made("text", **ID), value) == code


@pytest.mark.parametrize("char", [*"./\\|\"'`<>:?*%$\0\t\n\r "])
def test_characters_no_id_may_have(char):
    field = made("text", **{**ID, "min": 0, "max": 0, "pattern": "."})
    assert error_of(field, f"a{char}b" if char != "\n" else "a\nb") == {
        "code": "validation_forbidden_pk_character",
        "message": f"'{char}' is not a valid primary key character.",
        "params": {"ch": char},
    }


@pytest.mark.parametrize("value", ["CON", "con", "Prn", "aux", "nul", "com1", "LPT9"])
def test_names_no_id_may_have(value):
    field = made("text", **{**ID, "min": 0, "max": 0, "pattern": "."})
    assert error_of(field, value) == {
        "code": "validation_reserved_pk",
        "message": f"The primary key '{value.upper()}' is reserved and cannot be used.",
        "params": {"reserved": value.upper()},
    }


def test_names_are_free_under_the_pattern_of_generated_ids():
    assert error_of(made("text", **{**ID, "min": 0, "max": 0}), "con") is None


@pytest.mark.parametrize("value", ["com0", "cons", "é", "@x", "-x", "null"])
def test_names_an_id_may_have(value):
    field = made("text", **{**ID, "min": 0, "max": 0, "pattern": "."})
    assert error_of(field, value) is None


def test_fill_generates_for_new_empty_values_only():
    field = made("text", autogeneratePattern="[a-c]{4}")
    assert re.fullmatch("[a-c]{4}", field.fill("", is_new=True))
    assert field.fill("x", is_new=True) == "x"
    assert field.fill("", is_new=False) == ""
    assert made("text").fill("", is_new=True) == ""


def test_autogenerate_modifier_adds_to_the_submitted_text():
    field = made("text", autogeneratePattern="[x]{3}")
    assert field.modify(":autogenerate", "old", "ab-") == "ab-xxx"
    assert made("text").modify(":autogenerate", "old", 5) == "5"
