"""The ``…_request`` signals: receivers change, refuse or answer what HTTP asks for."""

from __future__ import annotations

import pytest
from django.http import JsonResponse

from collections_app import hooks, records
from core_app.errors import FieldError, FieldErrors, Forbidden
from core_app.settings_store import store
from tests.makers import json_field, text

URL = "/api/collections/posts/records"
OPEN = {
    "list_rule": "",
    "view_rule": "",
    "create_rule": "title != 'locked'",
    "update_rule": "",
    "delete_rule": "",
}
WRITES = [
    (hooks.record_create_request, "POST", ""),
    (hooks.record_update_request, "PATCH", "/ID"),
    (hooks.record_delete_request, "DELETE", "/ID"),
]
ALL = [
    (hooks.records_list_request, "GET", ""),
    (hooks.record_view_request, "GET", "/ID"),
    *WRITES,
]


@pytest.fixture
def post(make_collection, make_record):
    posts = make_collection("posts", text("title", required=True), json_field("j"), **OPEN)
    return make_record(posts, title="a", j={"x": 1.5})


@pytest.fixture
def listen():
    connected = []

    def connect(signal, receiver):
        signal.connect(receiver, sender="posts", weak=False)
        connected.append((signal, receiver))

    yield connect
    for signal, receiver in connected:
        signal.disconnect(receiver, sender="posts")


def titles():
    return [record["title"] for record in records.find("posts")]


def send(api, method, path, post, body=None):
    body = {"title": "new"} if body is None and method in ("POST", "PATCH") else body
    return api.request(method, URL + path.replace("ID", post.id), body)


@pytest.mark.parametrize(("signal", "method", "path"), ALL)
def test_a_receiver_may_answer(api, post, listen, signal, method, path):
    def answer(event, **kwargs):
        assert event.request.method == method
        return JsonResponse({"mine": True}, status=202)

    listen(signal, answer)
    response = send(api, method, path, post)
    assert (response.status_code, response.json()) == (202, {"mine": True})
    assert titles() == ["a"]


@pytest.mark.parametrize(("signal", "method", "path"), ALL)
@pytest.mark.parametrize(
    ("error", "status", "message", "data"),
    [
        (Forbidden("Not you."), 403, "Not you.", {}),
        (ValueError("a bug"), 400, "Something went wrong while processing your request.", {}),
        (
            FieldErrors({"title": FieldError("odd", "is odd")}),
            400,
            "Something went wrong while processing your request.",
            {"title": {"code": "odd", "message": "Is odd."}},
        ),
    ],
)
def test_a_receiver_may_refuse(
    api, post, listen, signal, method, path, error, status, message, data
):
    def refuse(event, **kwargs):
        raise error

    listen(signal, refuse)
    response = send(api, method, path, post)
    expected = {"data": data, "message": message, "status": status}
    assert (response.status_code, response.json()) == (status, expected)
    assert titles() == ["a"]


def test_what_is_shown_may_change(api, post, listen):
    def change_list(event, **kwargs):
        event.shown["items"][0]["title"] += str(event.shown["items"][0]["j"]["x"])
        event.shown["extra"] = 2.0

    def change_record(event, **kwargs):
        event.shown["j"]["y"] = 2.0

    listen(hooks.records_list_request, change_list)
    listen(hooks.record_view_request, change_record)
    body = api.get(URL).content.decode()
    assert '"title":"a1.5"' in body
    assert body.endswith('"extra":2}')
    assert '"j":{"x":1.5,"y":2}' in api.get(f"{URL}/{post.id}").content.decode()


def test_what_is_written_may_change(api, post, listen):
    def change(event, **kwargs):
        event.record["title"] = f"{event.original.get('title', '')}+{event.record['title']}"

    listen(hooks.record_create_request, change)
    listen(hooks.record_update_request, change)
    assert api.post(URL, {"title": "new"}).json()["title"] == "+new"
    assert api.patch(f"{URL}/{post.id}", {"title": "b"}).json()["title"] == "a+b"
    assert titles() == ["a+b", "+new"]


def test_rules_come_first_and_validation_after(api, post, listen):
    asked = []
    listen(hooks.record_create_request, lambda event, **kwargs: asked.append(event.info.body))
    assert api.post(URL, {"title": "locked"}).status_code == 400
    assert asked == []
    assert api.post(URL, {"title": ""}).status_code == 400
    assert asked == [{"title": ""}]


def test_code_is_not_a_request(post, listen):
    asked = []
    for signal, _, _ in ALL:
        listen(signal, lambda event, **kwargs: asked.append(event))
    records.create("posts", title="b")
    records.update("posts", post.id, title="c")
    records.delete("posts", post.id)
    assert asked == []


def test_items_of_a_batch_are_requests(api, post, listen):
    store.update({"batch": {"enabled": True}})

    def answer(event, **kwargs):
        if event.record["title"] == "mine":
            return JsonResponse({"mine": True}, status=202)
        assert event.info.context == "batch"
        return None

    listen(hooks.record_create_request, answer)
    items = [{"method": "POST", "url": URL, "body": {"title": title}} for title in ("b", "mine")]
    response = api.post("/api/batch", {"requests": items})
    assert response.status_code == 200
    assert response.json()[1] == {"body": {"mine": True}, "status": 202}
    assert titles() == ["a", "b"]
