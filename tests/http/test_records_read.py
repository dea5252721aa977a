"""List and view: whole bodies, parameters, refusals, statement counts."""

from __future__ import annotations

import json

import pytest

from collections_app.schema.record_model import RecordModel
from tests.makers import boolean, geo_point, json_field, number, relation, select, text

GENERIC = "Something went wrong while processing your request."
NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
OPEN = {"list_rule": "", "view_rule": ""}
PER_REQUEST = 1  # statement: the versions of schema and settings


def refusal(message, status=400):
    return {"data": {}, "message": message, "status": status}


@pytest.fixture
def posts(make_collection):
    return make_collection(
        "posts",
        text("title"),
        number("n"),
        boolean("pub"),
        select("tags", "a", "b", maxSelect=2),
        json_field("j"),
        geo_point("geo"),
        text("secret", hidden=True),
        **OPEN,
    )


@pytest.fixture
def five(posts, make_record):
    return [
        make_record(posts, title=f"t{at}", n=at, pub=at % 2 == 0, secret="s") for at in range(1, 6)
    ]


def test_list_body(api, posts, make_record):
    record = make_record(
        posts, title="x", n=1.5, pub=True, tags=["b", "a"], j={"b": 1, "a": [2.0]}, secret="s"
    )
    response = api.get("/api/collections/posts/records")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    expected = (
        '{"items":[{"collectionId":"CID","collectionName":"posts","geo":{"lon":0,"lat":0},'
        '"id":"RID","j":{"a":[2],"b":1},"n":1.5,"pub":true,"tags":["b","a"],"title":"x"}],'
        '"page":1,"perPage":30,"totalItems":1,"totalPages":1}'
    )
    expected = expected.replace("CID", posts.id).replace("RID", record.id)
    assert response.content.decode() == expected


def test_view_body(api, posts, make_record):
    record = make_record(posts)
    response = api.get(f"/api/collections/posts/records/{record.id}")
    assert response.status_code == 200
    expected = (
        '{"collectionId":"CID","collectionName":"posts","geo":{"lon":0,"lat":0},"id":"RID",'
        '"j":null,"n":0,"pub":false,"tags":[],"title":""}'
    )
    assert response.content.decode() == (
        expected.replace("CID", posts.id).replace("RID", record.id)
    )


def test_superusers_see_hidden_fields(root_api, posts, make_record):
    record = make_record(posts, secret="s")
    assert root_api.get(f"/api/collections/posts/records/{record.id}").json()["secret"] == "s"
    assert root_api.get("/api/collections/posts/records").json()["items"][0]["secret"] == "s"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        (5.0, "5"),
        (-0.25, "-0.25"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-7, "1e-7"),
        (0.00001, "0.00001"),
        (9007199254740991, "9007199254740991"),
    ],
)
def test_numbers_in_ecmascript_form(api, posts, make_record, value, shown):
    record = make_record(posts, n=value, j={"n": value})
    content = api.get(f"/api/collections/posts/records/{record.id}").content.decode()
    assert f'"n":{shown},' in content
    assert f'"j":{{"n":{shown}}},' in content


def test_collection_by_id_and_in_any_case(api, posts):
    for name in ("POSTS", posts.id):
        assert api.get(f"/api/collections/{name}/records").status_code == 200


def test_unknown_collection(api, db):
    expected = refusal("Missing collection context.", 404)
    for path in ("/api/collections/nope/records", "/api/collections/nope/records/x"):
        response = api.get(path)
        assert (response.status_code, response.json()) == (404, expected)


def test_locked_collection(api, make_collection, make_record):
    secret = make_collection("secret", text("title"))
    record = make_record(secret)
    expected = refusal("Only superusers can perform this action.", 403)
    for path in ("", f"/{record.id}", "/missing00000000"):
        response = api.get(f"/api/collections/secret/records{path}")
        assert (response.status_code, response.json()) == (403, expected)


def test_rules_filter(api, make_collection, make_record):
    posts = make_collection("posts", text("title"), list_rule="title = 'a'", view_rule="title='b'")
    first, second = make_record(posts, title="a"), make_record(posts, title="b")
    items = api.get("/api/collections/posts/records").json()["items"]
    assert [item["id"] for item in items] == [first.id]
    assert api.get(f"/api/collections/posts/records/{second.id}").status_code == 200
    response = api.get(f"/api/collections/posts/records/{first.id}")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_superusers_pass_rules(root_api, make_collection, make_record):
    posts = make_collection("posts", text("title"), list_rule="id = ''", view_rule=None)
    record = make_record(posts)
    assert root_api.get("/api/collections/posts/records").json()["totalItems"] == 1
    assert root_api.get(f"/api/collections/posts/records/{record.id}").status_code == 200


def test_rule_that_stopped_compiling(api, root_api, make_collection, make_record):
    tags = make_collection("tags", text("name"))
    rule = "tag.name = 'a'"
    posts = make_collection(
        "posts", relation("tag", tags), list_rule=rule, view_rule=rule, update_rule=rule
    )
    record = make_record(posts)
    changed = root_api.patch("/api/collections/tags", {"fields": []})
    assert changed.status_code == 200, changed.content
    url = "/api/collections/posts/records"
    assert api.get(url).json() == refusal(GENERIC)
    assert api.get(f"{url}/{record.id}").json() == NOT_FOUND
    assert api.patch(f"{url}/{record.id}", {}).json() == NOT_FOUND


@pytest.mark.parametrize(
    ("query", "titles", "counters"),
    [
        ({}, "12345", (1, 30, 5, 1)),
        ({"perPage": 2}, "12", (1, 2, 5, 3)),
        ({"perPage": 2, "page": 3}, "5", (3, 2, 5, 3)),
        ({"perPage": 2, "page": 4}, "", (4, 2, 5, 3)),
        ({"perPage": 5}, "12345", (1, 5, 5, 1)),
        ({"perPage": 0, "page": 0}, "12345", (1, 30, 5, 1)),
        ({"perPage": -1, "page": -3}, "12345", (1, 30, 5, 1)),
        ({"perPage": 5000}, "12345", (1, 1000, 5, 1)),
        ({"perPage": "+2"}, "12", (1, 2, 5, 3)),
        ({"perPage": 2, "skipTotal": "1"}, "12", (1, 2, -1, -1)),
        ({"perPage": 2, "skipTotal": "F"}, "12", (1, 2, 5, 3)),
        ({"page": "", "perPage": "", "skipTotal": ""}, "12345", (1, 30, 5, 1)),
        ({"filter": "n > 3"}, "45", (1, 30, 2, 1)),
        ({"filter": "n > 9"}, "", (1, 30, 0, 0)),
        ({"filter": "n > 1", "perPage": 1, "page": 2}, "3", (2, 1, 4, 4)),
        ({"sort": "-n"}, "54321", (1, 30, 5, 1)),
        ({"sort": "-pub,+n"}, "24135", (1, 30, 5, 1)),
        ({"sort": " title"}, "12345", (1, 30, 5, 1)),
        ({"sort": "-@rowid"}, "54321", (1, 30, 5, 1)),
        ({"page": "9223372036854775807", "skipTotal": "1"}, "12345", (2**63 - 1, 30, -1, -1)),
        ({"page": "9223372036854775807", "perPage": 1}, "", (2**63 - 1, 1, 5, 5)),
        ({"page": "9223372036854775807", "perPage": 2}, "12", (2**63 - 1, 2, 5, 3)),
    ],
)
def test_paging(api, five, query, titles, counters):
    response = api.get("/api/collections/posts/records", **query)
    assert response.status_code == 200, response.content
    body = response.json()
    assert "".join(item["title"][1:] for item in body["items"]) == titles
    assert tuple(body[key] for key in ("page", "perPage", "totalItems", "totalPages")) == counters


@pytest.mark.parametrize(
    "query",
    [
        {"page": "x"},
        {"perPage": "1.5"},
        {"perPage": "1_0"},
        {"perPage": "99999999999999999999"},
        {"skipTotal": "yes"},
        {"sort": "nope"},
        {"sort": "title,"},
        {"sort": "secret"},
        {"filter": "nope = 1"},
        {"filter": "title = "},
        {"filter": "secret = 's'"},
        {"filter": "title = '" + "x" * 3500 + "'"},
        {"fields": "title:nope"},
    ],
)
def test_refused_parameters(api, five, query):
    response = api.get("/api/collections/posts/records", **query)
    assert (response.status_code, response.json()) == (400, refusal(GENERIC))


@pytest.mark.parametrize("name", ["filter", "sort"])
@pytest.mark.parametrize("word", ["@request.", "@collection."])
def test_what_only_superusers_filter_by(api, root_api, five, name, word):
    query = {name: f"title = '{word}'" if name == "filter" else f"{word}x"}
    response = api.get("/api/collections/posts/records", **query)
    expected = refusal(f"Only superusers can filter by {word}", 403)
    assert (response.status_code, response.json()) == (403, expected)
    assert root_api.get("/api/collections/posts/records", **query).status_code != 403


def test_first_value_of_a_repeated_parameter(api, five):
    response = api.get("/api/collections/posts/records?perPage=1&perPage=2")
    assert response.json()["perPage"] == 1


def test_fields_of_a_list_keep_the_counters(api, five):
    body = api.get("/api/collections/posts/records", fields="n", perPage=2).json()
    assert body == {
        "items": [{"n": 1}, {"n": 2}],
        "page": 1,
        "perPage": 2,
        "totalItems": 5,
        "totalPages": 3,
    }


def test_fields_reach_into_json(api, posts, make_record):
    record = make_record(posts, j={"list": [{"x": 1.0, "y": 2}], "n": 5})
    response = api.get(f"/api/collections/posts/records/{record.id}", fields="j.list.x")
    assert response.content == b'{"j":{"list":[{"x":1}]}}'


def test_head_is_get_without_a_body(api, five):
    for path in ("", f"/{five[0].id}"):
        response = api.head(f"/api/collections/posts/records{path}")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Type"] == "application/json"


def test_other_methods_are_unknown_routes(api, five):
    for method in ("PUT", "POST"):
        response = api.request(method, f"/api/collections/posts/records/{five[0].id}")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
    for method in ("PUT", "PATCH", "DELETE"):
        response = api.request(method, "/api/collections/posts/records")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
    response = api.get("/api/collections/posts/records/")
    assert (response.status_code, response.json()) == (404, refusal("File not found.", 404))


def test_body_on_get_is_read_and_reaches_the_rule(api, make_collection, make_record):
    posts = make_collection("posts", text("title"), list_rule="@request.body.key = 'open'")
    make_record(posts)
    url = "/api/collections/posts/records"
    assert api.request("GET", url, {"key": "open"}).json()["totalItems"] == 1
    assert api.request("GET", url, {"key": "shut"}).json()["totalItems"] == 0
    response = api.request("GET", url, b"x", "text/plain")
    assert (response.status_code, response.json()) == (400, refusal("Unsupported Content-Type."))


def test_garbage_token_is_a_guest(api, five):
    assert api.as_("garbage").get("/api/collections/posts/records").status_code == 200


def test_list_is_one_statement_and_two_with_a_total(api, posts, five, django_assert_num_queries):
    api.get("/api/collections/posts/records")
    with django_assert_num_queries(PER_REQUEST + 1):
        api.get("/api/collections/posts/records", perPage=2, skipTotal=1)
    with django_assert_num_queries(PER_REQUEST + 2):
        api.get("/api/collections/posts/records", perPage=2)
    # a page that is not full tells the total by itself
    with django_assert_num_queries(PER_REQUEST + 1):
        api.get("/api/collections/posts/records")


def test_view_is_one_statement(api, five, django_assert_num_queries):
    api.get("/api/collections/posts/records")
    with django_assert_num_queries(PER_REQUEST + 1):
        api.get(f"/api/collections/posts/records/{five[0].id}")


@pytest.mark.sqlite
def test_rule_and_filter_are_part_of_the_statement(
    api, make_collection, make_record, django_assert_num_queries
):
    tags = make_collection("tags", text("name"), list_rule="name != 'hidden'")
    posts = make_collection("posts", relation("tag", tags), list_rule="tag.name != 'locked'")
    shown = make_record(posts, tag=make_record(tags, name="a").id)
    make_record(posts, tag=make_record(tags, name="locked").id)
    make_record(posts, tag=make_record(tags, name="hidden").id)
    api.get("/api/collections/posts/records")
    with django_assert_num_queries(PER_REQUEST + 1):
        response = api.get("/api/collections/posts/records", filter="tag.name != ''")
    assert [item["id"] for item in response.json()["items"]] == [shown.id]


def test_rows_are_not_repeated_by_joins(api, make_collection, make_record):
    tags = make_collection("tags", text("name"), list_rule="")
    posts = make_collection("posts", relation("tags", tags, maxSelect=5), list_rule="")
    ids = [make_record(tags, name=name).id for name in "ab"]
    make_record(posts, tags=ids)
    body = api.get("/api/collections/posts/records", filter="tags.name ?!= ''", perPage=1).json()
    assert (len(body["items"]), body["totalItems"]) == (1, 1)


def test_empty_filtered_lists_are_throttled(api, make_collection, monkeypatch):
    from collections_app.records import access

    waits = []
    monkeypatch.setattr(access.time, "sleep", waits.append)
    monkeypatch.setattr(access.secrets, "randbelow", lambda most: most - 1)
    make_collection("posts", text("title"), list_rule="title != 'x'")
    url = "/api/collections/posts/records"
    for _ in range(3):
        api.get(url, filter="title = 'a'")
    assert waits == []
    api.get(url)
    assert waits == []
    api.get(url, filter="title = 'a'")
    assert waits == [pytest.approx(0.5, abs=0.001)]


def test_views_are_read_like_tables(api, make_collection, make_record):
    posts = make_collection("posts", text("title"), number("n"))
    for at in range(3):
        make_record(posts, title=f"t{at}", n=at)
    make_collection(
        "stats",
        type="view",
        viewQuery=(
            "SELECT posts.id, posts.title, (posts.n + 0.5) AS half, "
            "(CASE WHEN posts.n = 1 THEN NULL ELSE '[1]' END) AS list FROM posts"
        ),
        list_rule="",
        view_rule="",
    )
    body = api.get("/api/collections/stats/records", sort="-half", perPage=2).json()
    assert [(item["title"], item["half"], item["list"]) for item in body["items"]] == [
        ("t2", 2.5, [1]),
        ("t1", 1.5, None),
    ]
    assert body["totalItems"] == 3
    url = f"/api/collections/stats/records/{body['items'][0]['id']}"
    assert api.get(url).json()["half"] == 2.5
    assert api.get("/api/collections/stats/records", sort="@rowid").status_code == 400


def test_browsers_of_guests_get_json(api, five):
    browser = api.using(Accept="text/html,application/xhtml+xml")
    url = "/api/collections/posts/records"
    assert browser.get(url).content == api.get(url).content
    assert browser.get(url).headers["Content-Type"] == "application/json"
    assert browser.get("/api/collections/nope/records").status_code == 404


def test_json_is_not_escaped_for_html(api, posts, make_record):
    record = make_record(posts, title="<b>&\u2028", j={"a": "</script>"})
    content = api.get(f"/api/collections/posts/records/{record.id}").content.decode()
    assert '"title":"<b>&\u2028"' in content
    assert json.loads(content)["j"] == {"a": "</script>"}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("path", "query", "statements"),
    [
        ("", {"perPage": 2, "skipTotal": 1}, 1),
        ("", {"perPage": 2}, 2),
        ("", {"perPage": 2, "filter": "n > 0 && author.name != 'x'", "sort": "-author.name"}, 2),
        ("", {"perPage": 2, "expand": "author"}, 3),
        ("", {"perPage": 2, "expand": "author,author.posts_via_author"}, 4),
        ("/ID", {}, 1),
        ("/ID", {"expand": "author"}, 2),
    ],
)
@pytest.mark.parametrize("who", ["guest", "user", "superuser"])
def test_statements_of_a_read(
    path, query, statements, who, api, root_api, make_user, make_collection, make_record,
    django_assert_num_queries, monkeypatch,
):  # fmt: skip
    """Whoever asks, however many rows: the versions, at most one for the caller, one for each
    relation; and no model is made of any row but the caller's."""
    people = make_collection("people", text("name"), list_rule="", view_rule="")
    rule = "@request.auth.name != 'nobody' && author.name != 'nobody'"
    posts = make_collection(
        "posts", number("n"), relation("author", people), list_rule=rule, view_rule=rule
    )
    authors = [make_record(people, name=name).id for name in "ab"]
    records = [make_record(posts, n=at, author=authors[at % 2]) for at in range(1, 8)]
    client = {"guest": api, "user": api.as_(make_user(name="u")), "superuser": root_api}[who]
    url = f"/api/collections/posts/records{path.replace('ID', records[0].id)}"
    assert client.get(url, **query).status_code == 200
    made = []
    build = type(records[0]).from_db.__func__
    monkeypatch.setattr(
        RecordModel,
        "from_db",
        classmethod(lambda cls, *args: made.append(cls) or build(cls, *args)),
    )
    with django_assert_num_queries(PER_REQUEST + statements + (who != "guest")):
        assert client.get(url, **query).status_code == 200
    assert [cls.collection.name for cls in made if cls.collection.name in ("posts", "people")] == []
