"""What a client may not see changes nothing of what it is told: no row, no order, no refusal.

Two worlds differ only in what is hidden from the caller. Any filter and sort gets the same from
both. As in PocketBase, two things are told of records that the caller may not list: that they
refer to another, since what they refer to is left out where a filter walks that way, and whether
all of several match (``docs/decisions.md``). So the worlds agree in how such records refer to
others, and several of them are only asked for any match.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collections_app.query.errors import FilterError, ForbiddenIdentifier
from collections_app.query.select import check_client_text
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import World, caller, key

RULES = {
    "posts": "n >= 0",
    "cats": "title != 'private'",
    "people": "verified = true",
    "comments": "stars > 1",
    "locked": None,
}
CALLERS = [RequestInfo(), RequestInfo(auth=caller("u1"))]

#: what the caller may not see: other values for it, by table and id
HIDDEN = {
    "posts": {
        "p3": {"title": "red", "b": 0, "d": "", "sel1": "a", "selm": '["c"]', "tag1": key("t1"),
               "tagm": "[]", "owner": key("u1"), "lock": key("k1"),
               "j": '{"k":"other"}', "g": '{"lon":1,"lat":1}'},
    },
    "cats": {"c2": {"tags": '["t1"]', "owner": key("u1"), "geo": '{"lon":9,"lat":9}'}},
    "people": {"u2": {"name": "Zoe", "role": "admin", "email": "zoe@example.com",
                      "emailVisibility": 1, "friend": "", "fav": f'["{key("p1")}"]'}},
    "comments": {"m2": {"text": "third", "stars": 0.5}, "m4": {"text": "first", "stars": -1}},
    "locked": {"k1": {"secret": "another"}},
}  # fmt: skip
#: fields that are hidden in every row
HIDDEN_FIELDS = {"posts": {"hid": "h9", "hrel": key("t3")}, "comments": {"hpost": key("p5")}}

_ONE = [
    "title", "n", "b", "d", "sel1", "selm:length", "tag1.name", "tag1.rank", "cat", "cat.title",
    "cat.owner", "cat.owner.name", "cat.owner.email", "cat.geo.lon", "cat.tags:length", "owner",
    "owner.name", "owner.email", "owner.email:lower", "owner.friend.name", "owner.friend.email",
    "owner.role", "self", "self.title", "self.n", "self.cat.title", "self.self.title", "self.j.k",
    "lock", "lock.secret", "hid", "hrel", "hrel.name", "self.hid", "notes_via_post.name",
]  # fmt: skip
_MANY = [
    "tagm.name", "selm:each", "cat.tags.name", "comments_via_post.text", "comments_via_post.stars",
    "comments_via_posts.text", "comments_via_hpost.text", "posts_via_self.title", "self.tagm.name",
    "posts_via_self.comments_via_post.text", "owner.fav.title", "cat.posts_via_cat.title",
]  # fmt: skip
_VALUES = ["'red'", "'a'", "''", "'zoe@example.com'", "'first'", "1", "0", "true", "null", "'x%'"]
_SIGNS = ["=", "!=", "~", "!~", ">", "<="]
_RIGHT = st.sampled_from([*_VALUES, *_ONE])
_LEAVES = st.one_of(
    st.tuples(st.sampled_from(_ONE), st.sampled_from(_SIGNS), _RIGHT),
    st.tuples(st.sampled_from(_MANY), st.sampled_from(["?" + sign for sign in _SIGNS]), _RIGHT),
    st.tuples(st.just("geoDistance(cat.geo.lon,1,self.g.lat,2)"), st.just(">"), st.just("500")),
    st.tuples(st.just("strftime('%Y',self.d)"), st.just("="), st.just("'2020'")),
).map(" ".join)
_JOINERS = st.sampled_from(["&&", "||"])
FILTERS = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(inner, _JOINERS, inner).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=5,
)
SORTS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from([*_ONE, "email"])).map("".join)


def with_other_secrets() -> World:
    """Return a world in which all that is hidden is otherwise."""
    made = World()
    for table, rows in HIDDEN.items():
        for name, values in rows.items():
            _update(made, table, values, f"WHERE id = '{key(name)}'")
    for table, values in HIDDEN_FIELDS.items():
        _update(made, table, values, "")
    return made


def _update(world, table, values, where):
    columns = ", ".join(f'"{name}" = ?' for name in values)
    done = world.database.execute(f"UPDATE {table} SET {columns} {where}", (*values.values(),))
    assert done.rowcount > 0


ONE, OTHER = (world.changed(**RULES) for world in (World(), with_other_secrets()))


def told(world: World, filter: str, sort: str, info: RequestInfo, collection: str):
    """Return the ids in order as our list route would find them, or how it refuses."""
    rule = world.collection(collection).list_rule or ""
    asked = {"rule": rule, "sort": f"{sort},id", "info": info, "is_list": True}
    try:
        check_client_text(filter, sort)
        selection = world.selection(filter, collection=collection, **asked)
    except (FilterError, ForbiddenIdentifier) as error:
        return error.status, error.reason
    return world.rows(selection, collection)


@given(FILTERS, SORTS, st.sampled_from(CALLERS))
@example("self.title = 'red'", "n", CALLERS[0])
@example("cat.owner = 'x' || n >= 0", "-cat.owner", CALLERS[0])
@example("owner.email ~ 'zoe' || title != ''", "owner.email", CALLERS[1])
@example("posts_via_self.title ?= 'red'", "n", CALLERS[0])
@example("comments_via_post.text ?= 'third'", "n", CALLERS[1])
@settings(max_examples=250, deadline=None)
def test_rows(filter, sort, info):
    assert told(OTHER, filter, sort, info, "posts") == told(ONE, filter, sort, info, "posts")


@given(st.sampled_from(_VALUES), st.sampled_from(_SIGNS), st.sampled_from(CALLERS))
@settings(max_examples=60, deadline=None)
def test_addresses(value, sign, info):
    """A private address is neither found nor told by what is not found."""
    private = World(), World()
    _update(private[1], "people", {"email": "zoe@example.com"}, f"WHERE id = '{key('u2')}'")
    for filter in (f"email {sign} {value}", f"email:lower {sign} {value}", f"{value} {sign} email"):
        found = [told(world, filter, "name", info, "people") for world in private]
        assert found[0] == found[1]
        assert key("u2") not in found[0]


def test_the_worlds_differ_for_who_sees_all():
    root = RequestInfo(auth=caller("su"))
    for filter in ("self.title = 'red'", "lock.secret = 'another'", "hid = 'h9'"):
        found = [world.ids(filter, info=root) for world in (ONE, OTHER)]
        assert found[0] != found[1]


@pytest.mark.parametrize("name", ["hid", "hrel", "hrel.name", "lock.secret", "self.hid"])
def test_hidden_fields_are_refused_alike(name):
    for filter, sort in ((f"{name} = 'x'", ""), (f"title = {name}", ""), ("n = 1", name)):
        refused = told(ONE, filter, sort, CALLERS[0], "posts")
        assert refused[0] == 400
        assert told(OTHER, filter, sort, CALLERS[0], "posts") == refused
