"""Create, update, delete: whole bodies, rules, refusals that change nothing."""

from __future__ import annotations

import re

import pytest

from core_app import body_limits, sql
from core_app.settings_store import store
from tests.makers import autodate, boolean, editor, file, json_field, number, relation, select, text

GENERIC = "Something went wrong while processing your request."
NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
FAILED_TO_CREATE = {"data": {}, "message": "Failed to create record.", "status": 400}
FAILED_TO_DELETE = {
    "data": {},
    "message": "Failed to delete record. "
    "Make sure that the record is not part of a required relation reference.",
    "status": 400,
}
BLANK = {"code": "validation_required", "message": "Cannot be blank."}
NOT_UNIQUE = {"code": "validation_not_unique", "message": "Value must be unique."}
URL = "/api/collections/posts/records"
OPEN = {
    "list_rule": "",
    "view_rule": "",
    "create_rule": "",
    "update_rule": "",
    "delete_rule": "",
}


def stored(table="posts"):
    """Every row of a table, as it is in the database."""
    order = sql.dialect().row_number(table)
    return sql.fetch_all(f"SELECT * FROM {table} ORDER BY {order}")


@pytest.fixture
def posts(make_collection):
    return make_collection(
        "posts",
        text("title", required=True, max=10),
        number("n", max=100),
        select("tags", "a", "b", "c", maxSelect=3),
        text("secret", hidden=True),
        autodate("created", onCreate=True),
        autodate("updated", onCreate=True, onUpdate=True),
        **OPEN,
    )


def test_create_body(api, posts):
    response = api.post(URL, {"title": "a", "n": "5", "tags": ["b", "a"], "nope": 1, "id": ""})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == sorted(body)
    assert body == {
        "collectionId": posts.id,
        "collectionName": "posts",
        "created": body["created"],
        "id": body["id"],
        "n": 5,
        "tags": ["b", "a"],
        "title": "a",
        "updated": body["updated"],
    }
    assert len(body["id"]) == 15
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", body["created"])
    assert body["updated"] >= body["created"]
    assert api.get(f"{URL}/{body['id']}").json() == body


def test_create_with_id(api, posts):
    body = api.post(URL, {"id": "abcdefghijklmno", "title": "a"}).json()
    assert body["id"] == "abcdefghijklmno"
    response = api.post(URL, {"id": "abcdefghijklmno", "title": "b"})
    expected = {**FAILED_TO_CREATE, "data": {"id": NOT_UNIQUE}}
    assert (response.status_code, response.json()) == (400, expected)
    assert len(stored()) == 1


def test_all_wrong_fields_are_told_at_once(api, posts):
    response = api.post(URL, {"title": "", "n": 500, "tags": ["x"]})
    assert response.status_code == 400
    assert response.json() == {
        "data": {
            "n": {
                "code": "validation_max_number_constraint",
                "message": "Must be less or equal than 100.",
                "params": {"max": 100},
            },
            "tags": {
                "code": "validation_invalid_value",
                "message": "Invalid value x.",
                "params": {"value": "x"},
            },
            "title": BLANK,
        },
        "message": "Failed to create record.",
        "status": 400,
    }
    assert stored() == []


def test_update_body_and_modifiers(api, posts, make_record):
    record = make_record(posts, title="a", n=10, tags=["a"], secret="s")
    sql.execute("UPDATE posts SET updated = created, created = '2000'")
    url = f"{URL}/{record.id}"
    body = api.patch(url, {"n+": 1, "n-": 3, "tags+": "b", "+tags": ["c"]}).json()
    assert (body["n"], body["tags"], body["title"]) == (8, ["c", "a", "b"], "a")
    assert (body["created"], body["updated"] > "2020") == ("2000", True)
    assert api.get(url).json() == body
    assert sql.fetch_one("SELECT secret FROM posts") == ("s",)


def test_refused_update_changes_nothing(api, posts, make_record):
    record = make_record(posts, title="a", n=10)
    before = stored()
    response = api.patch(f"{URL}/{record.id}", {"title": "", "n": 1})
    assert response.status_code == 400
    assert response.json() == {
        "data": {"title": BLANK},
        "message": "Failed to update record.",
        "status": 400,
    }
    assert stored() == before


def test_empty_update_touches(api, posts, make_record):
    record = make_record(posts, title="a")
    sql.execute("UPDATE posts SET updated = ''")
    body = api.patch(f"{URL}/{record.id}").json()
    assert body["updated"] >= body["created"]


def test_id_cannot_change(api, posts, make_record):
    record = make_record(posts, title="a")
    response = api.patch(f"{URL}/{record.id}", {"id": "abcdefghijklmno"})
    assert response.json()["data"] == {
        "id": {
            "code": "validation_pk_change",
            "message": "The record primary key cannot be changed.",
        }
    }
    assert api.patch(f"{URL}/{record.id}", {"id": record.id}).status_code == 200


def test_delete(api, posts, make_record):
    record = make_record(posts, title="a")
    response = api.delete(f"{URL}/{record.id}")
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
    assert stored() == []
    response = api.delete(f"{URL}/{record.id}")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_unknown_records_and_collections(api, posts):
    for method in ("PATCH", "DELETE"):
        response = api.request(method, f"{URL}/missing00000000")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
    invalid = {"data": {}, "message": "Missing or invalid collection context.", "status": 404}
    missing = {"data": {}, "message": "Missing collection context.", "status": 404}
    unknown = "/api/collections/nope/records"
    assert api.post(unknown, {}).json() == invalid
    assert api.patch(f"{unknown}/x", {}).json() == invalid
    assert api.delete(f"{unknown}/x").json() == missing


def test_locked_acts(api, root_api, make_collection, make_record):
    posts = make_collection("posts", text("title"))
    record = make_record(posts)
    before = stored()
    expected = {"data": {}, "message": "Only superusers can perform this action.", "status": 403}
    for method, url in (
        ("POST", URL),
        ("PATCH", f"{URL}/{record.id}"),
        ("PATCH", f"{URL}/missing00000000"),
        ("DELETE", f"{URL}/{record.id}"),
    ):
        response = api.request(method, url, {})
        assert (response.status_code, response.json()) == (403, expected)
    assert stored() == before
    assert root_api.post(URL, {"title": "x"}).status_code == 200
    assert root_api.patch(f"{URL}/{record.id}", {"title": "x"}).status_code == 200
    assert root_api.delete(f"{URL}/{record.id}").status_code == 204


def test_views_cannot_be_written(api, root_api, posts, make_record, make_collection):
    record = make_record(posts, title="a")
    make_collection("stats", type="view", viewQuery="SELECT id, title FROM posts")
    expected = {"data": {}, "message": "Unsupported collection type.", "status": 400}
    url = "/api/collections/stats/records"
    for client in (api, root_api):
        assert client.post(url, {}).json() == expected
        assert client.patch(f"{url}/{record.id}", {}).json() == expected
        assert client.delete(f"{url}/{record.id}").json() == expected


def test_broken_bodies_come_before_locks(api, make_collection):
    make_collection("posts", text("title"))
    response = api.request("POST", URL, b"{bad")
    assert (response.status_code, response.json()["message"]) == (400, GENERIC)
    response = api.request("POST", URL, b"title=a", "text/plain")
    assert (response.status_code, response.json()["message"]) == (400, "Unsupported Content-Type.")


@pytest.mark.parametrize(
    ("rule", "body", "passes"),
    [
        ("title = 'a'", {"title": "a"}, True),
        ("title = 'a'", {"title": "b"}, False),
        ("@request.body.title = 'a'", {"title": "a"}, True),
        ("@request.body.title:isset = true", {}, False),
        ("@request.body.n = 3", {"n+": "3", "title": "a"}, True),
        ("n = 3", {"n+": "3", "title": "a"}, True),
        ("n = 0 && secret = '' && created = ''", {"title": "a"}, True),
        ("id ~ '__temp_id__%'", {"title": "a"}, True),
        ("id = 'abcdefghijklmno'", {"title": "a", "id": "abcdefghijklmno"}, True),
        ("secret = 's'", {"title": "a", "secret": "s"}, False),
        ("@request.body.secret:isset = false", {"title": "a", "secret": "s"}, True),
        ("@request.body.nope = 1", {"title": "a", "nope": 1}, True),
        ("@request.auth.id != ''", {"title": "a"}, False),
        ("@request.method = 'POST' && @request.context = 'default'", {"title": "a"}, True),
        ("@request.query.x = '1'", {"title": "a"}, False),
        # a new record's number is a real one, as text too
        ("n ~ '5.0' && '5.0' ~ n", {"title": "a", "n": 5}, True),
        ("n !~ '.'", {"title": "a", "n": 5}, False),
        # the rule comes first: what is wrong with the values is not told
        ("title = 'a'", {"title": "too long for the field"}, False),
    ],
)
def test_create_rule(api, root_api, posts, rule, body, passes):
    assert root_api.patch("/api/collections/posts", {"createRule": rule}).status_code == 200
    response = api.post(URL, body)
    if passes:
        assert response.status_code == 200, response.content
    else:
        assert (response.status_code, response.json()) == (400, FAILED_TO_CREATE)
    assert len(stored()) == int(passes)


@pytest.mark.parametrize(
    ("rule", "body", "passes"),
    [
        ("title = 'a'", {"title": "b"}, True),
        ("title = 'b'", {"title": "b"}, False),
        ("@request.body.title = 'b'", {"title": "b"}, True),
        ("@request.body.title:changed = false", {"title": "a"}, True),
        ("@request.body.title:changed = false", {"title": "b"}, False),
        ("@request.body.n = 6", {"n+": 5}, True),
        ("@request.body.n > n", {"n+": 5}, True),
        ("@request.body.n > n", {"n-": 5}, False),
        ("@request.method = 'PATCH'", {}, True),
        ("nope.x = 1 || title = 'a'", {}, None),
    ],
)
def test_update_rule(api, root_api, posts, make_record, rule, body, passes):
    record = make_record(posts, title="a", n=1)
    saved = root_api.patch("/api/collections/posts", {"updateRule": rule})
    if passes is None:
        assert saved.status_code == 400
        return
    before = stored()
    response = api.patch(f"{URL}/{record.id}", body)
    if passes:
        assert response.status_code == 200, response.content
    else:
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
        assert stored() == before


def test_delete_rule(api, make_collection, make_record):
    posts = make_collection("posts", text("title"), delete_rule="title = 'a'")
    first, second = make_record(posts, title="a"), make_record(posts, title="b")
    assert api.delete(f"{URL}/{first.id}").status_code == 204
    response = api.delete(f"{URL}/{second.id}")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert len(stored()) == 1


def test_delete_rule_that_the_database_fails_on(api, root_api, make_collection, make_record):
    posts = make_collection("posts", text("title"), select("tags", "x", "y", maxSelect=2))
    record = make_record(posts, title="a")
    rule = "title ~ @request.body.tags:each"  # a list that is made a pattern is none
    rules = {"viewRule": rule, "updateRule": rule, "deleteRule": rule}
    assert root_api.patch("/api/collections/posts", rules).status_code == 200
    for response in (
        api.get(f"{URL}/{record.id}"),
        api.patch(f"{URL}/{record.id}", {}),
        api.delete(f"{URL}/{record.id}"),
    ):
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert len(stored()) == 1


def test_answer_ignores_the_view_rule_but_not_hidden_fields(api, make_collection):
    make_collection("posts", text("title"), text("secret", hidden=True), create_rule="")
    body = api.post(URL, {"title": "a", "secret": "s"}).json()
    assert set(body) == {"collectionId", "collectionName", "id", "title"}
    assert sql.fetch_one("SELECT secret FROM posts") == ("",)


def test_superusers_write_hidden_fields(root_api, posts):
    assert root_api.post(URL, {"title": "a", "secret": "s"}).json()["secret"] == "s"


def test_hidden_required_field_stops_guests(api, root_api, make_collection):
    make_collection("posts", text("secret", hidden=True, required=True), create_rule="")
    response = api.post(URL, {"secret": "s"})
    assert (response.status_code, response.json()["data"]) == (400, {"secret": BLANK})
    assert root_api.post(URL, {"secret": "s"}).status_code == 200


@pytest.mark.parametrize(
    ("index", "data"),
    [
        ("CREATE UNIQUE INDEX i ON posts (a)", {"a": NOT_UNIQUE}),
        ("CREATE UNIQUE INDEX i ON posts (a, b)", {"a": NOT_UNIQUE, "b": NOT_UNIQUE}),
        ("CREATE UNIQUE INDEX i ON posts (a) WHERE a != 'y'", {"a": NOT_UNIQUE}),
        ("CREATE UNIQUE INDEX i ON posts (lower(a))", {}),
    ],
)
def test_unique_indexes(api, make_collection, index, data):
    make_collection("posts", text("a"), text("b"), indexes=[index], **OPEN)
    assert api.post(URL, {"a": "x", "b": "x"}).status_code == 200
    response = api.post(URL, {"a": "x", "b": "x"})
    assert (response.status_code, response.json()) == (400, {**FAILED_TO_CREATE, "data": data})
    other = api.post(URL, {"a": "y", "b": "x"}).json()
    response = api.patch(f"{URL}/{other['id']}", {"a": "x"})
    assert response.json() == {"data": data, "message": "Failed to update record.", "status": 400}
    assert sql.fetch_all("SELECT a, b FROM posts ORDER BY a") == [("x", "x"), ("y", "x")]


def test_missing_relations(api, make_collection, make_record):
    tags = make_collection("tags", text("name"))
    make_collection("posts", relation("tags", tags, maxSelect=3), **OPEN)
    known = make_record(tags).id
    response = api.post(URL, {"tags": [known, "missing00000000"]})
    assert response.json()["data"] == {
        "tags": {
            "code": "validation_missing_rel_records",
            "message": "Failed to find all relation records with the provided ids.",
        }
    }
    assert api.post(URL, {"tags": known}).json()["tags"] == [known]


def test_form_bodies(api, posts):
    response = api.request(
        "POST", f"{URL}?n=7", b"title=12&tags=a&tags=b", "application/x-www-form-urlencoded"
    )
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["title"], body["n"], body["tags"]) == ("12", 7, ["a", "b"])


def test_body_limit_grows_with_the_fields(api, posts):
    huge = 33 << 20
    response = api.client.generic("POST", URL, b"{}", "application/json", CONTENT_LENGTH=str(huge))
    expected = {"data": {}, "message": "Request entity too large.", "status": 413}
    assert (response.status_code, response.json()) == (413, expected)


def test_record_is_stored_when_fields_are_unreadable(api, posts):
    response = api.post(f"{URL}?fields=title:nope", {"title": "a"})
    assert (response.status_code, response.json()["message"]) == (400, GENERIC)
    assert len(stored()) == 1


def test_fields_on_create(api, posts):
    assert api.post(f"{URL}?fields=title,n", {"title": "a"}).json() == {"n": 0, "title": "a"}


def test_booleans_and_zeros(api, make_collection):
    make_collection("posts", boolean("b"), number("n"), text("t"), **OPEN)
    body = api.post(URL, {"b": "true", "n": None, "t": 1.5}).json()
    assert (body["b"], body["n"], body["t"]) == (True, 0, "1.5")


def test_delete_is_refused_where_a_relation_is_required(api, make_collection, make_record):
    tags = make_collection("tags", text("name"), **OPEN)
    posts = make_collection("posts", relation("tag", tags, required=True), **OPEN)
    tag = make_record(tags)
    make_record(posts, tag=tag.id)
    response = api.delete(f"/api/collections/tags/records/{tag.id}")
    assert (response.status_code, response.json()) == (400, FAILED_TO_DELETE)
    assert len(stored("tags")) == 1
    assert len(stored("posts")) == 1


def test_statements_of_a_create(api, make_collection, make_record, django_assert_num_queries):
    tags = make_collection("tags", text("name"))
    make_collection("posts", text("title"), relation("a", tags), relation("b", tags), **OPEN)
    tag = make_record(tags).id
    body = {"title": "x", "a": tag, "b": tag}
    api.post(URL, body)
    # versions, one about both relations, savepoint, INSERT, release
    with django_assert_num_queries(5):
        api.post(URL, body)


def test_last_superuser_stays(root_api):
    [only] = root_api.get("/api/collections/_superusers/records").json()["items"]
    response = root_api.delete(f"/api/collections/_superusers/records/{only['id']}")
    assert (response.status_code, response.json()) == (
        400,
        {"data": {}, "message": "You can't delete the only existing superuser.", "status": 400},
    )


def test_limits_are_known_before_a_body_is_read(make_collection):
    default = 32 << 20
    papers = make_collection(
        "papers",
        file("one", maxSize=100),
        file("many", maxSize=10, maxSelect=5),
        file("usual"),
        json_field("j", maxSize=7),
        editor("e"),
    )
    wanted = default + 100 + 50 + (5 << 20) + 7 + (5 << 20)
    for name in ("papers", "PAPERS", papers.id):
        assert body_limits.limit_of(f"/api/collections/{name}/records") == wanted
        assert body_limits.limit_of(f"/api/collections/{name}/records/x") == wanted
    assert body_limits.limit_of("/api/collections/nope/records") == default
    assert body_limits.limit_of("/api/collections/papers") == default
    assert body_limits.limit_of("/api/batch") == 128 << 20
    store.update({"batch": {"maxBodySize": 5}})
    assert body_limits.limit_of("/api/batch") == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"a": "1", "b": "1", "c": "1"}, {"c"}),
        ({"a": "1", "b": "1", "c": "2"}, {"b", "c"}),
        ({"a": "1", "b": "2", "c": "3"}, {"a"}),
        ({"a": "", "b": "2", "c": "3"}, {"id"}),
        ({"a": "X", "b": "2", "c": "3"}, {"a"}),
    ],
)
def test_of_several_unique_indexes_the_newest_is_told(root_api, make_collection, body, told):
    names = ("a", "b", "c")
    made = make_collection(
        "posts",
        *(text(name) for name in names),
        indexes=[
            "CREATE UNIQUE INDEX uq_a ON posts (a COLLATE NOCASE) WHERE a != ''",
            "CREATE UNIQUE INDEX uq_b ON posts (b, c)",
            "CREATE UNIQUE INDEX uq_c ON posts (c) WHERE c < '2'",
        ],
    )
    path = f"/api/collections/{made.name}/records"
    an_id, other_id = "a" * 15, "b" * 15
    for values in ({"a": "1", "b": "1", "c": "1"}, {"a": "x", "b": "1", "c": "2"}):
        record = an_id if values["a"] == "1" else other_id
        assert root_api.post(path, {"id": record, **values}).status_code == 200
    refused = root_api.post(path, {"id": an_id, **body})
    assert (refused.status_code, set(refused.json()["data"])) == (400, told)
    assert {item["code"] for item in refused.json()["data"].values()} == {"validation_not_unique"}
    if told != {"id"}:
        kept = root_api.post(path, {"id": "c" * 15, "a": "y", "b": "y", "c": "y"})
        changed = root_api.patch(f"{path}/{kept.json()['id']}", body)
        assert (changed.status_code, set(changed.json()["data"])) == (400, told)
