"""SQLite and PostgreSQL give the same rows in the same order, whatever the filter.

The tables of the other modules run on both; here the filters are made up.
"""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from collections_app.query.errors import FilterError
from core_app.request_info import RequestInfo
from tests.collections_app.query import things as made_up_things
from tests.collections_app.query.test_safety import FILTERS, INFOS
from tests.collections_app.query.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("one_moment")]

#: paths that bring at most one row, or the items of a list, whose order is that of the list
_SORTS = [
    "n", "title", "title:lower", "n:lower", "d", "b", "j", "j.k", "j.n", "g.lat", "sel1", "selm",
    "selm:length", "selm:each", "tagm:each", "tag1.name", "tag1.meta.a.b", "owner.friend.name",
    "notes_via_post.name", "cat.title", "self.tag1.rank",
]  # fmt: skip
SORTS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(_SORTS)).map("".join)
_THINGS = st.randoms(use_true_random=False)
QUICK = settings(max_examples=150)

#: SQLite before 3.46 shows a day that its month does not have as it was written
_SHOWS_ANY_DAY = sqlite3.connect(":memory:").execute("SELECT strftime('%d', '2023-02-29')")
_OLDER = _SHOWS_ANY_DAY.fetchone() == ("29",)
_ANY_DAY = re.compile(r"strftime\('[^']*', (t|'2024-02-30')\)")


def shows_any_day(filter: str) -> bool:
    """Whether ``filter`` may show such a day of ``things`` (with a modifier it is a real one)."""
    return _OLDER and bool(_ANY_DAY.search(filter))


def outcome(world: World, filter: str, collection: str = "posts", **asked) -> list[str] | str:
    """Return the ids in order; what is refused is ``"refused"``, anything else an error."""
    try:
        selection = world.selection(filter, collection=collection, is_list=True, **asked)
        return world.rows(selection, collection)
    except FilterError:
        return "refused"


@given(FILTERS, SORTS, st.sampled_from(INFOS))
@example("n ~ 'zzq' || comments_via_posts.text !~ 'x'", "-cat.title", None)
@QUICK
def test_paths_and_sorts(world, postgres_world, filter, sort, info):
    asked = {"sort": f"{sort},id", "info": info}
    assert outcome(postgres_world, filter, **asked) == outcome(world, filter, **asked)


@given(FILTERS, st.sampled_from([RequestInfo(), *INFOS[2:]]))
@QUICK
def test_rules(world, postgres_world, rule, info):
    asked = {"rule": rule, "info": info, "sort": "id"}
    assert outcome(postgres_world, "", **asked) == outcome(world, "", **asked)


@given(_THINGS, st.sampled_from(made_up_things.PATHS))
@settings(max_examples=300)
def test_values(things, postgres_things, source, sort):
    filter = made_up_things.made_up(source)
    assume(not shows_any_day(filter))
    asked = {"collection": "things", "sort": f"{sort},id"}
    assert outcome(postgres_things, filter, **asked) == outcome(things, filter, **asked)


FOUND = [
    "k !~ geoDistance(5, g.lon, j, g.lat)",
    "t ~ geoDistance(5, 6, 7, 8)",
    "100000000000000.5 ~ t:lower",
    "n:lower = '100000000000001.0'",
    "strftime('%Y', '2024-02-30', 'auto') != ''",
    "strftime('%j', n, 'unixepoch') >= 100",
    "strftime('%m-%d', n, 'auto', '+1.5 days') != ''",
    "strftime('%J', n, '0 days') <= '12:30'",
    "strftime('%s', 0, 'start of day', '+1  day') != ''",
    "strftime('', j, 'start of day', '+2 years') >= l:length",
    "strftime('%Y', d, '+9000 years') != ''",
    "strftime('%Y', true, 'START OF MONTH', '+13 month') ?~ ''",
    "strftime('%H:%M', '24:00') > strftime('%m-%d', '2024-01-31 10:20:30.4567Z', 'weekday 3')",
    "k.a ?> strftime('%H:%M', '24:00')",
    "'+7' < strftime('%s', 0, 'start of month', '+2 years')",
    "strftime('%f', n, '-00:00:30', '+1 month') ?> b",
    "strftime('%j', '24:00') > b",
    "geoDistance(t, g.lat, 5, g.lat) = strftime('%m-%d', n, 'start of month', '+13 month')",
]


@pytest.mark.parametrize("filter", FOUND)
def test_found_before(things, postgres_things, filter):
    asked = {"collection": "things", "sort": "n:lower,id"}
    assert outcome(postgres_things, filter, **asked) == outcome(things, filter, **asked)


@given(FILTERS)
@QUICK
def test_no_text_of_a_client_becomes_sql(postgres_world, filter):
    for info in INFOS:
        try:
            selection = postgres_world.selection(filter, info=info)
        except FilterError:
            continue
        for part in (selection.joins, selection.where):
            assert "zzq" not in part.text
            assert "98765" not in part.text
            assert part.text.count("%s") == len(part.params)
