"""The door: what is cached, what is limited, what clients may not write."""

from __future__ import annotations

import pytest

from collections_app.query.errors import FilterError, ForbiddenIdentifier
from collections_app.query.select import check_client_text, select
from collections_app.query.sql import Sql
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import World, caller

GUEST = RequestInfo()
ROOT = RequestInfo(auth=caller("su"))


def statements(world) -> int:
    """Return how many statements the world's snapshot has compiled."""
    return len(world.snapshot.cache["query.statements"])


@pytest.fixture
def fresh():
    """A world that has compiled nothing yet."""
    made = World()
    made.selection()
    return made


def test_nothing_asked_is_nothing_compiled(world):
    assert world.selection() == (Sql(""), Sql(""), Sql(""), False)
    assert world.selection() is world.selection()


def test_selection_without_values_is_the_same_object(world):
    assert world.selection("tag1.name = tag1", sort="-n") is world.selection(
        "tag1.name = tag1", sort="-n"
    )


def test_literals_share_a_statement(fresh):
    first = fresh.selection("title = 'a' && n > 1")
    compiled = statements(fresh)
    second = fresh.selection("title='b'\n&& n>2 // same")
    assert second.where.text is first.where.text
    assert (first.where.params, second.where.params) == (("a", 1.0), ("b", 2.0))
    assert statements(fresh) == compiled


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("title = 'a'", "title = ''"),
        ("title = 'a'", "title = 1"),
        ("title = 'a'", "title ?= 'a'"),
        ("title = 'a'", "title = null"),
        ("n = 1 && n = 1", "n = 1 || n = 1"),
        ("n = 1 && n = 1 || n = 1", "n = 1 && (n = 1 || n = 1)"),
        ("strftime('%Y', 'a') = 1", "strftime('%Y') = 1"),
        ("strftime('%Y', '') = ''", "strftime('%Y', 'a') = ''"),
    ],
)
def test_different_shapes_do_not_share(fresh, one, other):
    fresh.selection(one)
    compiled = statements(fresh)
    fresh.selection(other)
    assert statements(fresh) == compiled + 1


def test_answers_choose_the_statement(fresh):
    rule = "owner = @request.auth.id || title = @request.query.t"
    texts = [
        fresh.selection(rule=rule, info=RequestInfo(auth=auth, query=query)).where.text
        for auth in (None, caller("u1"), caller("u2"))
        for query in ({}, {"t": ""}, {"t": "x"}, {"t": "y"})
    ]
    assert len(set(texts)) == 4
    mine = fresh.selection(rule=rule, info=RequestInfo(auth=caller("u2"), query={"t": "y"}))
    assert mine.where.params == (caller("u2").id, "y")


def test_rule_filter_sort_and_caller_are_told_apart(world):
    restricted = world.selection("cat.title = 'x'", info=GUEST)
    free = world.selection("cat.title = 'x'", info=ROOT)
    assert restricted.where.text != free.where.text
    with pytest.raises(FilterError):
        world.selection("hid = 'x'", info=GUEST)
    assert world.selection(rule="hid = 'x'", info=GUEST).where.params == ("x",)


def test_new_snapshot_begins_anew(world):
    assert world.changed().snapshot.cache == {}


@pytest.mark.parametrize("filter", [" ", "// only", "\n"])
def test_blank_filter_is_refused(world, filter):
    with pytest.raises(FilterError) as error:
        world.selection(filter)
    assert error.value.reason == "empty filter expression"


def test_first_mistake_is_told(world):
    with pytest.raises(FilterError) as error:
        world.selection("n=1=2 +")
    assert error.value.reason == 'expected && or ||, got "=" (sign)'


def test_length_of_a_filter_is_limited_in_bytes(world):
    longest = "title = '" + "ü" * 1745 + "'"
    assert len(longest.encode()) == 3500
    world.selection(longest, info=GUEST)
    for info in (GUEST, ROOT):
        with pytest.raises(FilterError):
            world.selection(longest + " ", info=info)
    world.selection(longest + " ")
    world.selection(rule=longest + " ", info=GUEST)


@pytest.mark.parametrize("side", ["rule", "filter"])
def test_number_of_comparisons_is_limited(world, side):
    text = "&&".join(["n=1"] * 200)
    assert len(world.selection(**{side: text}).where.params) == 200
    with pytest.raises(FilterError):
        world.selection(**{side: text + "&&n=1"})


def test_rule_and_filter_are_limited_each_on_its_own(world):
    text = "&&".join(["n=1"] * 200)
    assert len(world.selection(text, rule=text).where.params) == 400


@pytest.mark.parametrize(
    ("filter", "sort", "message"),
    [
        (
            "title = '@collection.x' && @request.y = 1",
            "",
            "Only superusers can filter by @collection.",
        ),
        ("title = '@request.x'", "@collection.x", "Only superusers can filter by @request."),
        ("", "@collection.x.y", "Only superusers can filter by @collection."),
    ],
)
def test_what_clients_may_not_write(filter, sort, message):
    with pytest.raises(ForbiddenIdentifier) as error:
        check_client_text(filter, sort)
    assert error.value.body() == {"data": {}, "message": message, "status": 403}


def test_macros_are_for_everyone():
    check_client_text("created > @now && x = '@collectionX'", "@random")


def test_refusal_is_a_bare_bad_request(world):
    with pytest.raises(FilterError) as error:
        world.selection("nope = 1")
    assert error.value.body() == {
        "data": {},
        "message": "Something went wrong while processing your request.",
        "status": 400,
    }
    assert error.value.reason == 'invalid left operand "nope" - unknown field "nope"'


def test_python_callers_see_everything(world):
    selection = select(
        world.snapshot,
        world.collection("posts"),
        None,
        filter="hid = 'h1' && owner.email ~ '@' && cat.title != 'x' && @collection.tags.id ?!= ''",
        sort="hrel.name",
    )
    assert sorted(set(world.rows(selection))) == ["p10000000000000"]
