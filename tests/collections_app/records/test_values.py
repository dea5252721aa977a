import pytest

from collections_app.fields import base
from collections_app.records.values import apply_body, normalised_body
from collections_app.schema.definition import CollectionDef
from tests.makers import autodate, geo_point, json_field, number, password, select, text


def collection(*fields):
    return CollectionDef(
        id="c", name="c", fields=tuple(base.from_json({"id": f["name"], **f}) for f in fields)
    )


POSTS = collection(
    text("t", autogeneratePattern="[x]{3}"),
    number("n"),
    select("s", "a", "b", "c", maxSelect=3),
    json_field("j"),
    geo_point("g"),
    password("p", cost=4),
    text("secret", hidden=True),
    autodate("created", onCreate=True),
)


@pytest.mark.parametrize(
    ("_case", "current", "body", "values"),
    [
        ("cast", {}, {"n": "5", "t": 1.0}, {"n": 5, "t": "1"}),
        ("sum on what is stored", {"n": 10}, {"n+": 1}, {"n": 11}),
        ("sum on what is sent", {"n": 1}, {"n": 10, "n+": 1, "n-": 3}, {"n": 8}),
        ("sum on nothing", {}, {"n-": 3}, {"n": -3}),
        ("append", {"s": ["a"]}, {"s+": "b"}, {"s": ["a", "b"]}),
        ("prepend", {"s": ["a"]}, {"+s": "b"}, {"s": ["b", "a"]}),
        ("remove", {"s": ["a", "b"]}, {"s-": ["a"]}, {"s": ["b"]}),
        ("generate", {"t": "old"}, {"t:autogenerate": "ab-"}, {"t": "ab-xxx"}),
        ("unknown", {}, {"x": 1, "+n": 1, "n++": 1, "t+": "a", "N": 5, "j+": 1}, {}),
        ("automatic on create", {}, {"created": "2024-01-02"}, {"created": ""}),
        ("automatic on update", {"created": "then"}, {"created": ""}, {"created": "then"}),
        ("names are exact", {}, {"T": "a"}, {}),
    ],
)
def test_apply_body(_case, current, body, values):
    assert apply_body(POSTS, current, body) == values


def test_shorter_keys_come_first_whatever_their_order():
    body = {"s-": "a", "s:x": 1, "+s": "c", "s": ["a", "b"]}
    assert apply_body(POSTS, {}, body)["s"] in (["b", "c"], ["c", "b"])


def test_what_may_not_be_written_is_left_out():
    body = {"secret": "a", "secret:autogenerate": "b", "t": "c"}
    assert apply_body(POSTS, {}, body, {"secret"}) == {"t": "c"}


def test_current_values_are_not_changed():
    current = {"s": ["a"]}
    apply_body(POSTS, current, {"s+": "b"})
    assert current == {"s": ["a"]}


def test_normalised_body():
    body = {
        "n+": "2",
        "s": "a",
        "j": '{"b": 1}',
        "p": "plain",
        "g": "nope",
        "secret": "x",
        "unknown": [1],
        "n++": 3,
    }
    values = apply_body(POSTS, {"n": 1}, body, {"secret"})
    assert normalised_body(POSTS, body, values) == {
        "n": 3,
        "s": ["a"],
        "j": {"b": 1},
        "p": "plain",
        "g": {"lon": 0, "lat": 0},
        "unknown": [1],
        "n++": 3,
    }


class Uploaded(base.FieldType):
    """Takes any list; bytes stand for uploads."""

    modifiers = frozenset({"+", "^+", "-"})

    def brings_uploads(self, raw):
        return any(isinstance(one, bytes) for one in (raw if isinstance(raw, list) else [raw]))

    def modify(self, modifier, current, raw):
        given = raw if isinstance(raw, list) else [raw]
        if modifier == "-":
            return [one for one in current if one not in given]
        return [*current, *given] if modifier == "+" else [*given, *current]


FILES = CollectionDef(id="f", name="f", fields=(Uploaded(base.FieldOptions(id="u", name="u")),))


@pytest.mark.parametrize(
    ("_case", "body", "value"),
    [
        ("texts alone", {"u": ["b"], "u+": "c", "u-": "b"}, ["c"]),
        ("uploads come after texts", {"u+": [b"1"], "+u": "c"}, ["c", "a", b"1"]),
        ("uploads replace what texts changed", {"u": [b"1"], "u+": "c", "u-": "a"}, [b"1"]),
        ("names beside uploads stay", {"u": ["a", b"1"], "u-": "a"}, ["a", b"1"]),
        ("uploads beside uploads", {"u": [b"1"], "u+": [b"2"]}, [b"1", b"2"]),
    ],
)
def test_uploads(_case, body, value):
    assert apply_body(FILES, {"u": ["a"]}, body) == {"u": value}
