"""``/api/openapi.json``, its viewer and the command: who may read what."""

import io
import json

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from tests.dashboard_app.browser import WAIT_S
from tests.makers import make_collection, make_user, text

NEEDS_TOKEN = {
    "data": {},
    "message": "The request requires valid record authorization token.",
    "status": 401,
}


def paths(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    return set(response.json()["paths"])


def test_superusers_alone_by_default(api, root_api, db):
    user = make_user()
    assert api.get("/api/openapi.json").json() == NEEDS_TOKEN
    assert api.as_(user).get("/api/openapi.json").status_code == 403
    assert "/api/settings" in paths(root_api.get("/api/openapi.json"))
    # in any method but GET it is no route
    assert root_api.post("/api/openapi.json").status_code == 404


def test_everyone_where_it_is_set_so(api, root_api, db, settings):
    settings.HOLDALL_OPENAPI = "everyone"
    make_collection("notes", text("title"))
    for client in (api, api.as_(make_user())):
        found = paths(client.get("/api/openapi.json"))
        assert "/api/collections/notes/records" in found
        assert "/api/settings" not in found
    assert "/api/settings" in paths(root_api.get("/api/openapi.json"))


def test_the_dashboard_has_the_whole(dashboard, api):
    assert "/api/settings" in paths(dashboard.get("openapi.json"))
    assert api.get("/_/openapi.json").status_code == 302


def test_viewer_needs_nothing_from_elsewhere(api, db):
    response = api.get("/api/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert "unsafe-eval" not in response.headers["Content-Security-Policy"]
    assert "http" not in page.replace("http-equiv", "")
    assert "<script>" not in page
    for address in ("swagger-ui.css", "swagger-ui-bundle.js"):
        name = f"drf_spectacular_sidecar/swagger-ui-dist/{address}"
        assert f"/_/static/{name}" in page
        assert finders.find(name)


def test_command_writes_the_same(root_api, db, tmp_path):
    out = io.StringIO()
    call_command("openapi", stdout=out)
    assert json.loads(out.getvalue()) == root_api.get("/api/openapi.json").json()
    call_command("openapi", "--guest", "--out", str(tmp_path / "api.json"))
    assert "/api/settings" not in json.loads((tmp_path / "api.json").read_text())["paths"]


@pytest.mark.browser
@pytest.mark.server
def test_viewer_in_a_browser(shared_server, browser, signed_in):
    browser.problems()
    browser.open(f"{shared_server.url}/api/docs")
    browser.wait_for("document.querySelectorAll('.opblock-tag').length > 5", WAIT_S)
    browser.run("document.querySelector('#operations-tag-Health, [data-tag=Health]').click()")
    browser.wait_for("document.querySelector('.opblock')", WAIT_S)
    # the dashboard's session has signed the viewer in
    assert browser.wait_for("document.querySelector('.auth-wrapper .authorize.locked')", WAIT_S)
    assert browser.problems() == []
    browser.sign_out()
    browser.open(f"{shared_server.url}/api/docs")
    browser.wait_for("!document.getElementById('sign-in').hidden", WAIT_S)
