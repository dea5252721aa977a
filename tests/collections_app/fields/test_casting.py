import pytest

from collections_app.fields import casting


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" a ", " a "),
        (1.10, "1.1"),
        (5, "5"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (12345678901234567890, "12345678901234567000"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        ([1], ""),
        ({"a": 1}, ""),
    ],
)
def test_to_text(raw, text):
    assert casting.to_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (5, 5),
        (1.5, 1.5),
        (5.0, 5),
        ("12", 12),
        ("1.5", 1.5),
        ("1e3", 1000),
        ("+5", 5),
        (".5", 0.5),
        ("5.", 5),
        ("010", 10),
        ("1_000", 1000),
        ("0x1p4", 16),
        ("", 0),
        ("abc", 0),
        (" 5 ", 0),
        ("1,5", 0),
        ("0x10", 0),
        ("1e400", 0),
        ("1__0", 0),
        ("٣", 0),
        (None, 0),
        ([1], 0),
        ({}, 0),
        (True, 1),
        (False, 0),
    ],
)
def test_to_number(raw, number):
    result = casting.to_number(raw)
    assert result == number
    assert type(result) is type(number)


@pytest.mark.parametrize("raw", [True, 1, -1, 0.5, "1", "t", "T", "true", "TRUE", "True"])
def test_to_bool_true(raw):
    assert casting.to_bool(raw) is True


@pytest.mark.parametrize(
    "raw", [False, 0, 0.0, "", "yes", "on", "tRUE", "0", "2", None, [True], {"a": 1}]
)
def test_to_bool_false(raw):
    assert casting.to_bool(raw) is False


@pytest.mark.parametrize(
    ("raw", "items"),
    [
        (None, []),
        ("", []),
        ({"a": 1}, []),
        ("a,b", ["a,b"]),
        (' ["a","b"]', ["a", "b"]),
        ('["a",null,""]', ["a"]),
        ('["a",1]', ["a", '["a",1]']),
        ("[1]", ["[1]"]),
        ('["a",', ["a", '["a",']),
        ("a[", ["a["]),
        (["b", "a", "b", "", None], ["b", "a"]),
        ([1, True, 1.5], ["1", "true", "1.5"]),
        ([["a"], {}], []),
        (["a", ["b"]], []),
        (5, ["5"]),
        (True, ["true"]),
    ],
)
def test_to_list(raw, items):
    assert casting.to_list(raw) == items


def test_quote_writes_as_go():
    assert casting.quote('a"\\\n\x01\x7fé日\u200b\U000e0001') == (
        '"a\\"\\\\\\n\\x01\\x7fé日\\u200b\\U000e0001"'
    )
