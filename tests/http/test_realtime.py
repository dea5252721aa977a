"""``/api/realtime`` over HTTP: what is answered before and without a stream."""

from __future__ import annotations

import pytest

from realtime import hub
from tests.makers import make_superuser, make_user

PATH = "/api/realtime"
GENERIC = "Something went wrong while processing your request."


@pytest.fixture
def client(db):
    """A connection of this process, as if its stream were open."""
    made = hub.current().new_client("127.0.0.1")
    hub.current().registry.add(made)
    yield made
    hub.current().forget(made)


def body(client, *topics):
    return {"clientId": client.id, "subscriptions": list(topics)}


def refused(status, message, data=None):
    return status, {"data": data or {}, "message": message, "status": status}


def answer(response):
    return response.status_code, response.json()


def test_subscribe(api, client):
    response = api.post(PATH, body(client, "a/*", "b"))
    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    assert client.subscriptions == ("a/*", "b")


@pytest.mark.parametrize("nothing", [[], None, [""], [None]])
def test_unsubscribe_from_everything(nothing, api, client):
    api.post(PATH, body(client, "a/*"))
    assert api.post(PATH, {"clientId": client.id, "subscriptions": nothing}).status_code == 204
    assert client.subscriptions == ()


def test_keys_match_in_any_case_and_subscriptions_may_be_missing(api, client):
    api.post(PATH, body(client, "a/*"))
    assert api.post(PATH, {"CLIENTID": client.id}).status_code == 204
    assert client.subscriptions == ()


def test_forms(api, client):
    sent = f"clientId={client.id}&subscriptions=a&subscriptions=b"
    form = "application/x-www-form-urlencoded"
    assert api.request("POST", PATH, sent, form).status_code == 204
    assert client.subscriptions == ("a", "b")
    assert api.upload(PATH, {"clientId": client.id, "subscriptions": ["c"]}).status_code == 204
    assert client.subscriptions == ("c",)


@pytest.mark.parametrize(
    ("_case", "sent", "content_type"),
    [
        ("broken JSON", "{", "application/json"),
        ("a list", "[]", "application/json"),
        ("client id of another type", '{"clientId":5}', "application/json"),
        ("no list", '{"clientId":"","subscriptions":"x"}', "application/json"),
        ("entry of another type", '{"clientId":"x","subscriptions":["a",1]}', "application/json"),
        ("unknown type", "x", "text/plain"),
    ],
)
def test_unreadable_body(_case, sent, content_type, api):
    assert answer(api.request("POST", PATH, sent, content_type)) == refused(400, GENERIC)


LONG = {
    "code": "validation_length_too_long",
    "message": "The length must be no more than 2500.",
    "params": {"max": 2500, "min": 0},
}
MANY = {
    "code": "validation_length_too_long",
    "message": "The length must be no more than 1000.",
    "params": {"max": 1000, "min": 0},
}
BLANK = {"code": "validation_required", "message": "Cannot be blank."}


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        (None, {"clientId": BLANK}),
        ({}, {"clientId": BLANK}),
        (
            {"clientId": "é" * 128},
            {
                "clientId": {
                    "code": "validation_length_out_of_range",
                    "message": "The length must be between 1 and 255.",
                    "params": {"max": 255, "min": 1},
                }
            },
        ),
        (
            {"clientId": "", "subscriptions": ["a"] * 1001},
            {"clientId": BLANK, "subscriptions": MANY},
        ),
        ({"clientId": "x", "subscriptions": ["b" * 2501] * 1001}, {"subscriptions": MANY}),
        (
            {"clientId": "x", "subscriptions": ["a" * 2500, "b" * 2501, "é" * 1251]},
            {"subscriptions": {"1": LONG, "2": LONG}},
        ),
    ],
)
def test_invalid_form(sent, data, api):
    assert answer(api.post(PATH, sent)) == refused(400, GENERIC, data)


@pytest.mark.parametrize("client_id", ["x", "x" * 255, "é" * 40])
def test_unknown_client(client_id, api):
    response = api.post(PATH, {"clientId": client_id})
    assert answer(response) == refused(404, "Missing or invalid client id.")


def test_unknown_client_of_this_worker(api, client):
    response = api.post(PATH, {"clientId": client.id[:-1]})
    assert answer(response) == refused(404, "Missing or invalid client id.")


def test_another_address(api, client):
    client.ip = "10.0.0.1"
    response = api.post(PATH, body(client, "a"))
    assert answer(response) == refused(400, "Invalid realtime client.")
    assert client.subscriptions == ()


def test_who_may_follow_whom(api, client):
    anna, bert, root = make_user("anna@example.com"), make_user("b@example.com"), make_superuser()

    def status(who):
        return who.post(PATH, body(client, "a")).status_code

    assert status(api) == 204
    assert client.auth is None
    assert status(api.as_("not a token")) == 204
    assert status(api.as_(anna)) == 204
    assert client.auth.id == anna.id
    assert status(api.as_(anna)) == 204
    mismatch = "The current and the previous request authorization don't match."
    for other in (api, api.as_(bert), api.as_(root), api.as_("not a token")):
        assert answer(other.post(PATH, body(client, "b"))) == refused(403, mismatch)
    assert client.subscriptions == ("a",)
    assert client.auth.id == anna.id


def test_head_shows_the_headers_and_opens_nothing(api):
    response = api.head(PATH)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in response.headers
    assert len(hub.current().registry) == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods(method, api):
    response = api.request(method, PATH)
    assert answer(response) == refused(404, "The requested resource wasn't found.")
