"""Where a condition cannot hold without a joined row, the row's own list rule takes no detour."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings

from collections_app.query import compile
from collections_app.query.errors import FilterError
from core_app.request_info import RequestInfo
from tests.collections_app.query.test_safety import FILTERS
from tests.collections_app.query.world import World, caller

WITHOUT_CAT = '"#1"."id" IS NULL OR'

LIST_RULES = {
    "tags": "name != 'Green' && @request.auth.id != ''",
    "people": "verified = true",
    "comments": "stars > 1 || post.owner = @request.auth.id",
    "cats": "title != 'private'",
}

#: a guest's filter, and whether posts without a cat are out anyway
FILTER_ROWS = [
    ("cat.title = 'Cat A'", True),
    ("cat.title ~ 'a'", True),
    ("cat.title !~ 'a'", True),
    ("cat.title > ''", True),
    ("cat.title:lower = 'cat a'", True),
    ("'x' = cat.title", True),
    ("cat.owner.name = 'Ann'", True),
    ("n = 1 && cat.title = 'x'", True),
    ("(n = 1 || b = true) && (cat.title = 'x' && n > 0)", True),
    ("cat.title = 'x' || cat.title = 'y'", True),
    ("cat.title = 'x' || n = 1 && cat.title = 'y'", True),
    ("cat.title = 'x' || n = 1", False),
    ("cat.title = 'x' && n = 2 || n = 1", False),
    ("cat.title != 'x'", False),
    ("cat.title = ''", False),
    ("cat.title = null", False),
    ("cat.title = title", False),
    ("cat.geo.lon = 1", False),
    ("cat.tags:length = 1", False),
    ("geoDistance(cat.geo.lon, 1, 2, 3) < 1", False),
]


@pytest.mark.parametrize(("filter", "is_out"), FILTER_ROWS)
def test_rule_of_the_target(any_world, filter, is_out):
    where = any_world.selection(filter, info=RequestInfo()).where.text
    assert (WITHOUT_CAT not in where) is is_out
    assert "private" not in any_world.ids(filter, info=RequestInfo())


def test_an_index_of_the_rule_is_used():
    """The orders that a caller may list are looked up, not all that a filter could mean."""
    world = World()
    world.database.execute("CREATE INDEX by_owner ON cats (owner)")
    world.database.execute("CREATE INDEX by_cat ON posts (cat)")
    own = world.changed(cats="owner = @request.auth.id")
    joins, where, *_ = own.selection("cat.title = 'x'", info=RequestInfo(auth=caller("u1")))
    plan = own.database.execute(
        f"EXPLAIN QUERY PLAN SELECT * FROM posts {joins.text} WHERE {where.text}",
        (*joins.params, *where.params),
    )
    assert "SEARCH #1 USING INDEX by_owner (owner=?)" in [step[3] for step in plan]


@pytest.fixture(scope="module")
def two_worlds(any_world):
    """The same world twice: with a snapshot, statements are kept."""
    return tuple(any_world.changed(**LIST_RULES) for _ in range(2))


@pytest.mark.usefixtures("one_moment")
@given(FILTERS)
@settings(max_examples=200, deadline=None)
def test_the_detour_gives_the_same_rows(two_worlds, filter):
    plain, detour = two_worlds
    for info in (RequestInfo(), RequestInfo(auth=caller("u1"))):
        try:
            found = plain.ids(filter, info=info)
        except FilterError:
            continue
        with mock.patch.object(compile, "needed", return_value=frozenset()):
            assert detour.ids(filter, info=info) == found
