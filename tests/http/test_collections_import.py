"""Exports of real apps that we take in whole, where PocketBase refuses them or loses fields."""

from __future__ import annotations

import json

import pytest

from collections_app.schema.definition import RULE_NAMES
from tests import exports
from tests.makers import text

BETTER = [
    ("Createch-Studio__KateringPro", False),
    *((name, flag) for name in exports.OLD_NAMES for flag in (False, True)),
]
#: what an export relates to and does not have: empty collections stand in for them
STAND_INS = {"ArmandoPascualPe__helpdesk": {"tickets", "usuarios"}}
OWN = ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers"]


@pytest.fixture
def shown(root_api):
    """Return all collections by name, as superusers see them."""

    def read():
        body = root_api.get("/api/collections", perPage=500).json()
        assert body["totalItems"] == len(body["items"])
        return {item["name"]: item for item in body["items"]}

    return read


@pytest.mark.parametrize(("name", "delete_missing"), BETTER)
def test_everything_is_there_and_answers(
    root_api, api, make_collection, make_user, shown, name, delete_missing
):
    make_collection("bystander", text("title"))
    user = make_user()
    collections = exports.read(name)
    body = {"collections": collections, "deleteMissing": delete_missing}
    assert root_api.put("/api/collections/import", body).status_code == 204
    first = shown()

    wanted = {item["name"] for item in collections}
    others = set() if delete_missing else {"users", "bystander"}
    assert set(first) == wanted | others | STAND_INS.get(name, set()) | set(OWN)
    for item in collections:
        found = first[item["name"]]
        fields = {(field["name"], field["type"]) for field in found["fields"]}
        given = item.get("fields") or item.get("schema", [])
        assert {(field["name"], field["type"]) for field in given} <= fields
        assert [found[key] for key in RULE_NAMES] == [item.get(key) for key in RULE_NAMES]
        assert found["id"] == item.get("id", found["id"]) or item["name"] == "users"
        assert_lists_answer(root_api, api, found)
    for field in relations(first):
        assert field["collectionId"] in {item["id"] for item in first.values()}
    if not delete_missing:
        assert first["users"]["id"] == "_pb_users_auth_"
        path = f"/api/collections/users/records/{user.id}"
        assert root_api.get(path).json()["email"] == "user@example.com"

    assert root_api.put("/api/collections/import", body).status_code == 204
    assert without_moments(shown()) == without_moments(first)


def assert_lists_answer(root_api, api, collection):
    path = f"/api/collections/{collection['name']}/records"
    assert root_api.get(path).status_code == 200
    locked = collection["listRule"] is None
    assert api.get(path).status_code == (403 if locked else 200)


def relations(collections):
    for item in collections.values():
        yield from (field for field in item["fields"] if field["type"] == "relation")


def without_moments(collections):
    """Return the collections without the moment of their import, fields in any order."""
    return {
        name: {**item, "updated": "", "fields": sorted(item["fields"], key=json.dumps)}
        for name, item in collections.items()
    }
