from __future__ import annotations

import logging

import pytest

from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import dry_run, service, views
from core_app.errors import ApiError
from tests.makers import boolean, json_field, number, relation, text


@pytest.fixture
def posts(make_collection, make_record):
    made = make_collection(
        "posts",
        text("title", required=True),
        number("n"),
        boolean("b"),
        json_field("j"),
        text("hid", hidden=True),
    )
    for at in range(3):
        make_record(made, id=f"post{at:011}", title=f"t{at}", n=at, j={"a": at})
    return made


def fields_of(query):
    return {item.name: item for item in views.fields_of(query, snapshot.current())}


def refusal(data):
    with pytest.raises(ApiError) as caught:
        service.create({"name": "seen", "type": "view", **data})
    return caught.value.body()


@pytest.mark.parametrize(
    ("expression", "type_name", "options"),
    [
        ("title", "text", {"required": True}),
        ("posts.title", "text", {"required": True}),
        ("TITLE", "text", {"required": True}),
        ("hid", "text", {"hidden": True}),
        ("n", "number", {"onlyInt": False}),
        ("j", "json", {"maxSize": 0}),
        ("count(n)", "number", {"onlyInt": True}),
        ("Count(distinct n)", "number", {"onlyInt": True}),
        ("total(n)", "number", {"onlyInt": False}),
        ("cast(n as real)", "number", {"onlyInt": False}),
        ("cast(n as decimal)", "number", {"onlyInt": False}),
        ("CAST(n AS INTEGER)", "number", {"onlyInt": True}),
        ("cast(n as int)", "number", {"onlyInt": True}),
        ("cast(n as text)", "text", {"required": False}),
        ("cast(n as bool)", "bool", {}),
        pytest.param("cast(n as blob)", "json", {"maxSize": 1}, marks=pytest.mark.sqlite),
        ("cast(n as varchar(10))", "json", {"maxSize": 1}),
        ("sum(n)", "json", {"maxSize": 1}),
        ("(title)", "json", {"maxSize": 1}),
        ("'x'", "json", {"maxSize": 1}),
        ("id", "relation", {"maxSelect": 1}),
    ],
)
@pytest.mark.usefixtures("posts")
def test_the_field_of_an_expression(expression, type_name, options):
    found = fields_of(f"select id, {expression} as x from posts group by id")["x"]
    assert (found.type_name, found.name) == (type_name, "x")
    assert {key: getattr(found.options, key) for key in options} == options


def test_ids(posts):
    fields = fields_of(
        "select id, title, title as again, count(n) c, id as rid from posts group by id"
    )
    assert fields["id"].to_json() == {
        "autogeneratePattern": "",
        "help": "",
        "hidden": False,
        "id": "text3208210256",
        "max": 0,
        "min": 0,
        "name": "id",
        "pattern": "^[a-z0-9]+$",
        "presentable": False,
        "primaryKey": True,
        "required": True,
        "system": True,
        "type": "text",
    }
    clones = {fields["title"].id, fields["again"].id}
    assert len(clones) == 2
    assert all(len(item) == 11 and item.startswith("_clone_") for item in clones)
    assert fields["c"].id == "number112844655"
    assert fields["rid"].relation_target == posts.id


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select * from posts", views.view_query.WILDCARD),
        ("select title from posts", views.NO_ID),
        ("select ID from posts", views.NO_ID),
        ("select id from nope", "SQL logic error: no such table: main.nope (1)"),
        ("select id, nope from posts", "SQL logic error: no such column: nope (1)"),
        ("select id, p.nope from posts p", "SQL logic error: no such column: p.nope (1)"),
        ("select id, nope(n) as n from posts", "SQL logic error: no such function: nope (1)"),
        ("select id from posts where", 'SQL logic error: near ")": syntax error (1)'),
        ("select id from posts; select 1", "multiple statements are not supported"),
        (
            "select id, title as `a b` from posts",
            'invalid field "a b" (1): name: must be in a valid format.',
        ),
        (
            "select null as id from posts",
            "the query could return records with empty or invalid ids",
        ),
        ("select 1 as id from posts", "the query could return records with non-unique ids"),
        (
            "select id from posts) union select * from (select id from users",
            'unbalanced parenthesis or quoted expression: "(select id from users"',
        ),
    ],
)
@pytest.mark.usefixtures("posts")
def test_invalid_queries_change_nothing(everything, query, message):
    before = everything()
    found = refusal({"viewQuery": query})["data"]["viewQuery"]
    assert found["code"] == "validation_invalid_view_query"
    assert found["message"].removesuffix(".") == f"Invalid query - {message}".removesuffix(".")
    with pytest.raises(ApiError) as caught:
        dry_run.run(query)
    assert caught.value.body()["message"].removesuffix(".") == (
        f"Invalid view query. Raw error: \n{message}"
    ).removesuffix(".")
    assert everything() == before


@pytest.mark.parametrize("query", ["select id from posts -- all", "select id from posts -- all\n"])
@pytest.mark.usefixtures("posts")
def test_a_comment_at_the_end_is_refused(everything, query):
    before = everything()
    found = refusal({"viewQuery": query})["data"]["viewQuery"]
    assert found["code"] == "validation_invalid_view_query"
    assert found["message"] == "Invalid query - SQL logic error: incomplete input (1)."
    assert everything() == before


@pytest.mark.usefixtures("db")
def test_a_view_needs_a_query():
    assert refusal({}) == {
        "data": {
            "fields": {"code": "validation_required", "message": "Cannot be blank."},
            "viewQuery": {"code": "validation_required", "message": "Cannot be blank."},
        },
        "message": "Failed to create collection.",
        "status": 400,
    }


@pytest.mark.usefixtures("posts")
def test_a_view_has_no_indexes_and_no_writing_rules():
    found = refusal(
        {
            "viewQuery": "select id from posts",
            "createRule": "",
            "indexes": ["create index a on b (id)"],
        }
    )["data"]
    assert {key: found[key]["code"] for key in found} == {
        "createRule": "validation_nil",
        "indexes": "validation_indexes_not_supported",
    }


@pytest.mark.usefixtures("posts")
def test_what_the_database_gets(make_collection, table_sql, stored):
    made = make_collection("seen", type="view", viewQuery="select id, title from posts;")
    assert table_sql("seen") == "CREATE VIEW `seen` AS SELECT * FROM (select id, title from posts)"
    assert made.options == {"viewQuery": "select id, title from posts;"}
    make_collection("counted", type="view", viewQuery="select (n + 10) as id, title from posts")
    assert table_sql("counted") == (
        "CREATE VIEW `counted` AS SELECT * FROM "
        "(SELECT CAST(`id` as TEXT) `id`,`title` FROM (select (n + 10) as id, title from posts))"
    )
    assert stored("counted", "id", "title") == [("10", "t0"), ("11", "t1"), ("12", "t2")]


@pytest.mark.usefixtures("posts")
def test_submitted_fields_are_ignored(make_collection):
    made = make_collection("seen", text("other"), type="view", viewQuery="select id, n from posts")
    assert made.columns == ("id", "n")
    assert service.update(made, {"fields": []}).columns == ("id", "n")


@pytest.mark.usefixtures("posts")
def test_a_view_can_be_renamed_and_changed(make_collection, table_sql, stored):
    made = make_collection("seen", type="view", viewQuery="select id, n from posts")
    made = service.update(made, {"name": "shown", "viewQuery": "select id, title from posts"})
    assert (made.name, made.columns) == ("shown", ("id", "title"))
    assert table_sql("seen") is None
    assert stored("shown", "title") == [("t0",), ("t1",), ("t2",)]


@pytest.mark.usefixtures("posts")
def test_views_follow_the_fields_they_show(make_collection):
    make_collection("seen", type="view", viewQuery="select id, title from posts")
    make_collection("again", type="view", viewQuery="select id, title as t from seen")
    posts = lookup.get("posts")
    fields = [item.to_json() for item in posts.fields]
    for item in fields:
        if item["name"] == "title":
            item["max"] = 99
    service.update(posts, {"fields": fields})
    assert lookup.get("seen").by_name["title"].options.max == 99


@pytest.mark.sqlite
@pytest.mark.usefixtures("posts")
def test_a_view_that_breaks_stays_and_is_logged(make_collection, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("holdall"), "propagate", True)
    make_collection("seen", type="view", viewQuery="select id, n as m from posts")
    posts = lookup.get("posts")
    fields = [{**item.to_json()} for item in posts.fields]
    for item in fields:
        if item["name"] == "n":
            item["name"] = "number"
    with caplog.at_level(logging.WARNING):
        service.update(posts, {"fields": fields})
    assert lookup.get("seen").columns == ("id", "m")
    assert "view seen is broken: SQL logic error: no such column: n (1)" in caplog.text


@pytest.mark.sqlite
@pytest.mark.usefixtures("posts")
def test_a_field_that_a_view_shows_cannot_go(make_collection, everything):
    make_collection("seen", type="view", viewQuery="select p.id, p.n from posts p")
    posts = lookup.get("posts")
    fields = [item.to_json() for item in posts.fields if item.name != "n"]
    before = everything()
    with pytest.raises(ApiError) as caught:
        service.update(posts, {"fields": fields})
    assert caught.value.body()["message"] == (
        "Failed to update collection. Raw error: \nfailed to drop column n - SQL logic error: "
        "error in view seen after drop column: no such column: p.n (1)."
    )
    assert everything() == before


def test_only_views_relate_to_views(make_collection, posts):
    seen = make_collection("seen", type="view", viewQuery="select id, title from posts")
    with pytest.raises(ApiError) as caught:
        make_collection("links", relation("r", seen))
    assert caught.value.data["fields"]["1"]["collectionId"].code == (
        "validation_relation_field_non_view_base_collection"
    )
    made = make_collection("more", type="view", viewQuery="select id, id as seen_id from seen")
    assert made.by_name["seen_id"].relation_target == seen.id


@pytest.mark.usefixtures("posts")
def test_dry_run_shows_fields_and_rows(everything):
    before = everything()
    shown = dry_run.run("select id, title, hid, count(n) c, j from posts group by id")
    assert [(item["name"], item["type"]) for item in shown["fields"]] == [
        ("id", "text"),
        ("title", "text"),
        ("hid", "text"),
        ("c", "number"),
        ("j", "json"),
    ]
    assert len(shown["sample"]) == 3
    first = dict(shown["sample"][0])
    assert first.pop("collectionName").startswith("temp_view_")
    assert first.pop("collectionId").startswith("pbc_")
    assert sorted(first) == ["c", "id", "j", "title"]
    assert everything() == before


@pytest.mark.parametrize(("query", "code"), [("", "required"), ("x" * 5001, "length_too_long")])
def test_dry_run_checks_the_length(query, code):
    with pytest.raises(ApiError) as caught:
        dry_run.run(query)
    assert caught.value.message == "An error occurred while validating the submitted data."
    assert caught.value.data["query"].code == f"validation_{code}"
