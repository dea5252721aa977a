"""``POST /api/batch``: all or nothing, and what it says about the first that failed."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from collections_app import records
from core_app.errors import BadRequest
from core_app.settings_store import store
from tests.makers import file, number, relation, text, upload

URL = "/api/batch"
POSTS = "/api/collections/posts/records"
NOT_ALLOWED = {"data": {}, "message": "Batch requests are not allowed.", "status": 403}
UNREADABLE = {"data": {}, "message": "Failed to read the submitted batch data.", "status": 400}
NOT_UNIQUE = {"id": {"code": "validation_not_unique", "message": "Value must be unique."}}
REQUIRED = {"code": "validation_required", "message": "Cannot be blank."}
OUT_OF_LIST = {"code": "validation_in_invalid", "message": "Must be a valid value."}
FAILED = "Batch transaction failed."
GENERIC = {
    "data": {},
    "message": "Something went wrong while processing your request.",
    "status": 400,
}
OPEN = {
    "list_rule": "",
    "view_rule": "",
    "create_rule": "",
    "update_rule": "",
    "delete_rule": "",
}


@pytest.fixture
def posts(make_collection):
    store.update({"batch": {"enabled": True}})
    return make_collection("posts", text("title", required=True), number("n"), **OPEN)


def item(method="POST", url=POSTS, body=None, **more):
    return {"method": method, "url": url, "body": body, **more}


def run(api, *items):
    return api.post(URL, {"requests": list(items)})


def failure(at, response):
    """The batch's error body when item ``at`` answered ``response``."""
    failed = {
        "code": "batch_request_failed",
        "message": "Batch request failed.",
        "response": response,
    }
    return {"data": {"requests": {str(at): failed}}, "message": FAILED, "status": 400}


def titles():
    return [record["title"] for record in records.find("posts")]


def test_items_run_in_order_and_see_each_other(api, posts):
    one = "a" * 15
    response = run(
        api,
        item(body={"id": one, "title": "a"}),
        item("PATCH", f"{POSTS}/{one}", {"n+": 2}),
        item("PUT", POSTS, {"id": one, "title": "b", "n+": 3}),
        item("PUT", POSTS, {"title": "new"}),
        item("PUT", POSTS, {"id": "b" * 15, "title": "kept id"}),
        item("DELETE", f"{POSTS}/{'b' * 15}"),
    )
    assert response.status_code == 200, response.content
    answers = response.json()
    base = {"collectionId": posts.id, "collectionName": "posts"}
    assert answers == [
        {"body": {**base, "id": one, "n": 0, "title": "a"}, "status": 200},
        {"body": {**base, "id": one, "n": 2, "title": "a"}, "status": 200},
        {"body": {**base, "id": one, "n": 5, "title": "b"}, "status": 200},
        {"body": {**base, "id": answers[3]["body"]["id"], "n": 0, "title": "new"}, "status": 200},
        {"body": {**base, "id": "b" * 15, "n": 0, "title": "kept id"}, "status": 200},
        {"body": None, "status": 204},
    ]
    assert titles() == ["b", "new"]


def test_fields_and_expand_of_each_item(api, posts, make_collection):
    make_collection("notes", relation("post", posts), **OPEN)
    one = "a" * 15
    url = "/api/collections/NOTES/records"
    response = run(
        api,
        item(url=f"{POSTS}?fields=title", body={"id": one, "title": "a"}),
        item(url=f"{url}?expand=post&fields=expand.post.title", body={"post": one}),
        item(url=f"{url}?fields=", body={"id": "b" * 15}),
    )
    assert [answer["body"] for answer in response.json()] == [
        {"title": "a"},
        {"expand": {"post": {"title": "a"}}},
        {
            "collectionId": response.json()[2]["body"]["collectionId"],
            "collectionName": "notes",
            "id": "b" * 15,
            "post": "",
        },
    ]


def test_failure_stores_nothing(api, posts):
    response = run(
        api, item(body={"title": "a"}), item(body={"title": ""}), item(body={"title": ""})
    )
    expected = {"data": {"title": REQUIRED}, "message": "Failed to create record.", "status": 400}
    assert (response.status_code, response.json()) == (400, failure(1, expected))
    assert titles() == []


NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
NO_COLLECTION = {"data": {}, "message": "Missing collection context.", "status": 404}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (item("PATCH", f"{POSTS}/missing", {}), NOT_FOUND),
        (item("DELETE", f"{POSTS}/missing"), NOT_FOUND),
        (item("POST", "/api/collections/nope/records", {}), NO_COLLECTION),
        (item("PATCH", "/api/collections/nope/records/x", {}), NO_COLLECTION),
        (item("PUT", "/api/collections/nope/records", {}), NO_COLLECTION),
        (
            item("POST", "/api/collections/locked/records", {}),
            {"data": {}, "message": "Only superusers can perform this action.", "status": 403},
        ),
        (item("POST", f"{POSTS}?fields=title:nope", {"title": "a"}), GENERIC),
        (item("GET", POSTS), {**GENERIC, "status": 500}),
        (item("PUT", f"{POSTS}/x", {}), {**GENERIC, "status": 500}),
        (item("POST", f"{POSTS}/", {}), {**GENERIC, "status": 500}),
        (item("POST", f"http://localhost{POSTS}", {}), {**GENERIC, "status": 500}),
        (item("POST", "/api/health"), {**GENERIC, "status": 500}),
    ],
)
def test_answers_of_failing_items(api, posts, make_collection, second, expected):
    make_collection("locked", text("title"))
    response = run(api, item(body={"title": "a"}), second)
    assert (response.status_code, response.json()) == (400, failure(1, expected))
    assert titles() == []


def test_unknown_action_of_the_first_item(api, posts):
    assert run(api, item("GET", POSTS)).json() == failure(0, GENERIC)


@pytest.mark.parametrize(
    "settings", [{"enabled": False}, {"enabled": True, "maxRequests": 0}], ids=["off", "none"]
)
def test_not_allowed(api, posts, settings, monkeypatch):
    from dataclasses import replace

    batch = store.current().batch
    changed = replace(batch, enabled=settings["enabled"], max_requests=settings.get("maxRequests"))
    current = replace(store.current(), batch=changed)
    monkeypatch.setattr("collections_app.api.batch.store.current", lambda: current)
    for body in ({"requests": [item(body={"title": "a"})]}, "{broken"):
        response = api.post(URL, body)
        assert (response.status_code, response.json()) == (403, NOT_ALLOWED)


@pytest.mark.parametrize(
    "body",
    [
        "{bad",
        [1],
        {"requests": "x"},
        {"requests": {}},
        {"requests": [1]},
        {"requests": [{"method": 1, "url": POSTS}]},
        {"requests": [{"method": "POST", "url": POSTS, "body": [1]}]},
        {"requests": [{"method": "POST", "url": POSTS, "body": "x"}]},
        {"requests": [{"method": "POST", "url": POSTS, "headers": "x"}]},
        {"requests": [{"method": "POST", "url": POSTS, "headers": {"a": 1}}]},
    ],
)
def test_unreadable(api, posts, body):
    response = api.post(URL, body)
    assert (response.status_code, response.json()) == (400, UNREADABLE)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (None, REQUIRED),
        ({}, REQUIRED),
        ({"requests": None}, REQUIRED),
        ({"requests": []}, REQUIRED),
        ({"requests": [{}]}, {"0": {"method": REQUIRED, "url": REQUIRED}}),
        ({"requests": [item(body={}), item("HEAD")]}, {"1": {"method": OUT_OF_LIST}}),
        ({"requests": [item("post", "")]}, {"0": {"method": OUT_OF_LIST, "url": REQUIRED}}),
        (
            {"requests": [item(url="x" * 2001)]},
            {
                "0": {
                    "url": {
                        "code": "validation_length_too_long",
                        "message": "The length must be no more than 2000.",
                        "params": {"max": 2000, "min": 0},
                    }
                }
            },
        ),
        (
            {"requests": [item()] * 51},
            {
                "code": "validation_length_too_long",
                "message": "The length must be no more than 50.",
                "params": {"max": 50, "min": 0},
            },
        ),
    ],
)
def test_invalid(api, posts, body, errors):
    response = api.post(URL, body)
    expected = {
        "data": {"requests": errors},
        "message": "Invalid batch request data.",
        "status": 400,
    }
    assert (response.status_code, response.json()) == (400, expected)


@pytest.mark.parametrize(
    ("raw", "status", "titled"),
    [
        ('{"n": 1e999, "requests": [%s]}', 200, ["a"]),
        ('{"requests": [%s], "n": 1e999}\xff', 200, ["a"]),
        ('{"requests": [%s, {"method": "POST", "url": "u", "body": {"n": 1e999}}]}', 400, []),
        ('{"requests": [%s, 1e999]}', 400, []),
    ],
)
def test_numbers_too_large_matter_only_where_they_are_read(api, posts, raw, status, titled):
    one = json.dumps(item(body={"title": "a"}))
    assert api.post(URL, raw % one).status_code == status
    assert titles() == titled


def test_keys_in_any_case(api, posts):
    body = {"Requests": [{"Method": "POST", "URL": POSTS, "Body": {"title": "a"}}]}
    assert api.post(URL, body).status_code == 200
    assert titles() == ["a"]


def test_bodies_may_be_missing(api, make_collection):
    store.update({"batch": {"enabled": True}})
    make_collection("posts", text("title"), **OPEN)
    response = api.post(URL, {"requests": [item(body=None), {"method": "POST", "url": POSTS}]})
    assert response.status_code == 200
    assert titles() == ["", ""]


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        ("@request.context = 'batch' && @request.method = 'POST'", True),
        ("@request.query.key = 'a' && @request.headers.x_key = 'b'", True),
        ("@request.headers.x_outer = 'o'", True),
        ("@request.body.title = 'a'", True),
        ("@request.auth.id != ''", False),
    ],
)
def test_rules_see_the_item(api, root_api, posts, rule, passes):
    root_api.patch("/api/collections/posts", {"createRule": rule})
    entry = item(
        url=f"{POSTS}?key=a",
        body={"title": "a"},
        headers={"X-Key": "b", "Authorization": root_api.token},
    )
    response = run(api.using(X_Outer="o"), entry)
    assert (response.status_code == 200) == passes, response.content


def test_upsert_asks_the_rule_of_what_it_does(api, root_api, posts, make_record):
    record = make_record(posts, title="a")
    root_api.patch("/api/collections/posts", {"updateRule": "@request.method = 'PATCH'"})
    assert run(api, item("PUT", body={"id": record.id, "title": "b"})).status_code == 200
    root_api.patch("/api/collections/posts", {"updateRule": None, "createRule": ""})
    assert run(api, item("PUT", body={"id": record.id, "title": "c"})).status_code == 400
    assert run(api, item("PUT", body={"title": "c"})).status_code == 200
    assert titles() == ["b", "c"]


def test_views_cannot_be_written(api, posts, make_collection):
    make_collection("stats", type="view", viewQuery="SELECT id, title FROM posts")
    response = run(api, item(url="/api/collections/stats/records", body={}))
    unsupported = {"data": {}, "message": "Unsupported collection type.", "status": 400}
    assert response.json() == failure(0, unsupported)


def test_timeout(api, posts, monkeypatch):
    from collections_app.api import batch

    moments = iter([0.0, 1.0, 3.5])
    monkeypatch.setattr(batch.time, "monotonic", lambda: next(moments))
    response = run(api, item(body={"title": "a"}), item(body={"title": "b"}))
    assert response.json() == {"data": {}, "message": FAILED, "status": 400}
    assert titles() == []


def test_side_effects_follow_the_commit(api, posts, django_capture_on_commit_callbacks):
    from collections_app.hooks import record_created

    seen = []

    def note(event, **kwargs):
        seen.append((event.record["title"], titles()))

    record_created.connect(note, sender="posts")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run(api, item(body={"title": "a"}), item(body={"title": "b"}))
            assert seen == []
    finally:
        record_created.disconnect(note, sender="posts")
    assert seen == [("a", ["a", "b"]), ("b", ["a", "b"])]


def savepoints(queries):
    return [query["sql"] for query in queries if query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def test_items_need_no_savepoints(api, posts, django_assert_max_num_queries):
    one = "a" * 15
    with django_assert_max_num_queries(100) as captured:
        response = run(
            api,
            item(body={"id": one, "title": "a"}),
            item("PATCH", f"{POSTS}/{one}", {"title": "b"}),
            item("DELETE", f"{POSTS}/{one}"),
        )
    assert response.status_code == 200, response.content
    assert len(savepoints(captured.captured_queries)) == 2  # the batch's own, in a test


@pytest.mark.parametrize(
    ("second", "message", "error"),
    [
        ({"id": "a" * 15, "title": "b"}, "Failed to create record.", NOT_UNIQUE),
        ({"title": ""}, "Failed to create record.", {"title": REQUIRED}),
    ],
)
def test_receivers_of_a_failure_may_look(api, posts, second, message, error):
    from collections_app.hooks import record_create_failed

    seen = []

    def look(event, **kwargs):
        seen.append(titles())

    record_create_failed.connect(look, sender="posts")
    try:
        response = run(api, item(body={"id": "a" * 15, "title": "a"}), item(body=second))
    finally:
        record_create_failed.disconnect(look, sender="posts")
    expected = {"data": error, "message": message, "status": 400}
    assert (response.status_code, response.json()) == (400, failure(1, expected))
    assert seen == [["a"]]
    assert titles() == []


def test_receiver_survives_a_write_of_its_own_that_fails(api, posts, make_collection):
    from collections_app.hooks import record_create_request

    make_collection(
        "numbers", text("title"), indexes=["CREATE UNIQUE INDEX `t` ON `numbers` (title)"]
    )

    def count(event, **kwargs):
        for _ in range(2):
            with suppress(BadRequest):
                records.create("numbers", title=event.record["title"])

    record_create_request.connect(count, sender="posts")
    try:
        response = run(api, item(body={"title": "a"}), item(body={"title": "b"}))
    finally:
        record_create_request.disconnect(count, sender="posts")
    assert response.status_code == 200, response.content
    assert titles() == ["a", "b"]
    assert [record["title"] for record in records.find("numbers", sort="title")] == ["a", "b"]


def test_size_limit(api, posts):
    response = api.client.generic(
        "POST", URL, b"{}", "application/json", CONTENT_LENGTH=str((128 << 20) + 1)
    )
    expected = {"data": {}, "message": "Request entity too large.", "status": 413}
    assert (response.status_code, response.json()) == (413, expected)


def test_other_methods(api, posts):
    assert api.get(URL).status_code == 404
    assert api.put(URL, {}).status_code == 404


def test_multipart(api, make_collection):
    store.update({"batch": {"enabled": True}})
    make_collection("posts", text("title"), file("docs", maxSelect=5), **OPEN)
    one = "a" * 15
    payload = {
        "requests": [
            item(body={"id": one, "title": "a"}),
            item("PATCH", f"{POSTS}/{one}", {"title": "b"}),
            item(),
        ]
    }
    response = api.upload(
        URL,
        {
            "@jsonPayload": json.dumps(payload),
            "requests.0.docs": [upload("one.txt"), upload("two.txt")],
            "requests[1].docs+": upload("three.txt"),
            "requests.2.docs": upload("four.txt"),
            "requests.9.docs": upload("nobody.txt"),
            "requests.0.nope": upload("nothing.txt"),
        },
    )
    assert response.status_code == 200, response.content
    names = [[name.split("_")[0] for name in answer["body"]["docs"]] for answer in response.json()]
    assert names == [["one", "two"], ["one", "two", "three"], ["four"]]


def test_scalar_parts_are_not_understood(api, posts):
    response = api.upload(URL, {"requests.0.method": "POST", "requests.0.url": POSTS})
    assert response.json()["data"] == {"requests": REQUIRED}


def test_failed_batch_leaves_no_files(api, make_collection, settings):
    store.update({"batch": {"enabled": True}})
    papers = make_collection("papers", text("title", required=True), file("doc"), **OPEN)
    url = "/api/collections/papers/records"
    payload = {"requests": [item(url=url, body={"title": "a"}), item(url=url, body={})]}
    response = api.upload(
        URL, {"@jsonPayload": json.dumps(payload), "requests.0.doc": upload("one.txt")}
    )
    assert response.status_code == 400
    folder = settings.HOLDALL_DATA_DIR / "storage" / papers.id
    assert [path for path in folder.rglob("*") if path.is_file()] == []
