from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.fields import json_text
from core_app.dialects.postgresql_values import canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(2**53), 2**53),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ('{"b": 1, "aa": [1, "x, y"], "": {}}', '{"":{},"aa":[1,"x, y"],"b":1}'),
        ('{"lat": 1, "lon": 2}', '{"lat":1,"lon":2}'),
        ('["a", "b: c"]', '["a","b: c"]'),
        ('"a: [b, c]"', '"a: [b, c]"'),
        ("null", "null"),
        ("[1000000000000000000000, 0.0000001]", "[1e+21,1e-7]"),
        ('{"n": 1.50, "m": 12345678901234567890, "o": "1.0"}',
         '{"m":12345678901234567000,"n":1.50,"o":"1.0"}'),
    ],
)  # fmt: skip
def test_stored_text(stored, shown):
    assert canonical(stored.encode()) == shown


@pytest.mark.parametrize("depth", [200, 300, 2000])
def test_what_is_nested_deeply(depth):
    text = '{"b": 1, "a": ' * depth + "1" + "}" * depth
    keeps_order = depth != 200
    opened = '{"b":1,"a":' if keeps_order else '{"a":'
    closed = "}" if keeps_order else ',"b":1}'
    assert canonical(text.encode()) == opened * depth + "1" + closed * depth


@given(VALUES)
def test_what_records_store(value):
    shown = canonical(json.dumps(value, ensure_ascii=False).encode())
    assert shown == json_text.encode(value)
