"""The console and the live view in Chromium, under the dashboard's content security policy."""

import pytest

from tests.makers import file, text

pytestmark = [pytest.mark.browser, pytest.mark.server]

OPEN = {"listRule": "", "viewRule": "title != 'hush'", "createRule": "@request.auth.id != ''"}


@pytest.fixture
def ann(shared_server):
    """A user, and a collection whose rules tell her from a guest."""
    http = shared_server.http
    fields = [{"type": "text", "name": "title"}]
    data = {"name": "talks", "type": "base", "fields": fields, **OPEN}
    http.post("/api/collections", json=data).raise_for_status()
    user = {"email": "ann@example.com", "password": "1234567890", "passwordConfirm": "1234567890"}
    made = http.post("/api/collections/users/records", json=user).raise_for_status().json()
    yield made
    http.delete(f"/api/collections/users/records/{made['id']}").raise_for_status()
    http.delete("/api/collections/talks").raise_for_status()


def choose_ann(browser):
    browser.click("input[name=caller][value=user]")
    browser.type("#caller-search", "ann@")
    browser.wait_for("document.querySelector('[data-found]').innerText.includes('ann@example.com')")
    browser.wait_for("document.querySelectorAll('[data-found] input').length === 1")


def test_as_guest_and_as_a_user(shared_server, browser, signed_in, ann):
    browser.problems()
    browser.open(f"{signed_in}console/?method=POST&url=/api/collections/talks/records")
    browser.type("#console-body", '{"title": "first"}')
    browser.click("button[name=send]")
    browser.wait_for("document.querySelector('[data-status]').innerText.startsWith('400')")
    shown = browser.text
    assert "Refused by the create rule: @request.auth.id != '' is false." in shown
    assert "Failed to create record." in shown
    choose_ann(browser)
    browser.click("button[name=send]")
    browser.wait_for("document.querySelector('[data-status]').innerText.startsWith('200')")
    assert "The create rule is satisfied." in browser.text
    assert '"title": "first"' in browser.text
    listed = shared_server.http.get("/api/collections/talks/records").json()
    assert [item["title"] for item in listed["items"]] == ["first"]
    browser.click("input[name=caller][value=superuser]")
    browser.do(lambda page: page.select_option("#console-method", "GET"))
    browser.type("#console-url", "/api/settings")
    browser.click("button[name=send]")
    browser.wait_for("document.querySelector('[data-content]').innerText.includes('appName')")
    # the refusal is the only thing that the browser has complained of
    assert [item for item in browser.problems() if "400" not in item] == []


def test_a_batch_with_a_file(shared_server, browser, signed_in, tmp_path):
    shared_server.http.patch("/api/settings", json={"batch": {"enabled": True}})
    body = {"name": "shots", "createRule": "name != 'b'", "fields": [text("name"), file("photo")]}
    shared_server.http.post("/api/collections", json=body).raise_for_status()
    (tmp_path / "one.txt").write_text("one")
    browser.problems()
    browser.open(f"{signed_in}console/?method=POST&url=/api/batch")
    item = '{"method": "POST", "url": "/api/collections/shots/records", "body": {"name": "%s"}}'
    browser.type("#console-body", f'{{"requests": [{item % "a"}, {item % "b"}]}}')
    browser.click("button[name=explain]")
    browser.wait_for("document.querySelectorAll('[data-verdicts] h3').length === 2")
    assert "1. POST /api/collections/shots/records\n\nThe create rule is satisfied." in browser.text
    assert "Refused by the create rule: name != 'b' is false." in browser.text
    browser.type("#console-body", f'{{"requests": [{item % "a"}]}}')
    browser.click("[data-files] summary")
    browser.type("#console-file-field", "requests.0.photo")
    browser.choose_file("#console-files", tmp_path / "one.txt")
    browser.click("button[name=send]")
    browser.wait_for("document.querySelector('[data-status]').innerText.startsWith('200')")
    [made] = shared_server.http.get("/api/collections/shots/records").json()["items"]
    assert (made["name"], made["photo"][:4]) == ("a", "one_")
    assert browser.problems() == []


def test_live_events(shared_server, browser, signed_in, ann):
    browser.problems()
    browser.open(f"{signed_in}console/live/?topics=talks/*")
    choose_ann(browser)
    browser.click("button[name=connect]")
    browser.wait_for("document.querySelector('[data-state]').innerText.startsWith('Subscribed')")
    for title in ("heard", "again"):
        shared_server.http.post(
            "/api/collections/talks/records", json={"title": title}
        ).raise_for_status()
    browser.wait_for("document.querySelector('[data-count]').innerText === '2'")
    assert "talks/* · create" in browser.text
    assert '"title": "heard"' in browser.text
    browser.click("button[name=close]")
    browser.wait_for("document.querySelector('[data-state]').innerText === 'Stopped.'")
    browser.type("#live-topics", "nothing/*")
    browser.click("button[name=connect]")
    browser.wait_for("document.querySelector('[data-state]').innerText.startsWith('Subscribed')")
    browser.click("button[name=close]")
    assert browser.problems() == []


def test_try_it_leads_from_the_examples(shared_server, browser, signed_in, ann):
    found = shared_server.http.get("/api/collections/talks").json()["id"]
    browser.open(f"{signed_in}collections/{found}/api/")
    browser.click("section:has(h2#endpoint-3) a.ed-button")
    browser.wait_for("location.pathname.endsWith('/console/')")
    assert browser.run("return document.querySelector('#console-method').value") == "POST"
    body = browser.run("return JSON.parse(document.querySelector('#console-body').value)")
    assert body == {"title": "some text"}
