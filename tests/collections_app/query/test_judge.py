"""Yes or no, asked of the database that Django is connected to."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from django.db import connection

from collections_app.query import judge
from collections_app.query.errors import FilterError
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import caller, key, keys

GUEST = RequestInfo()
ANN = RequestInfo(auth=caller("u1"), body={"title": "new", "n": 5})
NEW = MappingProxyType(
    {
        "id": "__temp_id__x",
        "title": "new",
        "n": 5,
        "b": 1,
        "d": "",
        "sel1": "",
        "selm": '["a","b"]',
        "tag1": key("t1"),
        "tagm": "[]",
        "cat": "",
        "owner": key("u1"),
        "self": key("p2"),
        "lock": "",
        "j": '{"k":"v"}',
        "g": '{"lon":0,"lat":0}',
        "hid": "h",
        "hrel": "",
    }
)


@pytest.fixture
def posts(world, db):
    """The world's tables in Django's database; returns the arguments every judge takes."""
    with connection.cursor() as cursor:
        for line in world.database.iterdump():
            if line not in ("BEGIN TRANSACTION;", "COMMIT;"):
                cursor.execute(line.replace("%", "%%"), ())
    return world.snapshot, world.collection("posts")


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        ("", True),
        ("owner = @request.auth.id", True),
        ("title = 'alpha' || n = 3", True),
        ("title = 'beta'", False),
        ("tagm.name = 'red'", False),
        ("tagm.name ?= 'red'", True),
        ("comments_via_post.stars ?= 5", True),
        ("@request.body.n > n", True),
    ],
)
def test_stored(posts, rule, passes):
    assert judge.passes_stored(*posts, ANN, key("p1"), rule=rule) is passes


def test_record_that_is_not_there(posts):
    assert judge.passes_stored(*posts, ANN, "nobody", rule="") is False
    assert judge.passes_stored(*posts, ANN, "nobody", rule="id != 'x'") is False


def test_filter_of_a_client_is_restricted(posts):
    assert judge.passes_stored(*posts, GUEST, key("p1"), filter="cat.title = 'Cat A'")
    assert not judge.passes_stored(*posts, GUEST, key("p2"), filter="cat.title != 'Cat A'")
    with pytest.raises(FilterError):
        judge.passes_stored(*posts, GUEST, key("p1"), filter="hid = 'h1'")


def test_rule_and_filter_share_rows(posts):
    rule = "tagm.name ?= 'red'"
    assert judge.passes_stored(*posts, GUEST, key("p1"), rule=rule, filter="tagm.rank ?= 1")
    assert not judge.passes_stored(*posts, GUEST, key("p1"), rule=rule, filter="tagm.rank ?= 2")


def test_passing_ids_is_one_statement(posts, django_assert_num_queries):
    ids = keys("p1", "p2", "p3", "p9")
    with django_assert_num_queries(1):
        passing = judge.passing_ids(*posts, ANN, ids, rule="tagm.name ?= 'red' && n > -1")
    assert passing == set(keys("p1", "p2"))
    assert judge.passing_ids(*posts, ANN, ids, rule="") == set(keys("p1", "p2", "p3"))
    assert judge.passing_ids(*posts, ANN, [], rule="") == set()


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        ("", True),
        ("title = 'new' && n = 5 && b = true", True),
        # no column types its value
        ("n = '5'", False),
        ("b = '1'", False),
        # and whole numbers are real ones yet
        ("n ~ '5.0'", True),
        ("b ~ '1.0'", False),
        ("selm:length = 2", True),
        ("selm:each ?= 'a'", True),
        ("selm:each = 'a'", False),
        ("tag1.name = 'red'", True),
        ("tagm.name = ''", True),
        ("tagm.name = 'red'", False),
        ("self.tag1.name = 'Green'", True),
        ("self.posts_via_self.title ?= '50% off a_5'", True),
        ("j.k = 'v'", True),
        ("owner = @request.auth.id && owner.role = 'admin'", True),
        ("@collection.posts.id != id", True),
        ("@request.body.title = title", True),
        ("@request.body.title:changed = true", False),
        ("id ~ '__temp'", True),
    ],
)
def test_values(posts, rule, passes):
    assert judge.passes_values(*posts, ANN, NEW, rule=rule) is passes


def test_values_that_were_stored_are_as_a_table_has_them(posts):
    assert judge.passes_values(*posts, ANN, NEW, rule="n !~ '.'", was_stored=True)


def test_nothing_refers_to_a_record_that_is_not_there_yet(posts):
    rule = "comments_via_post.id = ''"
    with pytest.raises(FilterError):
        judge.passes_values(*posts, ANN, NEW, rule=rule)
    assert judge.passes_values(*posts, ANN, NEW, rule=rule, was_stored=True)
    gone = {**NEW, "id": key("p1")}
    assert not judge.passes_values(*posts, ANN, gone, rule=rule, was_stored=True)


def test_values_of_a_client_filter(posts):
    assert judge.passes_values(*posts, GUEST, NEW, filter="title = 'new' && tag1.name = 'red'")
    with pytest.raises(FilterError):
        judge.passes_values(*posts, GUEST, NEW, filter="lock.secret = ''")
