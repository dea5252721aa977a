"""Who sees whose address."""

from __future__ import annotations

import pytest

from auth_app.collection_type import AuthType
from collections_app.schema import snapshot
from core_app.request_info import RequestInfo
from tests.makers import text

PATH = "/api/collections/members/records"


@pytest.fixture
def members(make_collection):
    return make_collection(
        "members",
        text("role"),
        type="auth",
        listRule="",
        viewRule="",
        manageRule="@request.auth.role = 'boss' && role != 'secret'",
    )


@pytest.fixture
def people(members, make_user):
    return {
        name: make_user(f"{name}@example.com", members, role=name, emailVisibility=name == "open")
        for name in ("open", "shy", "secret", "boss")
    }


def seen(api, path=PATH):
    """Return the roles of the members whose address is shown."""
    items = api.get(path).json()["items"]
    assert all(
        item.get("email", f"{item['role']}@example.com").startswith(item["role"]) for item in items
    )
    return {item["role"] for item in items if "email" in item}


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        (None, {"open"}),
        ("shy", {"open", "shy"}),
        ("secret", {"open", "secret"}),
        ("boss", {"open", "shy", "boss"}),
    ],
)
def test_list(api, people, who, shown):
    client = api.as_(people[who]) if who else api
    assert seen(client) == shown


def test_superusers_see_all(root_api, people):
    assert seen(root_api) == {"open", "shy", "secret", "boss"}


def test_a_record_of_another_collection_is_not_oneself(api, people, make_user):
    assert seen(api.as_(make_user("shy@example.com"))) == {"open"}


@pytest.mark.sqlite
def test_one_statement_for_a_whole_list(people, members, django_assert_num_queries):
    from auth_app.signed_in import SignedIn

    info = RequestInfo(auth=SignedIn.of(people["boss"]))
    shown = [
        {"id": person.id, "email": person["email"], "emailVisibility": False}
        for person in people.values()
    ] * 50
    with snapshot.pinned() as held, django_assert_num_queries(1):
        AuthType().conceal(members, shown, info, held)
    assert sum("email" in item for item in shown) == 150


def test_no_statement_without_a_manage_rule(people, make_collection, django_assert_num_queries):
    from auth_app.signed_in import SignedIn

    others = make_collection("others", type="auth")
    info = RequestInfo(auth=SignedIn.of(people["boss"]))
    shown = [{"id": "x", "email": "a@b.co", "emailVisibility": False}]
    with snapshot.pinned() as held, django_assert_num_queries(0):
        AuthType().conceal(others, shown, info, held)
    assert shown == [{"id": "x", "emailVisibility": False}]


def test_a_hidden_visibility_conceals(api, members, people):
    from collections_app.schema_edit import service

    fields = [
        {**field.to_json(), "hidden": field.options.hidden or field.name == "emailVisibility"}
        for field in members.fields
    ]
    service.update(members, {"fields": fields})
    assert seen(api) == set()
