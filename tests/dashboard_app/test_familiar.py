"""What people know from PocketBase's own dashboard, in a browser."""

import json

import pytest

from tests.makers import relation, text

pytestmark = [pytest.mark.browser, pytest.mark.server]

COPIED = "return navigator.clipboard.readText()"


@pytest.fixture(scope="module")
def collections(shared_server):
    """Towns, and streets that belong to them."""
    http = shared_server.http
    body = {"name": "towns", "fields": [text("name"), text("river")]}
    towns = http.post("/api/collections", json=body).json()
    fields = [text("name"), relation("town", towns["id"])]
    http.post("/api/collections", json={"name": "streets", "fields": fields})


@pytest.fixture
def site(collections, shared_server, signed_in, browser):
    """Return the address of the dashboard, signed in; pages may use the clipboard."""
    allowed = ["clipboard-read", "clipboard-write"]
    browser.do(lambda page: page.context.grant_permissions(allowed, origin=shared_server.url))
    return signed_in


def test_an_export_is_shown_and_copied(shared_server, browser, site):
    browser.open(f"{site}transfer/")
    browser.click("#export summary")
    browser.click("#export label:has-text('towns') input")
    browser.click("#export [data-show]")
    shown = browser.wait_for("document.querySelector('#export textarea').value")
    assert [item["name"] for item in json.loads(shown)] == ["towns"]
    browser.click("#export [data-copy-from]")
    browser.wait_for("document.querySelector('.t-copied')?.textContent === 'Copied'")
    assert browser.run(COPIED) == shown
    assert browser.problems() == []
