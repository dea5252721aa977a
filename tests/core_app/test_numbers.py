import orjson
import pytest

from core_app import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.0, "0"),
        (-0.0, "-0"),
        (1e15, "1000000000000000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (0.000001, "0.000001"),
        (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (1.25e-10, "1.25e-10"),
        (5e-324, "5e-324"),
        (0.1 + 0.2, "0.30000000000000004"),
        (2**53, "9007199254740992"),
        (2**53 + 1, "9007199254740992"),
        (12345678901234567890, "12345678901234567000"),
    ],
)
def test_public_is_ecmascript(value, text):
    assert orjson.dumps(numbers.public(value)).decode() == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (2.5, "2.5"),
        (0, "0"),
        (100000, "100000"),
        (1000000, "1e+06"),
        (2500000.5, "2.5000005e+06"),
        (-0.0001, "-0.0001"),
        (0.00001, "1e-05"),
        (1e21, "1e+21"),
    ],
)
def test_to_message_is_go(value, text):
    assert numbers.to_message(value) == text


@pytest.mark.parametrize(
    ("value", "canonical"),
    [(5.0, 5), (2.0**53, 2**53), (2.0**54, 2.0**54), (1.5, 1.5), (1e300, 1e300)],
)
def test_canonical(value, canonical):
    result = numbers.canonical(value)
    assert (result, type(result)) == (canonical, type(canonical))


def test_plain_changes_only_what_must_change():
    fine = {"a": [1, "x", {"b": 1.5}], "c": None}
    assert numbers.plain(fine) is fine
    assert numbers.dumps({"b": [1e21, 1.0], "a": {"c": 1e-7, "b": True}}) == (
        b'{"a":{"b":true,"c":1e-7},"b":[1e+21,1]}'
    )


def test_what_is_no_number_is_null():
    assert numbers.dumps([float("nan"), float("inf"), 1e21]) == b"[null,null,1e+21]"


def test_numbers_of_json_columns():
    shown = [orjson.dumps(numbers.public_of_json_column(n)) for n in (5, 2**53 + 1, 1e20, 1e-6)]
    assert shown == [b"5", b"9007199254740993", b"1e+20", b"1e-06"]
