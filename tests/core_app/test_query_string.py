from __future__ import annotations

import pytest

from core_app.query_string import first_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "1"}),
        ("a&b=&=c", {"a": "", "b": "", "": "c"}),
        ("a=x=y", {"a": "x=y"}),
        ("a=x+y%2Bz", {"a": "x y+z"}),
        ("a%5B%5D=%C3%A9", {"a[]": "é"}),
        ("a=\u00c3\u00a9", {"a": "é"}),
        ("a=%ff", {"a": "\ufffd"}),
        ("a=%zz&b=1", {"b": "1"}),
        ("a=1;b=2&c=3", {"c": "3"}),
        ("&&a=1&", {"a": "1"}),
    ],
)
def test_first_values(text, values):
    assert first_values(text) == values
