"""The document is valid, says what the API answers, and tells guests no more than they may know."""

import json

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from collections_app.schema_edit import bulk_import
from config.urls import api as routes_of_api
from core_app import routes
from core_app.request_info import NO_REQUEST
from dashboard_app.openapi import document
from tests import exports
from tests.dashboard_app.openapi.every import body, form, make_every
from tests.makers import make_collection, make_record, make_user, relation, text


def whole():
    return document.document(for_superusers=True)


def guests():
    return document.document(for_superusers=False)


def errors_of(value, made, name):
    """Return what of ``value`` is not as the component says."""
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(made))
    schema = {"$ref": f"urn:api#/components/schemas/{name}"}
    return [error.message for error in OAS31Validator(schema, registry=registry).iter_errors(value)]


def refs(value):
    """Yield every reference."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from refs(item)


def test_is_valid(db):
    make_every()
    make_collection("list", type="view", viewQuery="select id, title from every")
    for made in (whole(), guests()):
        assert made["openapi"] == "3.1.0"
        assert list(OpenAPIV31SpecValidator(made).iter_errors()) == []


# one of them is refused by the import: a rule of it names what there is not
@pytest.mark.parametrize("name", [n for n in exports.NAMES if n != "Bazooper-blip__calendhd"])
def test_is_valid_for_real_apps(db, name):
    wanted = exports.read(name)
    bulk_import.run(wanted, False, NO_REQUEST)
    made = guests()
    # what every collection has in common is tried above; it is slow
    made["paths"] = {path: item for path, item in made["paths"].items() if "/records" in path}
    OpenAPIV31SpecValidator(made).validate()
    names = {item["name"] for item in wanted if not item["name"].startswith("_")}
    assert {f"/api/collections/{item}/records" for item in names} <= set(made["paths"])
    assert {
        f"#/components/{kind}/{key}"
        for kind in made["components"]
        for key in made["components"][kind]
    } >= set(refs(made))


def test_answers_are_as_it_says(root_api, db):
    collection = make_every()
    author = make_user(collection="people")
    made = whole()
    url = f"/api/collections/{collection.name}/records"
    created = root_api.post(url, {**body(), "author": author.id}, expand="author")
    assert created.status_code == 200, created.json()
    uploaded = root_api.upload(url, form())
    assert uploaded.status_code == 200, uploaded.json()
    empty = make_record(collection, title="abc", price=1, site="https://a.com", tags=["red"])
    for answer, name in (
        (created.json(), "Every"),
        (uploaded.json(), "Every"),
        (root_api.get(f"{url}/{empty.id}").json(), "Every"),
        (root_api.get(url, expand="author").json(), "EveryPage"),
        (root_api.get(f"/api/collections/{collection.name}").json(), "Collection"),
        (root_api.get("/api/collections").json(), "CollectionPage"),
        (root_api.get("/api/settings").json(), "Settings"),
        (root_api.get("/api/health").json(), "Health"),
        (root_api.get("/api/logs").json(), "LogPage"),
        (root_api.get("/api/collections/people/auth-methods").json(), "AuthMethods"),
        (
            root_api.post(f"/api/collections/people/impersonate/{author.id}", {}).json(),
            "PeopleAuth",
        ),
        (root_api.post(url, {"title": ""}).json(), "Error"),
        (root_api.get("/api/nothing").json(), "Error"),
    ):
        assert errors_of(answer, made, name) == []
    # and the check can fail
    assert errors_of({**created.json(), "open": "yes"}, made, "Every")
    assert errors_of({**created.json(), "expand": {"author": {}}}, made, "Every")


@pytest.mark.parametrize(
    ("change", "is_fine"),
    [
        ({}, True),
        ({"title": "ab"}, False),
        ({"code": "abc"}, False),
        ({"code": ""}, True),
        ({"stock": 1.5}, False),
        ({"stock": 101}, False),
        ({"price": 0}, False),
        ({"tags": []}, False),
        ({"tags": ["green"]}, False),
        ({"size": "xl"}, False),
        ({"size": ""}, True),
        ({"place": {"lon": 0, "lat": 91}}, False),
        ({"mail": ""}, True),
    ],
)
def test_bodies_are_refused_by_both(root_api, db, change, is_fine):
    make_every()
    sent = {**body(), **change}
    answer = root_api.post("/api/collections/every/records", sent)
    assert (answer.status_code == 200) is is_fine
    assert (errors_of(sent, whole(), "EveryCreate") == []) is is_fine


def test_operations_of_a_collection(db):
    make_every()
    made = whole()
    root = "/api/collections/every/records"
    methods = {path: set(item) for path, item in made["paths"].items() if path.startswith(root)}
    assert methods == {
        root: {"get", "post"},
        f"{root}/{{id}}": {"get", "patch", "delete"},
        f"{root}/{{id}}/restore": {"post"},
    }
    names = [item["$ref"].rpartition("/")[2] for item in made["paths"][root]["get"]["parameters"]]
    assert names == [
        *("page", "perPage", "sort", "filter", "expand", "fields", "skipTotal", "trash"),
    ]
    bodies = made["paths"][root]["post"]["requestBody"]["content"]
    assert {kind: item["schema"]["$ref"] for kind, item in bodies.items()} == {
        "application/json": "#/components/schemas/EveryCreate",
        "multipart/form-data": "#/components/schemas/EveryCreateForm",
    }
    create = made["components"]["schemas"]["EveryCreate"]
    assert create["required"] == ["title", "price", "site", "tags"]
    assert create["properties"]["title"] == {
        "type": "string",
        "description": "What it is called.",
        "minLength": 3,
        "maxLength": 5000,
    }
    assert "photo" not in create["properties"]
    photo = made["components"]["schemas"]["EveryCreateForm"]["properties"]["photo"]
    assert photo["format"] == "binary"
    record = made["components"]["schemas"]["Every"]
    assert record["properties"]["created"]["readOnly"] is True
    assert "door" not in record["properties"]
    assert made["components"]["securitySchemes"]["token"]["type"] == "http"


def test_every_route_is_there(db):
    make_every()
    make_collection("x", type="auth")
    described = {
        path.replace("/people/", "/{collection}/").replace("/every/", "/{collection}/")
        for path in whole()["paths"]
    }
    left_out = {
        "/api/oauth2-redirect",  # for browsers that come back from a provider
        "/api/openapi.json",
        "/api/docs",
    }
    shapes = {_shape(path) for path in described}
    for pattern in routes_of_api.url_patterns:
        path = "/" + str(pattern.pattern)
        if path.startswith("/api/") and path not in left_out:
            assert _shape(path) in shapes, path


def _shape(path):
    return "/".join("*" if part[:1] in ("<", "{") else part for part in path.split("/"))


def test_guests_learn_no_more(db):
    people = make_collection(
        "people",
        type="auth",
        list_rule="email != 'hush'",
    )
    make_collection(
        "notes",
        text("title"),
        text("hidden_one", hidden=True),
        relation("hidden_owner", people, hidden=True),
        list_rule="title != 'hush'",
    )
    made = json.dumps(guests())
    for secret in (
        "hush",
        "hidden_one",
        "hidden_owner",
        "_superusers",
        "_mfas",
        "impersonate",
        "/api/settings",
        "/api/logs",
        "/api/backups",
        "/api/sql",
        "Superusers only",
    ):
        assert secret not in made, secret
        assert secret in json.dumps(whole()), secret


def test_names_of_types_do_not_meet(db):
    for name in ("post", "postCreate", "post_page", "error", "settings", "Users_auth"):
        make_collection(name, text("title"))
    made = whole()
    names = {
        path: item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        for path, item in made["paths"].items()
        if path.endswith("/records")
    }
    assert len(set(names.values())) == len(names)
    OpenAPIV31SpecValidator(made).validate()
    ids = [item["operationId"] for path in made["paths"].values() for item in path.values()]
    assert len(set(ids)) == len(ids)


def test_is_made_once_for_each_schema(db, monkeypatch):
    first = document.content(for_superusers=True)
    assert document.content(for_superusers=True) is first
    make_collection("fresh", text("title"))
    assert b"/api/collections/fresh/records" in document.content(for_superusers=True)
    assert b"/api/collections/fresh/records" not in first


def test_routes_of_hooks(db, monkeypatch):
    monkeypatch.setattr(routes, "_hooks", {})

    @routes.route("GET", "/api/stats/<str:year>")
    def stats(request, year):
        """How it went.

        By month.
        """

    routes.route("POST", "/api/stats/<str:year>")(lambda request, year: None)
    made = whole()
    found = made["paths"]["/api/stats/{year}"]
    assert (found["get"]["summary"], found["get"]["description"]) == ("How it went.", "By month.")
    assert [item["name"] for item in found["post"]["parameters"]] == ["year"]
    assert "/api/stats/{year}" not in guests()["paths"]
    made["paths"] = {"/api/stats/{year}": found}
    OpenAPIV31SpecValidator(made).validate()
