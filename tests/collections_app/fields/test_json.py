import orjson
import pytest

from collections_app.fields.json_text import VerbatimJson
from tests.collections_app.fields.making import REQUIRED, error_of, made, option_errors

INVALID = {"code": "validation_invalid_json", "message": "Must be a valid json value."}


def shown(field, value):
    return orjson.dumps(field.to_public(value)).decode()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({"b": 1, "a": "<&>"}, '{"a":"<&>","b":1}'),
        ([1.0, 1e5, 1e21, 1e-8, 1.5], "[1,100000,1e+21,1e-8,1.5]"),
        ([12345678901234567890], "[12345678901234567000]"),
        (2**66, "73786976294838210000"),
        (["1234567890123456", "1.0", "1e5"], '["1234567890123456","1.0","1e5"]'),
        (True, "true"),
        (0, "0"),
        ("", '""'),
        ("abc", '"abc"'),
        ("\U0001f600\U0001fae8\u200b", '"\U0001f600\U0001fae8\u200b"'),
        ("01", '"01"'),
        ('{"a":', '"{\\"a\\":"'),
        (" 1", '" 1"'),
        ("1.0x", '"1.0x"'),
        ("NaN", '"NaN"'),
        ("null ", '"null "'),
        ('"a\nb"', '"\\"a\\nb\\""'),
        ("true", "true"),
        ("false", "false"),
        ('{"b": 1, "a":1.50}', '{"b": 1, "a":1.50}'),
        ("[1] ", "[1] "),
        ("1.50", "1.50"),
        ("1e5", "1e5"),
        ("-0", "-0"),
        ("12345678901234567890", "12345678901234567890"),
        ('"abc"', '"abc"'),
        ('"123"', '"123"'),
        ('"\\ud800"', '"\\ufffd"'),
    ],
)
def test_stored_text_and_answer(raw, text):
    field = made("json")
    value = field.prepare(raw)
    assert error_of(field, value) is None
    assert field.to_stored(value) == text
    assert orjson.loads(shown(field, value)) == orjson.loads(text)
    if isinstance(raw, str):
        assert shown(field, value) == text


@pytest.mark.parametrize("raw", [None, "null"])
def test_null_is_stored_as_null(raw):
    field = made("json")
    assert field.prepare(raw) is None
    assert field.to_stored(None) is None


@pytest.mark.parametrize(
    "raw", ['{"a":1,"a":2}', "[1e400]", "1e400", "a\x01b", "\x7f", "a\x0bb", '\x7f"', "\U000e0001"]
)
def test_text_that_no_reader_would_take(raw):
    field = made("json")
    assert error_of(field, field.prepare(raw)) == INVALID


@pytest.mark.parametrize("value", [{1, 2}, object(), "\ud800", [b"x"], [10**400]])
def test_values_of_code_that_are_no_json(value):
    assert error_of(made("json"), value) == INVALID


@pytest.mark.parametrize("raw", [None, "", [], {}, "null", '""', "[]", " {} "])
def test_required_refuses_empty_values(raw):
    field = made("json", required=True)
    expected = None if raw == " {} " else REQUIRED
    assert error_of(field, field.prepare(raw)) == expected


@pytest.mark.parametrize("raw", [0, False, "0", "[0]"])
def test_required_takes_zero_and_false(raw):
    field = made("json", required=True)
    assert error_of(field, field.prepare(raw)) is None


def test_size_is_that_of_the_text():
    field = made("json", maxSize=8)
    assert error_of(field, "ééé") is None
    assert error_of(field, "éééé") == {
        "code": "validation_json_size_limit",
        "message": "The maximum allowed JSON size is 8 bytes.",
        "params": {"maxSize": 8},
    }
    assert error_of(made("json"), "x" * (1 << 20))["params"] == {"maxSize": 1 << 20}


def test_check_options():
    assert option_errors(made("json", maxSize=-1))["maxSize"]["params"] == {"threshold": 0}
    assert made("json").body_allowance == 1 << 20


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        (None, None),
        (5, 5),
        (1.5, 1.5),
        ('{"a":[1,true]}', {"a": [1, True]}),
        ('"abc"', "abc"),
        ("true", True),
    ],
)
def test_from_stored(stored, value):
    assert made("json").from_stored(stored) == value


def test_text_in_another_form_survives_a_round_trip():
    field = made("json")
    value = field.from_stored('{"b": 1}')
    assert isinstance(value, VerbatimJson)
    assert value == {"b": 1}
    assert (value["b"], len(value), list(value)) == (1, 1, ["b"])
    assert field.to_stored(value) == '{"b": 1}'


def test_a_large_number_is_shown_as_it_is_read():
    field = made("json")
    value = field.from_stored(12345678901234567890.0)
    assert field.to_stored(value) == "1.2345678901234567e+19"
    assert orjson.dumps(field.to_public(value)) == b"1.2345678901234567e+19"
    assert field.to_request(value) == 12345678901234567890.0
    assert type(field.from_stored(1.5)) is float


def test_rules_see_the_value():
    field = made("json")
    assert field.to_request(field.prepare('{"b": 1}')) == {"b": 1}
