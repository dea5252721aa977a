from http.client import HTTPConnection

import pytest
from django.urls import resolve

NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
NO_FILE = {"data": {}, "message": "File not found.", "status": 404}

LOAD = "An error occurred while loading the submitted data."
UNSUPPORTED = "Unsupported Content-Type."
UNREADABLE = "Failed to load the submitted data due to invalid formatting."


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/nope", NO_FILE),
        ("GET", "/api/health/", NO_FILE),
        ("GET", "/API/health", NO_FILE),
        ("GET", "/api/batch", NO_FILE),
        ("POST", "/api/nope", NOT_FOUND),
        ("POST", "/api/health", NOT_FOUND),
        ("PUT", "/api/settings", NOT_FOUND),
        ("PUT", "/_", NOT_FOUND),
        ("FOO", "/api/health", NOT_FOUND),
    ],
)
def test_unknown(api, method, path, body):
    response = api.request(method, path)
    assert (response.status_code, response.json()) == (404, body)
    assert "Allow" not in response.headers


def test_head(api):
    response = api.head("/api/health")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api//health", "/api/health"),
        ("/./api", "/api"),
        ("/api/../api/health?x=1", "/api/health?x=1"),
        ("/a//", "/a/"),
        ("/a/.", "/a"),
        ("/_", "/_/"),
    ],
)
def test_unclean_path(api, path, target):
    response = api.using(Origin="https://a.test").get(path)
    assert response.status_code == 307
    assert response.content.decode() == f'<a href="{target}">Temporary Redirect</a>.\n\n'
    assert dict(response.headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Location": target,
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "FOO"])
def test_unclean_path_of_a_write(api, method):
    response = api.request(method, "/api//health")
    assert (response.status_code, response.content) == (307, b"")
    assert dict(response.headers) == {"Location": "/api/health"}


def test_options_is_answered_before_the_dashboards_redirect(api):
    assert api.request("OPTIONS", "/_").status_code == 204


def test_import_is_a_collections_name_for_other_methods(root_api):
    for method in ("GET", "DELETE"):
        response = root_api.request(method, "/api/collections/import")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_encoded_slash_stays_in_its_segment():
    from config.urls import api as table

    found = table.find_encoded("api/collections/a%2Fb/records")
    assert found is not None
    assert found[1] == {"collection": "a/b"}
    assert table.find_encoded("api%2Fhealth") is None


@pytest.mark.server
def test_methods_are_case_sensitive(shared_server):
    connection = HTTPConnection("127.0.0.1", shared_server.port)
    authorization = shared_server.http.headers["Authorization"]
    connection.request("get", "/api/collections", headers={"Authorization": authorization})
    assert connection.getresponse().status == 404
    connection.close()


@pytest.mark.server
def test_raw_paths_of_a_real_server(shared_server):
    missing = {"data": {}, "message": "Missing collection context.", "status": 404}
    response = shared_server.http.get("/api/collections/a%2Fb/records")
    assert (response.status_code, response.json()) == (404, missing)
    response = shared_server.http.options("/api/health", headers={"Origin": "https://a.test"})
    assert response.headers.get_list("vary") == [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
    ]


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("PATCH", "/api/settings", LOAD),
        ("POST", "/api/settings/test/email", LOAD),
        ("POST", "/api/settings/apple/generate-client-secret", LOAD),
        ("POST", "/api/collections/users/confirm-password-reset", LOAD),
        ("POST", "/api/collections/users/confirm-verification", UNSUPPORTED),
        ("PUT", "/api/collections/import", UNSUPPORTED),
        ("POST", "/api/collections/meta/dry-run-view", UNSUPPORTED),
        ("POST", "/api/realtime", "Something went wrong while processing your request."),
        ("PATCH", "/api/collections/users", UNREADABLE),
    ],
)
def test_content_type_that_nobody_reads(root_api, method, path, message):
    response = root_api.request(method, path, "x", "garbage")
    assert (response.status_code, response.json()) == (
        400,
        {"data": {}, "message": message, "status": 400},
    )


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", '{"id":"short"}'),
        ("application/json", '{"j":' + "[" * 20_000 + "]" * 20_000 + "}"),
    ],
)
def test_collection_that_cannot_be_read(root_api, content_type, body):
    response = root_api.request("PATCH", "/api/collections/users", body, content_type)
    assert (response.status_code, response.json()["message"]) == (400, UNREADABLE)


def test_oauth2_redirect_has_no_body(api):
    response = api.get("/api/oauth2-redirect")
    assert (response.status_code, response.content) == (307, b"")
    assert "Content-Type" not in response.headers
    assert api.head("/api/oauth2-redirect").status_code == 303


def test_every_pattern_is_found_as_django_finds_it():
    from config.urls import api as table

    for pattern in table.url_patterns:
        path = "/".join(
            "x" if part.startswith("<") else part for part in str(pattern.pattern).split("/")
        )
        found = table.find(path)
        assert found is not None, path
        match = resolve(f"/{path}")
        assert (match.func, match.kwargs) == found
