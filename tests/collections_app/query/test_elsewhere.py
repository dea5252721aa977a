"""Rules about other collections' rows, asked once for a list, give the rows that joining gives."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collections_app.query.errors import FilterError
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import World, caller

ALL = "p1 p2 p3 p4 p5"
ANN = RequestInfo(auth=caller("u1"))
MEMBER = "@collection.comments.text ?= 'first' && @collection.comments.post ?= id"

#: a rule, whose rows it gives, and whether the other collection is asked once
ROWS = [
    (MEMBER, "p1", True),
    ("id ?= @collection.comments.post && 'first' ?= @collection.comments.text", "p1", True),
    (f"n > 100 || ({MEMBER})", "p1", False),
    (f"({MEMBER}) && n = 1", "p1", True),
    ("@collection.comments.stars ?= 5 && @collection.comments.post.title ?= title", "p1", True),
    ("@collection.comments.stars ?= 5 && @collection.comments.post ?= self", "p2", True),
    ("@collection.comments.stars ?= 5 && @collection.comments.post ?= self.self", "p3", True),
    # what every record shares with some row: the first such row is enough
    ("@collection.people.id ?= @request.auth.id && @collection.people.role ?= 'admin'", ALL, True),
    ("@collection.people.id ?= @request.auth.id && @collection.people.role ?= 'none'", "", True),
    ("@collection.tags.rank ?> 2", ALL, True),
    ("@collection.tags.rank ?> 3", "", True),
    ("@collection.tags.parent.name ?= 'Green'", ALL, True),
    ("@collection.tags.posts_via_tagm.title ?= 'beta' && @collection.tags.name ?= 'red'", "", True),
    # two aliases are two rows
    ("@collection.tags:a.name ?= 'red' && @collection.tags:b.name ?= 'blue'", ALL, True),
    ("@collection.tags:a.name ?= 'red' && @collection.tags:a.name ?= 'blue'", "", True),
    # nothing tells which of the other rows, so all would have to be collected
    ("@collection.comments.post ?= id", "p1 p2", False),
    ("@collection.comments.stars ?> 0 && @collection.comments.post ?= id", "p1 p2", False),
    # a row that is not there passes too
    ("@collection.tags.name ?!= 'red' && @collection.tags.id ?= tag1", "p2 p4", False),
    ("@collection.tags.name ?= ''", ALL, False),
    # every row, not just one
    ("@collection.tags.name = 'red'", "", False),
    ("@collection.comments.text ?= 'first' && @collection.comments.post = id", "", False),
    ("@collection.comments.text ?= 'first' && @collection.comments.post ?!= id", None, False),
    ("@collection.comments.text ?= title && @collection.comments.post ?= id", "", False),
    ("@collection.comments.stars ?= 5 && @collection.comments.stars ?= n", None, False),
    ("geoDistance(@collection.posts.g.lon, 0, g.lon, 0) ?< 1", None, False),
]


@pytest.mark.parametrize(("rule", "found", "once"), ROWS)
def test_rows(any_world, rule, found, once):
    joined = any_world.selection(rule=rule, info=ANN)
    asked = any_world.selection(rule=rule, info=ANN, is_list=True)
    rows = sorted(any_world.rows(joined))
    assert sorted(any_world.rows(asked)) == rows
    if found is not None:
        assert any_world.ids(rule=rule, info=ANN) == found
    assert joined.distinct
    assert asked.distinct is not once
    assert ("LEFT JOIN" not in asked.joins.text) or not once or "self.self" in rule


def test_a_superusers_filter_and_sort(any_world):
    root = RequestInfo(auth=caller("su"))
    filter = "@collection.comments.stars ?= 5 && @collection.comments.post ?= id"
    assert any_world.ids(filter, info=root) == "p1"
    sort = "@collection.comments.text,id"
    assert any_world.ids(filter, sort=sort, info=root) == "p1"
    assert "LEFT JOIN" in any_world.selection(filter, sort=sort, info=root, is_list=True).joins.text


def test_tables_count_wherever_they_stand(world):
    """More than SQLite could join are refused as by the reference, which joins them all."""
    paths = [f"@collection.tags:a{number}.name ?= 'red'" for number in range(64)]
    with pytest.raises(FilterError):
        world.ids(rule=" && ".join(paths))
    assert world.ids(rule=" && ".join(paths[:63])) == ALL


def test_two_collections_under_one_label_mean_the_later(any_world):
    rule = "@collection.tags:x.name ?= 'red' && @collection.comments:x.text ?= 'first'"
    for is_list in (False, True):
        with pytest.raises(Exception, match="name"):
            any_world.rows(any_world.selection(rule=rule, info=ANN, is_list=is_list))


_OWN = ["id", "title", "tag1", "owner", "tag1.name", "cat.owner", "n", "selm:each", "j.a"]
_THERE = [
    "comments.text", "comments.post", "comments.stars", "comments.post.owner", "comments.posts.id",
    "tags.id", "tags.name", "tags.rank", "tags.parent.name", "tags.posts_via_tag1.title",
    "tags.meta.s", "people.id", "people.email", "people.friend.name", "tags:a.name", "tags:a.id",
]  # fmt: skip
_VALUES = ["'red'", "''", "'first'", "5", "1", "true", "null", "@request.auth.id", "'t%'", "-1.5"]
_RIGHT = st.sampled_from(_OWN + _VALUES)
_SIGNS = st.sampled_from(["?=", "?=", "?=", "=", "?!=", "?>", "?~", "?!~", "?<="])
_LEFT = st.sampled_from(_THERE).map("@collection.{}".format)
_ABOUT_OTHERS = st.tuples(_LEFT, _SIGNS, _RIGHT).map(" ".join)
_TURNED = st.tuples(_RIGHT, _SIGNS, _LEFT).map(" ".join)
_LEAVES = st.one_of(_ABOUT_OTHERS, _TURNED, st.sampled_from(["title != ''", "n >= 1"]))
RULES = st.lists(st.tuples(st.sampled_from(["&&", "&&", "&&", "||"]), _LEAVES), min_size=1).map(
    lambda parts: " ".join(word for part in parts for word in part).split(" ", 1)[1]
)


@given(RULES, st.sampled_from([ANN, RequestInfo()]))
@example(MEMBER, ANN)
@settings(max_examples=400, deadline=None)
def test_made_up_rules(world, rule, info):
    """Sorted or not, with other rows to look at or none: the same rows come."""
    for each in (world, EMPTY):
        found = []
        for is_list in (False, True):
            selection = each.selection(rule=rule, info=info, sort="id", is_list=is_list)
            found.append(each.rows(selection))
        assert found[0] == found[1]


@given(RULES, st.sampled_from([ANN, RequestInfo()]))
@settings(max_examples=100, deadline=None)
@pytest.mark.postgres
def test_made_up_rules_on_both_databases(world, postgres_world, rule, info):
    asked = {"rule": rule, "info": info, "sort": "id", "is_list": True}
    rows = [each.rows(each.selection(**asked)) for each in (world, postgres_world)]
    assert rows[0] == rows[1]


def _without_others() -> World:
    made = World()
    for table in ("comments", "tags", "people"):
        made.database.execute(f"DELETE FROM {table}")
    return made


EMPTY = _without_others()
