"""``?expand=``: what is found, what is dropped, who sees what, how many statements."""

from __future__ import annotations

import pytest

from collections_app import records
from collections_app.schema_edit import service as schema_edit
from tests.makers import number, relation, select, text

PER_REQUEST = 1  # statement: the versions of schema and settings
OPEN = {"list_rule": "", "view_rule": "", "create_rule": "", "update_rule": ""}


@pytest.fixture
def blog(make_collection, make_record):
    """cats <- posts (cat, cats) <- comments (post, posts); two cats, two posts, three comments."""
    cats = make_collection("cats", text("name"), **OPEN)
    posts = make_collection(
        "posts",
        text("title"),
        relation("cat", cats, maxSelect=1),
        relation("cats", cats, maxSelect=5),
        **OPEN,
    )
    comments = make_collection(
        "comments",
        text("text"),
        relation("post", posts, maxSelect=1),
        relation("posts", posts, maxSelect=5),
        **OPEN,
    )
    for at in "12":
        make_record(cats, id=f"cat00000000000{at}", name=f"c{at}")
    ids = ["cat000000000002", "cat000000000001"]
    make_record(posts, id="post00000000001", title="p1", cat=ids[0], cats=ids)
    make_record(posts, id="post00000000002", title="p2")
    for at in "123":
        make_record(
            comments,
            id=f"comm0000000000{at}",
            text=f"t{at}",
            post="post00000000001",
            posts=["post00000000001", "post00000000002"] if at != "3" else [],
        )


def names(value):
    """The expanded tree with each record reduced to its label and its own ``expand``."""
    if isinstance(value, list):
        return [names(item) for item in value]
    label = value.get("name") or value.get("title") or value.get("text")
    if "expand" not in value:
        return label
    return {label: {key: names(item) for key, item in value["expand"].items()}}


@pytest.mark.parametrize(
    ("expand", "expected"),
    [
        ("cat", {"p1": {"cat": "c2"}}),
        ("cats", {"p1": {"cats": ["c2", "c1"]}}),
        (" cat , .cats. ", {"p1": {"cat": "c2", "cats": ["c2", "c1"]}}),
        ("cat,cat", {"p1": {"cat": "c2"}}),
        ("nope", "p1"),
        ("title", "p1"),
        ("cat,nope", {"p1": {"cat": "c2"}}),
        ("cat.nope", "p1"),
        ("cat,cat.nope", "p1"),
        ("cat.nope,cats", {"p1": {"cats": ["c2", "c1"]}}),
        ("comments_via_post", {"p1": {"comments_via_post": ["t1", "t2", "t3"]}}),
        ("COMMENTS_via_post", {"p1": {"COMMENTS_via_post": ["t1", "t2", "t3"]}}),
        ("comments(post)", {"p1": {"comments(post)": ["t1", "t2", "t3"]}}),
        ("comments_via_posts", {"p1": {"comments_via_posts": ["t1", "t2"]}}),
        ("comments_via_text", "p1"),
        ("cats_via_name", "p1"),
        ("nope_via_post", "p1"),
        (
            "comments_via_post.post.cat",
            {
                "p1": {
                    "comments_via_post": [
                        {text: {"post": {"p1": {"cat": "c2"}}}} for text in ("t1", "t2", "t3")
                    ]
                }
            },
        ),
        ("comments_via_post.nope", "p1"),
        (
            "cat.posts_via_cat,cat.posts_via_cats",
            {"p1": {"cat": {"c2": {"posts_via_cat": ["p1"], "posts_via_cats": ["p1"]}}}},
        ),
    ],
)
def test_expand(api, blog, expand, expected):
    response = api.get("/api/collections/posts/records/post00000000001", expand=expand)
    assert response.status_code == 200
    assert names(response.json()) == expected


@pytest.mark.parametrize("expand", ["cat", "cats", "cat.nope", "comments_via_post.nope"])
def test_nothing_to_expand_is_an_empty_object(api, blog, expand):
    body = api.get("/api/collections/posts/records/post00000000002", expand=expand).json()
    assert body["expand"] == {}


def test_expand_stands_among_the_keys_in_order(api, blog):
    body = api.get("/api/collections/posts/records/post00000000001", expand="cats,cat").json()
    assert list(body) == sorted(body)
    assert list(body["expand"]) == ["cat", "cats"]


def test_ids_without_a_record_are_skipped(api, blog, root_api):
    from core_app import sql

    sql.execute(sql.marked("DELETE FROM cats WHERE id = ?"), ("cat000000000002",))
    body = api.get("/api/collections/posts/records/post00000000001", expand="cats,cat").json()
    assert names(body) == {"p1": {"cats": ["c1"]}}


def test_depth_ends_at_six(api, make_collection, make_record):
    nodes = make_collection("nodes", text("name"), **OPEN)
    fields = [field.to_json() for field in nodes.fields]
    nodes = schema_edit.update(nodes, {"fields": [*fields, relation("next", nodes)]})
    loop = make_record(nodes, id="loop00000000000", name="loop")
    records.update("nodes", loop.id, next=loop.id)
    record = make_record(nodes, name="start", next=loop.id)
    path = ".".join(["next"] * 9)
    item = api.get(f"/api/collections/nodes/records/{record.id}", expand=path).json()
    depth = 0
    while "expand" in item:
        item = item["expand"]["next"]
        depth += 1
    assert depth == 6


def test_locked_collections_leave_no_trace(api, root_api, make_collection, make_record):
    cats = make_collection("cats", text("name"))
    posts = make_collection("posts", text("title"), relation("cat", cats), **OPEN)
    record = make_record(posts, title="p", cat=make_record(cats, name="c").id)
    url = f"/api/collections/posts/records/{record.id}"
    assert "expand" not in api.get(url, expand="cat").json()
    assert names(root_api.get(url, expand="cat").json()) == {"p": {"cat": "c"}}


def test_a_rule_that_the_database_fails_on_leaves_no_trace(api, make_collection, make_record):
    rule = "name ?~ @request.body.marks:each"  # a body's items are no pattern
    cats = make_collection(
        "cats", text("name"), select("marks", "a", "b", maxSelect=2), view_rule=rule
    )
    posts = make_collection("posts", relation("cat", cats, maxSelect=1), **OPEN)
    post = make_record(posts, cat=make_record(cats, name="c1"))
    response = api.get(f"/api/collections/posts/records/{post.id}?expand=cat")
    assert response.status_code == 200
    assert "expand" not in response.json()
    assert response.json()["cat"] == post["cat"]
    assert api.get(f"/api/collections/cats/records/{post['cat']}").status_code == 404


def test_view_rule_of_the_target_with_its_context(api, make_collection, make_record):
    cats = make_collection(
        "cats", text("name"), view_rule="@request.context = 'expand' && name != 'b'"
    )
    posts = make_collection("posts", text("title"), relation("cats", cats, maxSelect=9), **OPEN)
    ids = [make_record(cats, name=name).id for name in "abc"]
    record = make_record(posts, title="p", cats=ids)
    url = f"/api/collections/posts/records/{record.id}"
    assert names(api.get(url, expand="cats").json()) == {"p": {"cats": ["a", "c"]}}
    assert api.get(f"/api/collections/cats/records/{ids[0]}").status_code == 404


def test_unique_back_relation_is_an_object(api, make_collection, make_record):
    posts = make_collection("posts", text("title"), **OPEN)
    details = make_collection(
        "details",
        text("text"),
        relation("post", posts),
        indexes=["CREATE UNIQUE INDEX idx_details_post ON details (post)"],
        **OPEN,
    )
    record = make_record(posts, title="p")
    make_record(details, text="d", post=record.id)
    body = api.get(f"/api/collections/posts/records/{record.id}", expand="details_via_post").json()
    assert names(body) == {"p": {"details_via_post": "d"}}


def test_back_relations_end_at_a_thousand(api, make_collection, make_record, monkeypatch):
    from collections_app.records import expand

    monkeypatch.setattr(expand, "MOST_BACK_RELATED", 2)
    posts = make_collection("posts", text("title"), **OPEN)
    comments = make_collection("comments", number("n"), relation("post", posts), **OPEN)
    ids = [make_record(posts, title=name).id for name in "ab"]
    for at in range(6):
        make_record(comments, n=at, post=ids[at % 2])
    items = api.get("/api/collections/posts/records", expand="comments_via_post").json()["items"]
    found = [[one["n"] for one in item["expand"]["comments_via_post"]] for item in items]
    assert found == [[0, 2], [1, 3]]


def test_hidden_relation_is_expanded_but_not_shown(api, make_collection, make_record):
    cats = make_collection("cats", text("name"), text("secret", hidden=True), **OPEN)
    posts = make_collection("posts", text("title"), relation("cat", cats, hidden=True), **OPEN)
    record = make_record(posts, title="p", cat=make_record(cats, name="c", secret="s").id)
    body = api.get(f"/api/collections/posts/records/{record.id}", expand="cat").json()
    assert "cat" not in body
    assert body["expand"]["cat"]["name"] == "c"
    assert "secret" not in body["expand"]["cat"]


def test_expand_after_create_and_update(api, blog):
    url = "/api/collections/posts/records"
    body = api.post(f"{url}?expand=cat", {"title": "p3", "cat": "cat000000000001"}).json()
    assert names(body) == {"p3": {"cat": "c1"}}
    body = api.patch(f"{url}/{body['id']}?expand=cat", {"cat": "cat000000000002"}).json()
    assert names(body) == {"p3": {"cat": "c2"}}


@pytest.mark.parametrize(
    ("expand", "statements"),
    [
        ("cat", 1),
        ("cat,cats", 2),
        ("comments_via_post", 1),
        ("comments_via_posts", 1),
        ("comments_via_post.post.cat", 3),
        ("nope", 0),
    ],
)
def test_one_statement_per_relation_and_depth(
    api, blog, expand, statements, django_assert_num_queries
):
    api.get("/api/collections/posts/records", expand=expand)
    with django_assert_num_queries(PER_REQUEST + 1 + statements):
        api.get("/api/collections/posts/records", expand=expand)
