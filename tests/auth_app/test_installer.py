from __future__ import annotations

import pytest

from auth_app import installer
from collections_app import records
from tests.makers import Api

GOOD = {
    "email": "first@example.com",
    "password": "a long password",
    "passwordConfirm": "a long password",
}


@pytest.fixture
def link(db):
    return installer.pending_link("http://localhost:8090/")


@pytest.fixture
def path(link):
    return link.removeprefix("http://localhost:8090")


def send(client, path, **form):
    return client.post(path, form)


def test_link(link):
    assert link.startswith("http://localhost:8090/_/install/eyJ")
    assert records.count("_superusers") == 1


def test_link_is_new_each_time_and_its_account_is_not(link):
    installer.pending_link("http://localhost:8090")
    assert records.count("_superusers") == 1


def test_no_link_when_there_is_a_superuser(make_superuser):
    make_superuser()
    assert installer.pending_link("http://localhost:8090") is None
    assert records.count("_superusers") == 1


def test_page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert b'name="passwordConfirm"' in response.content


def test_makes_the_first_superuser_and_nothing_after(client, path):
    response = send(client, path, **GOOD)
    assert response.status_code == 200
    assert b"Welcome, first@example.com" in response.content
    assert [item["email"] for item in records.find("_superusers")] == ["first@example.com"]
    assert installer.pending_link("http://localhost:8090") is None
    assert client.get(path).status_code == 404
    assert send(client, path, **{**GOOD, "email": "second@example.com"}).status_code == 404
    assert records.count("_superusers") == 1


def test_the_token_dies_with_any_other_superuser(client, path, make_superuser):
    make_superuser()
    assert records.count("_superusers") == 1
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"passwordConfirm": "other"}, b"match."),
        ({"password": "short", "passwordConfirm": "short"}, b"Must be at least 8 character(s)."),
        ({"email": "bad"}, b"Must be a valid email address."),
        ({"email": ""}, b"Cannot be blank."),
        ({"password": "", "passwordConfirm": ""}, b"Cannot be blank."),
        ({"email": "<script>"}, b"&lt;script&gt;"),
    ],
)
def test_says_what_is_wrong(client, path, changes, text):
    response = send(client, path, **GOOD | changes)
    assert response.status_code == 400
    assert text in response.content
    assert records.count("_superusers") == 1


def test_only_the_installers_token_opens_it(client, make_superuser, make_user, path):
    from tests.makers import token_of

    for token in ("nope", "a.b.c", token_of(make_user()), token_of(make_superuser())):
        assert client.get(f"/_/install/{token}").status_code == 404


def test_form_needs_its_csrf_token(path):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, GOOD).status_code == 403
    assert records.count("_superusers") == 1


def test_over_the_api_as_pocketbase_dashboards_do(path):
    token = path.rpartition("/")[2]
    response = Api(token).post("/api/collections/_superusers/records", GOOD)
    assert response.status_code == 200
    assert [item["email"] for item in records.find("_superusers")] == ["first@example.com"]
