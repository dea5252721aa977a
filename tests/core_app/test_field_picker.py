"""``?fields=``: answers recorded from PocketBase 0.40.6."""

from __future__ import annotations

import orjson
import pytest

from core_app.errors import BadRequest
from core_app.field_picker import pick

RECORD = {
    "cats": ["c1", "c2"],
    "expand": {"cat": {"id": "c1", "title": "Cat", "tag": "x"}, "all": [{"id": "c1", "n": 1}]},
    "id": "p2",
    "j": orjson.Fragment('{"list":[{"x":1,"y":2},{"x":3}],"n":5}'),
    "text": "<p>hello world</p>",
    "title": "p2",
}


def plain(value):
    return orjson.loads(orjson.dumps(value))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("id", {"id": "p2"}),
        (" id ,title", {"id": "p2", "title": "p2"}),
        ("nope", {}),
        ("title.x", {"title": "p2"}),
        ("cats.0", {"cats": ["c1", "c2"]}),
        ("j.list.x", {"j": {"list": [{"x": 1}, {"x": 3}]}}),
        ("j.nope", {"j": {}}),
        ("j.*", {"j": {"list": [{"x": 1, "y": 2}, {"x": 3}], "n": 5}}),
        ("expand.cat.title", {"expand": {"cat": {"title": "Cat"}}}),
        ("expand.all.n", {"expand": {"all": [{"n": 1}]}}),
        ("expand.*.title", {"expand": {}}),
        ("expand.cat.*", {"expand": {"cat": {"id": "c1", "title": "Cat", "tag": "x"}}}),
        ("id,id.x", {"id": "p2"}),
        ("text:excerpt(5)", {"text": "hello"}),
        ("text:excerpt(5,true)", {"text": "hello..."}),
        ("text:excerpt( 5 , t )", {"text": "hello..."}),
        ("text:excerpt 5 true", {"text": "hello..."}),
        ("text:excerpt(5,yes)", {"text": "hello"}),
        ("text:excerpt(11,true)", {"text": "hello world"}),
        ("cats:excerpt(1)", {"cats": ["c1", "c2"]}),
        ("*.n", {}),
    ],
)
def test_pick(fields, expected):
    assert plain(pick(RECORD, fields)) == expected


@pytest.mark.parametrize("fields", ["", ",", " ", ", ,"])
def test_nothing_named_is_everything(fields):
    assert pick(RECORD, fields) is RECORD


def test_star_keeps_the_rest_beside_narrowed_keys():
    picked = plain(pick(RECORD, "*,expand.cat.id"))
    assert picked == {**plain(RECORD), "expand": {"cat": {"id": "c1"}}}


def test_excerpt_of_everything_touches_strings_alone():
    record = {"id": "abc", "j": orjson.Fragment('"long text"'), "n": 12, "s": ["abc"]}
    assert pick(record, "*:excerpt(2)") == {"id": "ab", "j": "lo", "n": 12, "s": ["abc"]}


def test_lists_pick_of_each_item():
    items = [{"id": "a", "n": 1}, {"id": "b", "n": 2}]
    assert pick(items, "id") == [{"id": "a"}, {"id": "b"}]
    assert pick(items, "id:excerpt(9),n.x") == items
    assert pick([], "id") == []
    assert pick([1, 2], "id") == [1, 2]


def test_key_order_and_source_stay():
    record = {"b": 1, "a": {"x": 1, "y": 2}}
    assert list(pick(record, "a.x,b")) == ["b", "a"]
    assert record == {"b": 1, "a": {"x": 1, "y": 2}}


@pytest.mark.parametrize(
    "fields",
    [
        "text:excerpt",
        "text:excerpt()",
        "text:excerpt(0)",
        "text:excerpt(-1)",
        "text:excerpt(a)",
        "text:excerpt(1,2,3)",
        "text:nope",
        "text:",
        "nope:nope",
        "(id",
        "id)",
    ],
)
def test_unreadable(fields):
    with pytest.raises(BadRequest) as caught:
        pick(RECORD, fields)
    assert caught.value.body() == {
        "data": {},
        "message": "Something went wrong while processing your request.",
        "status": 400,
    }
