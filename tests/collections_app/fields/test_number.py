import math

import orjson
import pytest

from tests.collections_app.fields.making import REQUIRED, error_of, made, option_errors

NOT_A_NUMBER = {
    "code": "validation_not_a_number",
    "message": "The submitted number is not properly formatted.",
}
ONLY_INT = {
    "code": "validation_only_int_constraint",
    "message": "Decimal numbers are not allowed.",
}


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        (1, 1, "1"),
        (1.0, 1, "1"),
        (1.5, 1.5, "1.5"),
        (-0.0, -0.0, "-0"),
        (1e21, 1e21, "1e+21"),
        (1e-7, 1e-7, "1e-7"),
        (0.000001, 1e-6, "0.000001"),
        (1e20, 1e20, "100000000000000000000"),
        (12345678901234567890, 1.2345678901234567e19, "12345678901234567000"),
        (2**53 + 1, 2**53, "9007199254740992"),
        ("1.50", 1.5, "1.5"),
        (True, 1, "1"),
    ],
)
def test_prepare_and_to_public(raw, value, shown):
    field = made("number")
    prepared = field.prepare(raw)
    assert prepared == value
    assert orjson.dumps(field.to_public(prepared)).decode() == shown


@pytest.mark.parametrize("raw", ["Infinity", "inf", "-Inf", "NaN", "nan"])
def test_infinite_text_is_refused(raw):
    field = made("number")
    value = field.prepare(raw)
    assert not math.isfinite(value)
    assert error_of(field, value) == NOT_A_NUMBER


@pytest.mark.parametrize(
    ("options", "value", "error"),
    [
        ({"required": True}, 0, REQUIRED),
        ({"min": 1}, 0, None),
        ({"max": -1}, 0, None),
        ({"onlyInt": True, "min": 5}, 1.5, ONLY_INT),
        ({"onlyInt": True}, 1e300, ONLY_INT),
        ({"onlyInt": True}, 5, None),
        (
            {"min": 1},
            0.5,
            {
                "code": "validation_min_number_constraint",
                "message": "Must be greater or equal than 1.",
                "params": {"min": 1},
            },
        ),
        ({"min": 1, "max": 1}, 1, None),
        (
            {"max": 2.5},
            3,
            {
                "code": "validation_max_number_constraint",
                "message": "Must be less or equal than 2.5.",
                "params": {"max": 2.5},
            },
        ),
        (
            {"max": 1500000},
            3e9,
            {
                "code": "validation_max_number_constraint",
                "message": "Must be less or equal than 1.5e+06.",
                "params": {"max": 1500000},
            },
        ),
    ],
)
def test_validate(options, value, error):
    assert error_of(made("number", **options), value) == error


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"min": 1.5, "max": 2.5}, {}),
        ({"min": 1.5, "max": 2.5, "onlyInt": True}, {"min": ONLY_INT, "max": ONLY_INT}),
        ({"min": 5, "max": 5}, {}),
        (
            {"min": 0, "max": -1},
            {
                "max": {
                    "code": "validation_min_number_constraint",
                    "message": "Must be greater or equal than 0.",
                    "params": {"min": 0},
                }
            },
        ),
        (
            {"min": 2500000.5, "max": 1},
            {
                "max": {
                    "code": "validation_min_number_constraint",
                    "message": "Must be greater or equal than 2.5000005e+06.",
                    "params": {"min": 2500000.5},
                }
            },
        ),
    ],
)
def test_check_options(options, errors):
    assert option_errors(made("number", **options)) == errors


@pytest.mark.parametrize(
    ("modifier", "current", "raw", "value"),
    [
        ("+", 10, 1, 11),
        ("-", 10, "3", 7),
        ("+", 0, "abc", 0),
        ("+", 0.5, 0.5, 1),
        ("-", 5, None, 5),
    ],
)
def test_modifiers(modifier, current, raw, value):
    result = made("number").modify(modifier, current, raw)
    assert (result, type(result)) == (value, type(value))
