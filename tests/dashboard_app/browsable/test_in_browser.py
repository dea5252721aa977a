"""REST framework's pages in Chromium: its scripts work under our content security policy."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def desks(shared_server):
    http = shared_server.http
    fields = [
        {"type": "text", "name": "title"},
        {"type": "file", "name": "photo"},
        {"type": "select", "name": "tags", "values": ["red", "blue"], "maxSelect": 2},
    ]
    data = {"name": "desks", "type": "base", "fields": fields}
    http.post("/api/collections", json=data).raise_for_status()
    yield lambda: http.get("/api/collections/desks/records").json()["items"]
    http.delete("/api/collections/desks").raise_for_status()


def test_create_change_and_delete(shared_server, browser, signed_in, desks):
    browser.problems()
    url = f"{shared_server.url}/api/collections/desks/records"
    browser.open(url)
    browser.type("input[name=title]", "by fields")
    browser.click("form[data-fields] button")
    browser.wait_for("document.body.innerText.includes('HTTP 200 OK')")
    [first] = desks()
    assert (first["title"], first["photo"], first["tags"]) == ("by fields", "", [])
    browser.type("#raw-POST", '{"title": "by JSON", "tags": ["red"]}')
    browser.click("form[data-raw] button")
    browser.wait_for("document.querySelector('.response-info').innerText.includes('by JSON')")
    assert sorted(item["title"] for item in desks()) == ["by JSON", "by fields"]
    second = next(item for item in desks() if item["title"] == "by JSON")
    browser.open(f"{url}/{second['id']}")
    browser.type("input[name=title]", "changed")
    browser.do(lambda page: page.select_option("select[name=tags]", []))
    browser.click("form[data-fields] button")
    browser.wait_for("document.querySelector('.response-info').innerText.includes('changed')")
    changed = next(item for item in desks() if item["id"] == second["id"])
    assert (changed["title"], changed["tags"]) == ("changed", [])
    browser.click("button.btn-danger[data-toggle=modal]")
    browser.wait_for("document.querySelector('#deleteModal.in')")
    browser.click("#deleteModal form button")
    browser.wait_for("document.body.innerText.includes('HTTP 204 No Content')")
    assert [item["id"] for item in desks()] == [first["id"]]
    assert browser.problems() == []
