"""The API as pages for a signed-in browser; everybody else gets what they always got."""

import json

import pytest
from django.test import Client

from collections_app import records
from dashboard_app.browsable import operations
from tests.dashboard_app.conftest import text_of
from tests.dashboard_app.openapi.every import make_every
from tests.makers import make_collection, make_record, make_user, text, upload

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def browser_of(dashboard):
    """Django's client signed in to the dashboard, asking as a browser does."""

    def ask(method, path, *data, **options):
        options.setdefault("HTTP_ACCEPT", HTML)
        return getattr(dashboard.client, method)(path, *data, **options)

    return ask


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/collections", '"name": "posts"'),
        ("/api/collections/posts", '"listRule": null'),
        ("/api/collections/meta/scaffolds", '"base"'),
        ("/api/collections/posts/records", '"title": "<b>first</b>"'),
        ("/api/collections/users/auth-methods", '"emailPassword"'),
        ("/api/settings", '"appName"'),
        ("/api/logs", '"totalItems"'),
        ("/api/logs/stats", "["),
        ("/api/crons", '"expression"'),
        ("/api/backups", "[]"),
        ("/api/health", '"canBackup"'),
        ("/api/batch", "HTTP 404"),
        ("/api/nothing", "HTTP 404"),
    ],
)
def test_every_endpoint_has_a_page(browser_of, path, shown):
    make_record(make_collection("posts", text("title")), title="<b>first</b>")
    response = browser_of("get", path)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert shown in text_of(response)
    assert "<b>first</b>" not in response.content.decode()
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_clients_get_the_same_bytes_as_ever(dashboard, api):
    make_record(make_collection("posts", text("title"), list_rule=""), title="a")
    path = "/api/collections/posts/records"
    plain = api.get(path)
    for client, headers in (
        (Client(), {}),
        (Client(), {"HTTP_ACCEPT": "*/*"}),
        (Client(), {"HTTP_ACCEPT": "application/json"}),
        (Client(), {"HTTP_ACCEPT": HTML}),  # a browser, but a guest's
        (dashboard.client, {}),
        (dashboard.client, {"HTTP_ACCEPT": "*/*"}),
    ):
        response = client.get(path, **headers)
        assert (response.content, response.headers) == (plain.content, plain.headers), headers


def test_a_session_is_nothing_to_who_asks_for_json(dashboard):
    assert dashboard.client.get("/api/settings", HTTP_ACCEPT="*/*").status_code == 401


def test_a_token_counts_more_than_the_session(dashboard, browser_of, api):
    user = make_user()
    from tests.makers import token_of

    response = browser_of("get", "/api/settings", HTTP_AUTHORIZATION=token_of(user))
    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/json"


def test_superusers_from_other_addresses_are_guests(browser_of):
    sent = {"superuserIPs": ["10.1.1.1"]}
    from core_app.settings_store import store

    store.update(sent)
    response = browser_of("get", "/api/settings")
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/json")


def test_files_stay_files(browser_of):
    from tests.makers import file

    notes = make_collection("notes", file("paper"))
    made = make_record(notes, paper=upload("a.json", b'{"a": 1}', "application/json"))
    response = browser_of("get", f"/api/files/notes/{made.id}/{made['paper']}")
    assert b"".join(response.streaming_content if response.streaming else [response.content]) == (
        b'{"a": 1}'
    )


# --- forms ----------------------------------------------------------------------------------------


def test_forms_by_field_type(browser_of):
    every = make_every()
    author = make_user(collection="people")
    page = browser_of("get", "/api/collections/every/records").content.decode()
    assert 'name="title"' in page
    assert 'type="password"' in page
    assert 'type="file"' in page
    assert '<option value="red"' in page
    assert "What it is called." in page
    assert 'data-several="papers"' in page
    assert 'name="created"' not in page
    form = {
        **{"title": "Chair", "price": "12.5", "site": "https://example.com", "open": "true"},
        **{"tags": ["red", "blue"], "extra": '{"a": 1}', "author": author.id, "stock": "3"},
        **{"place": '{"lon": 8, "lat": 47}', "readers": f'["{author.id}"]', "size": "m"},
        **{"photo": upload("a.txt"), "papers": upload("b.txt"), "secret": "s"},
    }
    made = browser_of("post", "/api/collections/every/records", form)
    assert made.status_code == 200, text_of(made)
    [record] = records.find("every", "title = 'Chair'")
    assert (record["price"], record["open"], record["tags"]) == (12.5, True, ["red", "blue"])
    assert (record["extra"], record["readers"]) == ({"a": 1}, [author.id])
    assert record["place"] == {"lon": 8, "lat": 47}
    assert record["photo"].endswith(".txt")
    assert record["secret"] == "s"
    page = browser_of("get", f"/api/collections/{every.id}/records/{record.id}").content.decode()
    assert 'value="Chair"' in page
    assert "{&quot;lon&quot;: 8, &quot;lat&quot;: 47}" in page
    assert page.count("selected") == 4  # size, open, and both tags
    assert '<option value="m" selected' in page
    assert 'data-method="PATCH"' in page
    assert "DELETE" in page


def test_refusals_are_shown(browser_of):
    make_every()
    response = browser_of("post", "/api/collections/every/records", {"title": "ab"})
    assert response.status_code == 400
    assert "Must be at least 3 character(s)." in text_of(response)
    assert records.count("every") == 0


def test_raw_json_and_delete(browser_of):
    posts = make_collection("posts", text("title"))
    url = "/api/collections/posts/records"
    as_json = {"content_type": "application/json"}
    made = browser_of("post", url, json.dumps({"title": "a"}), **as_json)
    assert made.status_code == 200, text_of(made)
    [record] = records.find("posts")
    changed = browser_of("patch", f"{url}/{record.id}", json.dumps({"title": "b"}), **as_json)
    assert changed.status_code == 200, text_of(changed)
    assert records.get("posts", record.id)["title"] == "b"
    deleted = browser_of("delete", f"{url}/{record.id}")
    assert deleted.status_code == 200, text_of(deleted)  # a page has to have something in it
    assert "HTTP 204 No Content" in text_of(deleted)
    assert records.count("posts") == 0
    settings = browser_of(
        "patch", "/api/settings", json.dumps({"meta": {"appName": "Nuts"}}), **as_json
    )
    assert settings.status_code == 200, text_of(settings)
    assert '"appName": "Nuts"' in text_of(settings)
    made = browser_of(
        "post", "/api/collections", json.dumps({"name": "new", "fields": []}), **as_json
    )
    assert '"name": "new"' in text_of(made)
    assert posts.name


def test_a_forged_form_is_a_guests(root):
    make_collection("posts", text("title"))
    client = Client(enforce_csrf_checks=True)
    login = client.get("/_/login/")
    token = login.context["csrf_token"]
    form = {"username": "root@example.com", "password": "1234567890", "csrfmiddlewaretoken": token}
    assert client.post("/_/login/", form).status_code == 302
    url = "/api/collections/posts/records"
    forged = client.post(url, {"title": "x"}, HTTP_ACCEPT=HTML)
    assert (forged.status_code, forged.headers["Content-Type"]) == (403, "application/json")
    assert records.count("posts") == 0
    page = client.get(url, HTTP_ACCEPT=HTML)
    token = client.cookies["holdall_csrf"].value
    assert page.status_code == 200
    sent = client.post(url, {"title": "x", "csrfmiddlewaretoken": token}, HTTP_ACCEPT=HTML)
    assert sent.status_code == 200
    sent = client.post(
        url, "{}", content_type="application/json", HTTP_ACCEPT=HTML, HTTP_X_CSRFTOKEN=token
    )
    assert sent.status_code == 200
    assert records.count("posts") == 2


def test_operations_of_paths(db):
    posts = make_collection("posts", text("title"))
    assert set(operations.of("/api/collections/posts/records")) == {"GET", "POST"}
    assert set(operations.of(f"/api/collections/{posts.id}/records/x")) == {
        "GET",
        "PATCH",
        "DELETE",
    }
    assert set(operations.of("/api/collections/import")) == {"GET", "PUT", "PATCH", "DELETE"}
    assert operations.of("/api/nothing") == {}
    assert operations.sample_body(operations.of("/api/batch")["POST"]) == {"requests": []}
