import pytest

from collections_app.fields.password import Password
from tests.collections_app.fields.making import (
    REQUIRED,
    at_least,
    at_most,
    error_of,
    made,
    option_errors,
)

INVALID = {"code": "validation_invalid_value", "message": "Invalid value."}


def field(**options):
    return made("password", **{"cost": 4, **options})


def test_hash_is_made_by_validate():
    value = field().prepare("secret")
    assert value.plain == "secret"
    assert error_of(field(), value) is None
    assert value.hash.startswith("$2a$04$")
    assert Password(value.hash).verify("secret")
    assert not Password(value.hash).verify("Secret")


def test_cost_is_the_field_s():
    value = made("password", cost=5).prepare("secret")
    assert value.hash.startswith("$2a$05$")


def test_a_hash_is_plain_text_too():
    hashed = field().prepare("secret").hash
    again = field().prepare(hashed)
    assert again.plain == hashed
    assert again.hash != hashed


@pytest.mark.parametrize(("raw", "plain"), [(5, "5"), (True, "true"), (None, ""), (["a"], "")])
def test_prepare_casts_to_text(raw, plain):
    assert field().prepare(raw).plain == plain


@pytest.mark.parametrize(
    ("options", "plain", "error"),
    [
        ({"min": 3}, "é" * 37, INVALID),
        ({}, "é" * 36, None),
        ({"required": True}, "", REQUIRED),
        ({"min": 3, "pattern": "x"}, "", None),
        (
            {"min": 3},
            "éé",
            {
                "code": "validation_min_text_constraint",
                "message": "Must be at least 3 character(s).",
            },
        ),
        ({}, "x" * 71, None),
        (
            {},
            "x" * 72,
            {
                "code": "validation_max_text_constraint",
                "message": "Must be less than 71 character(s).",
            },
        ),
        ({"max": 3}, "abc", None),
        (
            {"max": 3},
            "abcd",
            {
                "code": "validation_max_text_constraint",
                "message": "Must be less than 3 character(s).",
            },
        ),
        (
            {"pattern": "^[a-z]+$"},
            "A",
            {"code": "validation_invalid_format", "message": "Invalid value format."},
        ),
    ],
)
def test_validate(options, plain, error):
    assert error_of(field(**options), field().prepare(plain)) == error


def test_a_stored_hash_is_not_judged_again():
    stored = field().from_stored(field().prepare("a").hash)
    assert error_of(field(min=5, required=True), stored) is None


def test_empty_text_clears():
    assert field().to_stored(field().prepare("")) == ""
    assert field().is_zero(field().prepare(""))


def test_nobody_sees_it():
    value = field().prepare("secret")
    assert field().to_public(value) == ""
    assert "secret" not in repr(value)
    assert field().to_request(value) == "secret"


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"min": 72}, {"min": at_most(71)}),
        ({"min": -1}, {"min": at_least(1)}),
        ({"min": 0, "max": 0, "cost": 0}, {}),
        ({"max": 72}, {"max": at_most(71)}),
        ({"min": 5, "max": 2}, {"max": at_least(5)}),
        ({"cost": 3}, {"cost": at_least(4)}),
        ({"cost": 32}, {"cost": at_most(31)}),
        (
            {"pattern": "("},
            {
                "pattern": {
                    "code": "validation_invalid_regex",
                    "message": "Error parsing regexp: missing closing ): `(`.",
                }
            },
        ),
    ],
)
def test_check_options(options, errors):
    assert option_errors(made("password", **options)) == errors
