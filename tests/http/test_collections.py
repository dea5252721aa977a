from __future__ import annotations

import pytest

from collections_app.schema import lookup
from tests.makers import text

GUEST = {
    "data": {},
    "message": "The request requires valid record authorization token.",
    "status": 401,
}
NOT_ALLOWED = {
    "data": {},
    "message": "The authorized record is not allowed to perform this action.",
    "status": 403,
}
NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
BAD_LIST = {
    "data": {},
    "message": "Something went wrong while processing your request.",
    "status": 400,
}
SYSTEM = ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "users"]

ROUTES = [
    ("GET", "/api/collections", None),
    ("POST", "/api/collections", {"name": "x"}),
    ("GET", "/api/collections/users", None),
    ("GET", "/api/collections/nope", None),
    ("PATCH", "/api/collections/users", {}),
    ("DELETE", "/api/collections/users", None),
    ("DELETE", "/api/collections/users/truncate", None),
    ("PUT", "/api/collections/import", {}),
    ("GET", "/api/collections/meta/scaffolds", None),
    ("POST", "/api/collections/meta/dry-run-view", {}),
]


def answer(response):
    return response.status_code, response.json()


def names(response):
    assert response.status_code == 200
    return [item["name"] for item in response.json()["items"]]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_guests_are_turned_away(api, method, path, body):
    assert answer(api.request(method, path, body)) == (401, GUEST)


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_users_are_turned_away(api, make_user, method, path, body):
    assert answer(api.as_(make_user()).request(method, path, body)) == (403, NOT_ALLOWED)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/collections"),
        ("POST", "/api/collections/users"),
        ("POST", "/api/collections/import"),
        ("POST", "/api/collections/users/truncate"),
        ("PATCH", "/api/collections/nope"),
        ("DELETE", "/api/collections/nope"),
        ("DELETE", "/api/collections/nope/truncate"),
        ("GET", "/api/collections/nope"),
        ("GET", "/api/collections/PBC_3142635823"),
    ],
)
def test_not_found(root_api, method, path):
    assert answer(root_api.request(method, path, {})) == (404, NOT_FOUND)


def test_create_answers_the_collection(root_api):
    response = root_api.post("/api/collections", {"name": "posts", "fields": [text("title")]})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    body = response.json()
    moment = body["created"]
    assert body == {
        "id": "pbc_1125843985",
        "listRule": None,
        "viewRule": None,
        "createRule": None,
        "updateRule": None,
        "deleteRule": None,
        "name": "posts",
        "type": "base",
        "fields": [
            {
                "autogeneratePattern": "[a-z0-9]{15}",
                "help": "",
                "hidden": False,
                "id": "text3208210256",
                "max": 15,
                "min": 15,
                "name": "id",
                "pattern": "^[a-z0-9]+$",
                "presentable": False,
                "primaryKey": True,
                "required": True,
                "system": True,
                "type": "text",
            },
            {
                "autogeneratePattern": "",
                "help": "",
                "hidden": False,
                "id": "text724990059",
                "max": 0,
                "min": 0,
                "name": "title",
                "pattern": "",
                "presentable": False,
                "primaryKey": False,
                "required": False,
                "system": False,
                "type": "text",
            },
        ],
        "indexes": [],
        "created": moment,
        "updated": moment,
        "system": False,
    }
    keys = "id listRule viewRule createRule updateRule deleteRule name type fields indexes"
    assert list(body) == [*keys.split(), "created", "updated", "system"]
    assert [list(item) for item in body["fields"]] == [sorted(item) for item in body["fields"]]
    assert answer(root_api.get("/api/collections/POSTS")) == (200, body)
    assert answer(root_api.get("/api/collections/pbc_1125843985")) == (200, body)


def test_keys_of_auth_and_view_collections(root_api):
    auth = root_api.get("/api/collections/users").json()
    options = (
        "authRule manageRule authAlert oauth2 passwordAuth mfa otp authToken passwordResetToken "
        "emailChangeToken verificationToken fileToken verificationTemplate resetPasswordTemplate "
        "confirmEmailChangeTemplate"
    )
    assert list(auth)[13:] == options.split()
    assert auth["authToken"] == {"duration": 432000}
    body = {"name": "seen", "type": "view", "viewQuery": "select id from users"}
    view = root_api.post("/api/collections", body).json()
    assert list(view)[13:] == ["viewQuery"]


def test_a_refusal(root_api):
    body = {"name": "", "fields": [text("a", min=-1)], "listRule": "nope = 1"}
    assert answer(root_api.post("/api/collections", body)) == (
        400,
        {
            "data": {
                "fields": {
                    "1": {
                        "min": {
                            "code": "validation_min_greater_equal_than_required",
                            "message": "Must be no less than 0.",
                            "params": {"threshold": 0},
                        }
                    }
                },
                "listRule": {
                    "code": "validation_invalid_rule",
                    "message": (
                        'Invalid rule. Raw error: invalid left operand "nope" - '
                        'unknown field "nope".'
                    ),
                },
                "name": {"code": "validation_required", "message": "Cannot be blank."},
            },
            "message": "Failed to create collection.",
            "status": 400,
        },
    )


@pytest.mark.parametrize(
    ("method", "path", "raw", "message"),
    [
        ("POST", "", "{", "Failed to load the collection type data due to invalid formatting."),
        ("POST", "", "[]", "Failed to load the collection type data due to invalid formatting."),
        (
            "POST",
            "",
            '{"name": "a", "name": "b"}',
            "Failed to load the collection type data due to invalid formatting.",
        ),
        (
            "POST",
            "",
            '{"name": "a", "listRule": 1e400}',
            "Failed to load the submitted data due to invalid formatting.",
        ),
        (
            "PATCH",
            "/users",
            "{",
            "Failed to load the submitted data due to invalid formatting.",
        ),
        ("PUT", "/import", "[]", "An error occurred while loading the submitted data."),
        (
            "PUT",
            "/import",
            '{"collections": [1]}',
            "An error occurred while loading the submitted data.",
        ),
        (
            "POST",
            "/meta/dry-run-view",
            '{"query": 1}',
            "An error occurred while loading the submitted data.",
        ),
    ],
)
def test_unreadable_bodies(root_api, method, path, raw, message):
    response = root_api.request(method, f"/api/collections{path}", raw)
    assert answer(response) == (400, {"data": {}, "message": message, "status": 400})


def test_an_unknown_content_type(root_api):
    response = root_api.request("POST", "/api/collections", "name=a", "text/plain")
    assert response.json()["message"] == (
        "Failed to load the collection type data due to invalid formatting."
    )


def test_a_number_too_large_is_ignored_where_nobody_reads_it(root_api):
    body = '{"name": "a", "fields": [{"name": "t", "type": "text", "other": 1e400}]}'
    assert root_api.request("POST", "/api/collections", body).status_code == 200


def test_update_delete_and_truncate(root_api, make_collection, make_record):
    make_record(make_collection("posts", text("title")), title="a")
    response = root_api.patch("/api/collections/posts", {"listRule": ""})
    assert (response.status_code, response.json()["listRule"]) == (200, "")
    response = root_api.delete("/api/collections/posts/truncate")
    assert (response.status_code, response.content) == (204, b"")
    assert lookup.get_model("posts").objects.count() == 0
    response = root_api.delete("/api/collections/posts")
    assert (response.status_code, response.content) == (204, b"")
    assert answer(root_api.get("/api/collections/posts")) == (404, NOT_FOUND)


def test_import(root_api):
    collections = [{"name": "posts", "fields": [text("title")]}]
    response = root_api.put("/api/collections/import", {"collections": collections})
    assert (response.status_code, response.content) == (204, b"")
    assert lookup.get("posts").columns == ("id", "title")


@pytest.mark.parametrize("body", [{}, {"collections": []}, {"collections": None}, None])
def test_an_import_of_nothing(root_api, body):
    assert answer(root_api.put("/api/collections/import", body)) == (
        400,
        {
            "data": {"collections": {"code": "validation_required", "message": "Cannot be blank."}},
            "message": "An error occurred while validating the submitted data.",
            "status": 400,
        },
    )


def test_list(root_api):
    response = root_api.get("/api/collections")
    assert names(response) == SYSTEM
    body = response.json()
    assert list(body) == ["items", "page", "perPage", "totalItems", "totalPages"]
    assert [body[key] for key in list(body)[1:]] == [1, 30, 6, 1]
    assert body["items"][5] == root_api.get("/api/collections/users").json()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            {"sort": "-name"},
            ["users", "_superusers", "_otps", "_mfas", "_externalAuths", "_authOrigins"],
        ),
        ({"sort": "type,-name", "perPage": "2"}, ["users", "_superusers"]),
        ({"sort": "-@rowid", "perPage": "1"}, ["users"]),
        ({"filter": "system = false"}, ["users"]),
        ({"filter": "type = 'auth' && name ~ 'super'"}, ["_superusers"]),
        ({"filter": "id = '_pb_users_auth_'"}, ["users"]),
        ({"filter": "created > @now"}, []),
        ({"page": "2", "perPage": "4"}, ["_superusers", "users"]),
        ({"page": "0", "perPage": "-1"}, SYSTEM),
    ],
)
def test_lists(root_api, query, found):
    assert names(root_api.get("/api/collections", **query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"page": "x"},
        {"perPage": "x"},
        {"skipTotal": "x"},
        {"sort": "nope"},
        {"sort": "listRule"},
        {"sort": "name:lower"},
        {"filter": "name:lower = 'users'"},
        {"filter": "strftime('%Y', created:lower) = 'x'"},
        {"filter": "nope = 1"},
        {"filter": "fields ~ 'x'"},
        {"filter": "listRule = null"},
        {"filter": "name"},
        {"filter": "@collection.users.id = name"},
    ],
)
def test_lists_that_cannot_be(root_api, query):
    assert answer(root_api.get("/api/collections", **query)) == (400, BAD_LIST)


def test_fields_are_picked(root_api):
    response = root_api.get(
        "/api/collections", fields="name,fields.name", perPage="1", skipTotal="1"
    )
    fields = ["id", "collectionRef", "recordRef", "method", "created", "updated"]
    assert response.json() == {
        "items": [{"name": "_mfas", "fields": [{"name": name} for name in fields]}],
        "page": 1,
        "perPage": 1,
        "totalItems": -1,
        "totalPages": -1,
    }
    assert root_api.get("/api/collections/users", fields="name").json() == {"name": "users"}


def test_scaffolds(root_api):
    body = root_api.get("/api/collections/meta/scaffolds").json()
    assert list(body) == ["auth", "base", "view"]
    for type_name, blank in body.items():
        assert (blank["id"], blank["name"], blank["type"]) == ("", "", type_name)
        assert (blank["created"], blank["updated"], blank["system"]) == ("", "", False)
    assert [item["name"] for item in body["base"]["fields"]] == ["id"]
    assert [item["name"] for item in body["auth"]["fields"]] == [
        "id",
        "password",
        "tokenKey",
        "email",
        "emailVisibility",
        "verified",
    ]
    assert [len(item.split("`")[1]) for item in body["auth"]["indexes"]] == [23, 20]
    assert all(" ON `` (" in item for item in body["auth"]["indexes"])
    assert body["view"]["fields"] == []
    made = root_api.post("/api/collections", {**body["auth"], "name": "members"})
    assert made.status_code == 200
    assert [item.split("`")[3] for item in made.json()["indexes"]] == ["members", "members"]


def test_dry_run(root_api):
    body = {"query": "select id, email from users"}
    response = root_api.post("/api/collections/meta/dry-run-view", body)
    assert response.status_code == 200
    assert [item["name"] for item in response.json()["fields"]] == ["id", "email"]
    assert response.json()["sample"] == []
