"""Names -> plans: which hops and leaves a path has, and what it is refused for."""

from __future__ import annotations

import pytest

from collections_app.query import resolve
from collections_app.query.errors import FilterError
from collections_app.query.plan import (
    Asked,
    Back,
    Caller,
    Changed,
    Column,
    Count,
    Everyone,
    Flag,
    Holds,
    Item,
    ItemCount,
    Items,
    ItemTarget,
    Json,
    Null,
    Stored,
    SubmittedItems,
    SubmittedTargets,
    ToOne,
    Value,
)
from collections_app.query.scope import Questions, Scope
from core_app.request_info import NO_REQUEST, RequestInfo
from tests.collections_app.query.world import caller, key, keys

ANN = RequestInfo(
    method="PATCH",
    query={"n": "5", "word": "x", "empty": ""},
    headers={"x_token": "T"},
    body={
        "title": "New",
        "n": 5,
        "b": True,
        "selm": ["a", "b"],
        "tag1": key("t1"),
        "tagm": keys("t1", "t2"),
        "other": {"list": ["x"]},
        "nothing": None,
        "j": {"a": 1},
    },
    auth=caller("u1"),
)
TAGM = (Items("tagm", many=True), ItemTarget("tags"))
ME = (Caller("people", Asked(0)),)


@pytest.fixture
def path(world):
    def resolved(text, info=NO_REQUEST, sees_all=True, collection="posts"):
        questions = Questions(info)
        base = world.collection(collection)
        return resolve.path(
            text, Scope(world.snapshot.find, base, questions, sees_all, is_client=not sees_all)
        )

    return resolved


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ("title", Stored((), Column("title"))),
        ("title:lower", Stored((), Column("title"), lower=True)),
        ("title:length", Stored((), Column("title"))),
        ("title:each", Stored((), Column("title"))),
        ("title:isset", Stored((), Column("title"))),
        ("title:changed", Stored((), Column("title"))),
        ("j", Stored((), Json("j", ""))),
        ("j:lower", Stored((), Json("j", ""), lower=True)),
        ("j:each", Stored((), Json("j", ""))),
        ("j.a.0.b", Stored((), Json("j", ".a[0].b"))),
        ("j.0.007", Stored((), Json("j", "[0][007]"))),
        ("j.arr:length", Stored((), Json("j", ".arrlength"))),
        ("g", Stored((), Column("g", Holds.POINT))),
        ("g.lon", Stored((), Json("g", ".lon"))),
        ("selm", Stored((), Column("selm", Holds.LIST))),
        ("selm:length", Stored((), ItemCount("selm"))),
        ("sel1:length", Stored((), ItemCount("sel1"))),
        ("selm:each", Stored((Items("selm", many=True),), Item())),
        ("sel1:each", Stored((Items("sel1", many=False),), Item())),
        ("tag1", Stored((), Column("tag1"))),
        ("tag1.id", Stored((), Column("tag1"))),
        ("tag1.id:lower", Stored((ToOne("tag1", "tags"),), Column("id"), lower=True)),
        ("tag1.name", Stored((ToOne("tag1", "tags"),), Column("name"))),
        ("tag1.meta.a", Stored((ToOne("tag1", "tags"),), Json("meta", ".a"))),
        ("tag1.parent.id", Stored((ToOne("tag1", "tags"),), Column("parent"))),
        ("tagm.id", Stored(TAGM, Column("id"))),
        ("tagm.name", Stored(TAGM, Column("name"))),
        ("tagm.parent.name", Stored((*TAGM, ToOne("parent", "tags")), Column("name"))),
        (
            "comments_via_post.text",
            Stored((Back("comments", "post", "comments_via_post", False, True),), Column("text")),
        ),
        (
            "COMMENTS_via_posts.text",
            Stored((Back("comments", "posts", "COMMENTS_via_posts", True, True),), Column("text")),
        ),
        (
            "notes_via_post.name",
            Stored((Back("notes", "post", "notes_via_post", False, False),), Column("name")),
        ),
        ("hid", Stored((), Column("hid"))),
        ("lock.secret", Stored((ToOne("lock", "locked"),), Column("secret"))),
        ("owner.email", Stored((ToOne("owner", "people"),), Column("email"))),
        ("@collection.tags.name", Stored((Everyone("tags", "tags"),), Column("name"))),
        ("@collection.TAGS:a.name", Stored((Everyone("tags", "as a"),), Column("name"))),
        (
            "@collection.posts.tag1.name",
            Stored((Everyone("posts", "posts"), ToOne("tag1", "tags")), Column("name")),
        ),
    ],
)
def test_stored(path, text, operand):
    assert path(text) == operand


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ("@request.method", Value(Asked(0))),
        ("@request.context", Value(Asked(0))),
        ("@request.auth.id", Value(Asked(0))),
        ("@request.auth.verified", Value(Asked(0), is_number=True)),
        ("@request.auth.name", Stored(ME, Column("name"))),
        ("@request.auth.id:lower", Stored(ME, Column("id"), lower=True)),
        ("@request.auth.friend.name", Stored((*ME, ToOne("friend", "people")), Column("name"))),
        ("@request.auth.fav:length", Stored(ME, ItemCount("fav"))),
        ("@request.auth.nope", Null()),
        ("@request.auth.nope.x:foo", Null()),
        ("@request.auth.nope_via_x.y", Null()),
        ("@request.query.word", Value(Asked(0))),
        ("@request.query.word:lower", Value(Asked(0), lower=True)),
        ("@request.query.empty", Value(Asked(0), is_empty=True)),
        ("@request.query.nope", Null()),
        ("@request.query.nope:isset", Flag(False, is_answer=True)),
        ("@request.query.empty:isset", Flag(True, is_answer=True)),
        ("@request.headers.x_token:isset", Flag(True, is_answer=True)),
        ("@request.body.title", Value(Asked(0))),
        ("@request.body.title:lower", Value(Asked(0), lower=True)),
        ("@request.body.title:isset.x", Null()),
        ("@request.body.nothing", Null()),
        ("@request.body.nothing:isset", Flag(True, is_answer=True)),
        ("@request.body.other.list.0", Value(Asked(0))),
        ("@request.body.j", Value(Asked(0))),
        ("@request.body.j.a", Value(Asked(0), is_number=True)),
        ("@request.body.selm:length", Count(Asked(0), is_flag=False)),
        ("@request.body.tag1:length", Count(Asked(0), is_flag=True)),
        ("@request.body.selm:each", Stored((SubmittedItems("selm", Asked(0), True),), Item())),
        (
            "@request.body.tagm.name",
            Stored((SubmittedTargets("tagm", "tags", Asked(0), True),), Column("name")),
        ),
        ("@request.body.tagm.nope", Null()),
        ("@request.body.cat.title", Null()),
        (
            "@request.body.title:changed",
            Changed(True, Value(Asked(1)), Stored((), Column("title"))),
        ),
        ("@request.body.cat:changed", Changed(False, Null(), Stored((), Column("cat")))),
    ],
)
def test_of_the_request(path, text, operand):
    assert path(text, ANN) == operand


@pytest.mark.parametrize(
    "text",
    [
        "@request.auth.id",
        "@request.auth.id:isset",
        "@request.auth.name",
        "@request.auth.name.x:foo",
        "@request.body.tagm.name",
        "@request.body.title",
    ],
)
def test_guests_have_nothing(path, text):
    assert path(text) == Null()


REFUSED = [
    ("nope", 'unknown field "nope"'),
    ("Title", 'unknown field "Title"'),
    ("title:foo", 'unknown modifier in "title:foo"'),
    ("title:lower:lower", 'unknown field "title:lower:lower"'),
    ("collectionId", 'unknown field "collectionId"'),
    ("rowid", 'unknown field "rowid"'),
    ("title.x", 'field "title" is not a valid relation'),
    ("title..x", 'field "title" is not a valid relation'),
    ("tag1.nope", 'unknown field "nope"'),
    ("tag1.name.x", 'field "name" is not a valid relation'),
    ("nope.x", 'failed to resolve field "nope"'),
    ("comments_via_post", 'unknown field "comments_via_post"'),
    ("comments_via_post:length", 'unknown field "comments_via_post"'),
    ("nope_via_post.id", 'failed to load back relation field "nope_via_post" collection'),
    ("comments_via_nope.id", 'missing back relation field "nope"'),
    ("comments_via_text.id", 'invalid back relation field "text"'),
    (
        "cats_via_tags.id",
        'invalid collection reference of a back relation field "tags"',
    ),
    ("j..a", 'invalid JSON path in "j"'),
    ("@foo", 'failed to resolve field "@foo"'),
    ("#a", 'failed to resolve field "#a"'),
    ("@request", 'failed to resolve field "@request"'),
    ("@request.foo.x", 'failed to resolve field "@request.foo.x"'),
    ("@request.auth", 'failed to resolve field "@request.auth"'),
    ("@request.method:isset", 'failed to resolve field "@request.method:isset"'),
    ("@request.body.title:foo", 'unknown modifier in "title:foo"'),
    ("@request.body.title:each", 'field "title" doesn\'t support multivalue operations'),
    ("@request.body.title:length", 'field "title" doesn\'t support multivalue operations'),
    ("@request.body.nope:length", "invalid modifier sequence nope:length"),
    ("@request.body.nope:changed", "invalid modifier sequence nope:changed"),
    ("@request.query.x:each", "invalid modifier sequence x:each"),
    ("@request.auth.name.x", 'field "name" is not a valid relation'),
    ("@collection.tags", 'failed to resolve field "@collection.tags"'),
    ("@collection.tags:a:b.name", 'failed to resolve field "@collection.tags:a:b.name"'),
    (
        "@collection.x:al.y",
        'failed to load collection "x:al" from field path "@collection.x:al.y"',
    ),
    (
        "self.self.self.self.self.self.self.title",
        'max nested relations reached for field "self"',
    ),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refused(path, text, reason):
    with pytest.raises(FilterError) as error:
        path(text, ANN)
    assert error.value.reason == reason


def test_six_hops_are_allowed(path):
    assert path("self.self.self.self.self.self.title").hops == (ToOne("self", "posts"),) * 6


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hid", 'non-filterable field "hid"'),
        ("hrel.name", 'non-filterable field "hrel"'),
        ("comments_via_hpost.text", 'non-filterable back relation field "hpost"'),
        ("owner.tokenKey", 'non-filterable field "tokenKey"'),
        ("owner.password", 'non-filterable field "password"'),
        ("lock.secret", '"locked" fields can be accessed only by superusers'),
    ],
)
def test_refused_to_clients(path, text, reason):
    with pytest.raises(FilterError) as error:
        path(text, sees_all=False)
    assert error.value.reason == reason


@pytest.mark.parametrize("text", ["lock", "lock.id"])
def test_locked_collections_may_be_named(path, text):
    assert path(text, sees_all=False) == Stored((), Column("lock"))


def test_emails_of_others_are_guarded_from_clients(path):
    guarded = path("owner.email", sees_all=False)
    assert guarded == Stored((ToOne("owner", "people"),), Column("email"), guard="emailVisibility")


def test_collections_that_clients_walk_through_are_noted(world):
    scope = Scope(
        world.snapshot.find, world.collection("posts"), Questions(NO_REQUEST), sees_all=False
    )
    resolve.path("cat.owner.name", scope)
    resolve.path("tag1.name", scope)
    assert scope.walked == {(ToOne("cat", "cats"),): world.collection("cats")}
