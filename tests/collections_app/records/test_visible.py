"""``record_enrich``: receivers change what is shown, wherever it is shown."""

from __future__ import annotations

import pytest

from collections_app import hooks
from collections_app.collection_types import registry
from core_app.errors import Forbidden
from tests.makers import json_field, number, relation, text

OPEN = {"list_rule": "", "view_rule": "", "create_rule": "", "update_rule": ""}
URL = "/api/collections/posts/records"


@pytest.fixture
def post(make_collection, make_record):
    posts = make_collection(
        "posts", text("title"), json_field("j"), number("n"), text("secret"), **OPEN
    )
    make_collection("notes", relation("post", posts), **OPEN)
    return make_record(posts, title="a", j={"b": [1.5]}, secret="s")


def test_enriched_everywhere(post, api, make_record, listen):
    def enrich(event, **kwargs):
        assert event.shown["j"] == {"b": [1.5]}
        del event.shown["secret"]
        event.shown["j"]["c"] = 2.0
        event.shown["more"] = 1e21
        event.shown["context"] = event.info.context

    listen(hooks.record_enrich, enrich, "posts")
    shown = '"j":{"b":[1.5],"c":2},"n":0,"title":"a","more":1e+21,"context":"CONTEXT"}'
    note = make_record("notes", post=post.id)
    for response, context in (
        (api.get(f"{URL}/{post.id}"), "default"),
        (api.get(URL), "default"),
        (api.patch(f"{URL}/{post.id}", {}), "default"),
        (api.get(f"/api/collections/notes/records/{note.id}", expand="post"), "expand"),
    ):
        content = response.content.decode()
        assert shown.replace("CONTEXT", context) in content
        assert "secret" not in content


@pytest.mark.parametrize("path", ["", "/ID"])
def test_broken_receivers(post, api, listen, path):
    def fail(event, **kwargs):
        raise ValueError("a bug")

    listen(hooks.record_enrich, fail, "posts")
    response = api.get(URL + path.replace("ID", post.id))
    expected = {"data": {}, "message": "Failed to enrich record.", "status": 500}
    assert (response.status_code, response.json()) == (500, expected)


def test_refusing_receivers(post, api, listen):
    def refuse(event, **kwargs):
        raise Forbidden("Not for you.")

    listen(hooks.record_enrich, refuse, "posts")
    response = api.get(f"{URL}/{post.id}")
    assert (response.status_code, response.json()["message"]) == (403, "Not for you.")


def test_secret_fields_are_shown_to_nobody(root_api, make_user):
    user = make_user()
    body = root_api.get(f"/api/collections/users/records/{user.id}").json()
    secrets = registry.of("auth").secret_fields
    assert secrets == {"password", "tokenKey"}
    assert not secrets & set(body)
