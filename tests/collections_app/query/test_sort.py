"""What lists are ordered by."""

from __future__ import annotations

import pytest

from collections_app.query.errors import FilterError
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import caller

GUEST = RequestInfo()
ROOT = RequestInfo(auth=caller("su"), query={"x": "1"}, body={"selm": ["a"]})


ORDERS = [
    ("n", "p3 p2 p1 p4 p5"),
    ("-n", "p5 p4 p1 p2 p3"),
    ("+n", "p3 p2 p1 p4 p5"),
    (" -b , n ", "p3 p1 p2 p4 p5"),
    ("title:lower", "p4 p3 p1 p2 p5"),
    ("title", "p4 p3 p2 p1 p5"),
    ("-@rowid", "p5 p4 p3 p2 p1"),
    ("@rowid", "p1 p2 p3 p4 p5"),
    ("tag1.rank,id", "p3 p5 p4 p1 p2"),
    ("-selm:length,-id", "p4 p1 p5 p2 p3"),
    ("j.n,-id", "p5 p4 p3 p2 p1"),
    ("-g.lat,id", "p3 p1 p2 p5 p4"),
    ("owner.id,-id", "p3 p4 p1 p5 p2"),
    # by the first of several
    ("tagm.name,id", "p4 p5 p1 p2 p3"),
    ("-tagm.rank,id", "p1 p2 p3 p4 p5"),
    ("-tagm.parent.name,id", "p1 p2 p3 p4 p5"),
    ("selm:each,id", "p3 p1 p2 p5 p4"),
    ("-comments_via_post.text,id", "p2 p1 p3 p4 p5"),
    ("comments_via_posts.stars,-id", "p4 p5 p3 p2 p1"),
    ("people_via_fav.name,-id", "p5 p4 p3 p2 p1"),
    ("-owner.posts_via_owner.n,id", "p1 p4 p2 p5 p3"),
]


@pytest.mark.parametrize(("sort", "ids"), ORDERS)
def test_order(any_world, sort, ids):
    assert any_world.ids(sort=sort, info=GUEST) == ids


def test_random_order_has_every_row(world):
    assert sorted(world.ids(sort="-@random", info=GUEST).split()) == ["p1", "p2", "p3", "p4", "p5"]
    assert world.selection(sort="-@random").order.text == "RANDOM()"


@pytest.mark.parametrize(
    "sort",
    [
        "",
        "tagm.name",
        "tagm:each",
        "comments_via_post.stars",
        "title:isset",
        "title\t",
        "\u00a0title",
        "n,n,n,n,n,n,n,n",
    ],
)
def test_accepted(any_world, sort):
    assert set(any_world.ids(sort=sort, info=GUEST).split()) == {"p1", "p2", "p3", "p4", "p5"}


REFUSED = [
    ",",
    "title,",
    " ",
    "nope",
    "--title",
    "- title",
    "+-title",
    "title desc",
    "null",
    "true",
    "1",
    "'x'",
    "@now",
    "geoDistance(1,2,3,4)",
    "strftime('%Y')",
    "@request.auth.id",
    "@request.auth.email",
    "@request.query.x",
    "@request.query.x:isset",
    "@request.body.selm:length",
    "@request.body.selm:each",
    "collectionId",
    "_rowid_",
    "n,n,n,n,n,n,n,n,n",
    "j." + "x" * 254,
]


@pytest.mark.parametrize("sort", REFUSED)
def test_refused(any_world, sort):
    with pytest.raises(FilterError):
        any_world.ids(sort=sort, info=ROOT)


REFUSED_TO_CLIENTS = ["hid", "hrel.name", "lock.secret", "owner.tokenKey"]


@pytest.mark.parametrize("sort", REFUSED_TO_CLIENTS)
def test_refused_to_clients(any_world, sort):
    with pytest.raises(FilterError):
        any_world.ids(sort=sort, info=GUEST)
    assert any_world.ids(sort=sort, info=ROOT)


def test_other_collections_are_for_superusers(any_world):
    assert any_world.ids(sort="@collection.tags.name,id", info=ROOT)


def test_rows_of_a_view_have_no_number(any_world):
    assert any_world.ids(collection="digest", sort="-title,id") == "p5 p1 p2 p3 p4"
    with pytest.raises(FilterError):
        any_world.ids(collection="digest", sort="@rowid")


def test_sql(world):
    selection = world.selection(sort="-tag1.name,j.a,@rowid")
    assert selection.order.text == (
        '"#1"."name" DESC, (CASE WHEN json_valid("posts"."j") THEN json_extract("posts"."j", ?)'
        ' ELSE json_extract(json_object(\'pb\', "posts"."j"), ?) END) ASC, "posts"._rowid_ ASC'
    )
    assert selection.order.params == ("$.a", "$.pb.a")
    assert selection.where.text == ""
