import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_app import strict_json

texts = st.text(alphabet='ab":,{}[] \\\n\t', max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(values, st.sampled_from([None, 0, 1, "\t"]), st.sampled_from([(",", ":"), (" , ", " : ")]))
def test_reads_what_others_write(value, indent, separators):
    text = json.dumps(value, indent=indent, separators=separators)
    assert strict_json.loads(text.encode()) == value
    assert strict_json.loads_first(text.encode() + b"\n") == value


@given(
    st.lists(st.tuples(texts, values), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([":", " :", ": ", "\n:"]),
)
def test_finds_every_duplicate(pairs, at, colon):
    pairs = [*pairs, (pairs[at % len(pairs)][0], "again")]
    inner = ",".join(json.dumps(key) + colon + json.dumps(value) for key, value in pairs)
    for text in (f"{{{inner}}}", f'{{"x":[{{{inner}}}]}}'):
        with pytest.raises(strict_json.DuplicateKey):
            strict_json.loads(text.encode())


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"[-0,-0.0,0,-0e5,5]", "[-0.0, -0.0, 0, -0.0, 5]"),
        (b'{"a": -0 , "b":"x-0", "c":"2024-01-02"}', "{'a': -0.0, 'b': 'x-0', 'c': '2024-01-02'}"),
        (
            b"[-0,9223372036854775807,12345678901234567890]",
            "[-0.0, 9223372036854775807, 1.2345678901234567e+19]",
        ),
    ],
)
def test_minus_zero_has_a_sign(raw, text):
    assert str(strict_json.loads(raw)) == text


def test_deep_nesting_with_a_minus_zero():
    with pytest.raises(ValueError, match=r"nested|recursion"):
        strict_json.loads(b"[" * 1000 + b"-0" + b"]" * 1000)
