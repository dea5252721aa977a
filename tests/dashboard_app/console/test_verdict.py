"""The console's views: in words which rule decides, tokens, users found."""

import json
import logging

import pytest

from collections_app.schema import lookup
from collections_app.schema_edit import service
from tests.makers import (
    boolean,
    make_collection,
    make_record,
    make_user,
    relation,
    text,
)


@pytest.fixture
def posts(root):
    return make_collection(
        "posts",
        *(text("title"), boolean("public"), relation("owner", lookup.get("users"))),
        list_rule="public = true",
        view_rule="public = true && title != 'x'",
        create_rule="@request.headers.x_key = 'open' || title = 'free'",
        softDelete=True,
    )


def ask(dashboard, method, url, who="guest", **more):
    body = json.dumps({"as": who, "method": method, "url": url, **more})
    return dashboard.client.post("/_/console/explain/", body, content_type="application/json")


def says(*arguments, **more):
    response = ask(*arguments, **more)
    assert response.status_code == 200, response.content
    return "\n".join(item["says"] for item in response.json()["verdicts"])


def test_in_words(dashboard, posts):
    hidden = make_record(posts, title="x")
    url = "/api/collections/posts/records"
    user = make_user()
    assert says(dashboard, "GET", url) == "The list rule shows 0 of 1 records."
    assert says(dashboard, "GET", f"{url}/{hidden.id}?expand=owner") == (
        "Refused by the view rule: public = true, title != 'x' are false."
    )
    assert says(dashboard, "GET", f"{url}/nothing") == (
        "There is no such record, so no rule is asked."
    )
    assert says(dashboard, "POST", url, body={"title": "dear"}) == (
        "Refused by the create rule: none of the ways joined by || holds."
    )
    assert says(dashboard, "POST", url, body={}, headers={"X-Key": "open"}) == (
        "The create rule is satisfied."
    )
    assert says(dashboard, "DELETE", f"{url}/{hidden.id}", f"users/{user.id}") == (
        "Refused: there is no delete rule, so this is for superusers only."
    )
    assert says(dashboard, "DELETE", f"{url}/{hidden.id}", "superuser").startswith(
        "Superusers pass every rule."
    )
    assert says(dashboard, "GET", "/api/health") == (
        "No collection's rule decides about this request."
    )
    assert "proves who they are" in says(
        dashboard, "POST", "/api/collections/users/auth-with-password"
    )


def test_the_trash(dashboard, posts):
    service.update(
        posts, {"trashRule": "title = 'mine'", "deleteRule": "title != 'kept'", "viewRule": ""}
    )
    url = "/api/collections/posts/records"
    living, mine, other = (make_record(posts, title=name) for name in ("kept", "mine", "other"))
    for record in (mine, other):
        record.delete()
    assert says(dashboard, "GET", f"{url}?trash=only") == "The trash rule shows 1 of 2 records."
    assert says(dashboard, "GET", f"{url}?trash=with") == (
        "The list rule shows 0 of 1 records.\nThe trash rule shows 1 of 2 records."
    )
    assert says(dashboard, "GET", f"{url}/{other.id}?trash=only") == (
        "Refused by the trash rule: title = 'mine' is false."
    )
    assert says(dashboard, "DELETE", f"{url}/{living.id}?purge=true") == (
        "Refused by the delete rule: title != 'kept' is false.\n"
        "Refused by the trash rule: title = 'mine' is false."
    )
    assert says(dashboard, "DELETE", f"{url}/{mine.id}?purge=true") == (
        "The delete rule is satisfied.\nThe trash rule is satisfied."
    )
    assert says(dashboard, "POST", f"{url}/{mine.id}/restore") == "The trash rule is satisfied."


def test_a_batch(dashboard, posts):
    records = "/api/collections/posts/records"
    known = make_record(posts, title="x")
    body = {
        "requests": [
            {"method": "POST", "url": records, "body": {"title": "free"}},
            {"method": "POST", "url": records, "headers": {"X-Key": "open"}},
            {"method": "PUT", "url": records, "body": {"id": known.id, "title": "free"}},
            {"method": "PUT", "url": records, "body": {"id": "nobodyknowsthis", "title": "no"}},
            {"method": "GET", "url": records},
            {"method": "GET", "url": "/api/health"},
        ]
    }
    found = ask(dashboard, "POST", "/api/batch", body=body).json()["verdicts"]
    assert [(item["title"], item["says"]) for item in found] == [
        (f"1. POST {records}", "The create rule is satisfied."),
        (f"2. POST {records}", "The create rule is satisfied."),
        (
            f"3. PUT {records}",
            "Refused: there is no update rule, so this is for superusers only.",
        ),
        (
            f"4. PUT {records}",
            "Refused by the create rule: none of the ways joined by || holds.",
        ),
        (f"5. GET {records}", "A batch only writes records."),
        ("6. GET /api/health", "A batch only writes records."),
    ]
    assert says(dashboard, "POST", "/api/batch") == "This batch has no requests."


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"{}",
        b'{"as": "guest", "method": "GET", "url": 1}',
        b'{"as": "guest", "method": "POST", "url": "/api/", "body": "x"}',
        b'{"as": "guest", "method": "POST", "url": "/api/batch", "body": {"requests": [1]}}',
    ],
)
def test_unreadable_questions(dashboard, sent):
    response = dashboard.client.post("/_/console/explain/", sent, content_type="application/json")
    assert response.status_code == 400


def test_tokens(dashboard, root, api, caplog):
    user = make_user()
    caplog.set_level(logging.DEBUG)
    given = dashboard.post("console/token/", **{"as": f"users/{user.id}"}).json()["token"]
    refreshed = api.as_(given).post("/api/collections/users/auth-refresh")
    assert refreshed.json()["record"]["id"] == user.id
    # a token that cannot be made to live longer
    assert refreshed.json()["token"] == given
    own = dashboard.post("console/token/").json()["token"]
    assert api.as_(own).get("/api/settings").status_code == 200
    assert dashboard.post("console/token/", **{"as": "guest"}).json() == {"token": ""}
    for who in ("users/nobody", "nothing/x", "x"):
        assert dashboard.post("console/token/", **{"as": who}).status_code == 404
    assert given not in caplog.text
    assert own not in caplog.text


def test_superusers_alone(api, dashboard, root):
    for path in ("console/", "console/live/", "console/people/"):
        assert api.get(f"/_/{path}").status_code == 302
    for path in ("console/token/", "console/explain/"):
        assert api.post(f"/_/{path}", {}).status_code == 302
        assert dashboard.get(path).status_code == 405


def test_a_form_elsewhere_gets_no_token(root):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(root_user(root), backend="auth_app.backend.SuperuserBackend")
    assert client.post("/_/console/token/").status_code == 403


def root_user(root):
    from auth_app.models import StaffUser
    from tests.dashboard_app.conftest import Dashboard

    Dashboard().sign_in()
    return StaffUser.objects.get(record_id=root.id)


def test_people(dashboard):
    ann, bob = make_user("ann@example.com"), make_user("bob@example.com")
    found = dashboard.get("console/people/", collection="users").json()
    assert sorted(item["label"] for item in found) == ["ann@example.com", "bob@example.com"]
    found = dashboard.get("console/people/", collection="users", q="bob").json()
    assert found == [{"as": f"users/{bob.id}", "label": "bob@example.com"}]
    found = dashboard.get("console/people/", collection="users", q=f"id = '{ann.id}'").json()
    assert [item["as"] for item in found] == [f"users/{ann.id}"]
    assert dashboard.get("console/people/", collection="nothing").status_code == 404
    assert dashboard.get("console/people/", collection="users", q="a =").status_code == 400


def test_pages_are_filled_in(dashboard):
    page = dashboard.get("console/", method="PATCH", url="/api/x", body='{"a": "<b>"}')
    content = page.content.decode()
    assert "<option selected>PATCH</option>" in content
    assert 'value="/api/x"' in content
    assert "{&quot;a&quot;: &quot;&lt;b&gt;&quot;}" in content
    assert 'value="posts/*"' in dashboard.get("console/live/", topics="posts/*").content.decode()
