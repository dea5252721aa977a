"""What the links in mails lead to, from a mail that was sent to a page in a browser."""

import pytest

from tests.dashboard_app.inbox import Inbox

pytestmark = [pytest.mark.browser, pytest.mark.server]

PASSWORD = "first-password"
HEADING = "document.querySelector('h1').innerText"


@pytest.fixture(scope="module")
def inbox(shared_server):
    before = shared_server.http.get("/api/settings").json()
    with Inbox() as running:
        smtp = {"enabled": True, "host": "127.0.0.1", "port": running.port}
        meta = {"appName": "Corner shop", "appURL": shared_server.url}
        patch = {"smtp": smtp, "meta": meta}
        shared_server.http.patch("/api/settings", json=patch).raise_for_status()
        yield running
    patch = {key: before[key] for key in ("smtp", "meta")}
    shared_server.http.patch("/api/settings", json=patch).raise_for_status()


@pytest.fixture
def guest(shared_server, browser):
    """The browser, nobody signed in."""
    browser.open(f"{shared_server.url}/_/login/")
    browser.sign_out()
    return browser


@pytest.fixture
def sign_up(shared_server):
    """A maker of users, who are deleted again."""
    made = []

    def make(email):
        body = {"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD}
        answer = shared_server.guest.post("/api/collections/users/records", json=body)
        answer.raise_for_status()
        made.append(answer.json()["id"])
        return answer.json()["id"]

    yield make
    for record_id in made:
        shared_server.http.delete(f"/api/collections/users/records/{record_id}")


def ask(server, act, body, **headers):
    return server.guest.post(f"/api/collections/users/{act}", json=body, headers=headers)


def may_sign_in(server, email, password):
    body = {"identity": email, "password": password}
    return ask(server, "auth-with-password", body).status_code == 200


def shown(server, record_id):
    return server.http.get(f"/api/collections/users/records/{record_id}").json()


def test_an_address_is_confirmed(shared_server, guest, inbox, sign_up):
    record_id = sign_up("ann@example.com")
    ask(shared_server, "request-verification", {"email": "ann@example.com"})
    link = inbox.link_to("ann@example.com")
    assert link.startswith(f"{shared_server.url}/_/#/auth/confirm-verification/")
    assert shown(shared_server, record_id)["verified"] is False
    guest.open(link)
    guest.wait_for(f"{HEADING} === 'E-mail address confirmed'")
    assert "ann@example.com is yours." in guest.text
    assert guest.run("return document.querySelector('#to-app').href") == f"{shared_server.url}/"
    assert shown(shared_server, record_id)["verified"] is True
    assert guest.problems() == []


def test_an_old_link_offers_a_new_one(shared_server, guest, inbox, sign_up):
    record_id = sign_up("bob@example.com")
    ask(shared_server, "request-verification", {"email": "bob@example.com"})
    link = inbox.link_to("bob@example.com")
    path = f"/api/collections/users/records/{record_id}"
    shared_server.http.patch(path, json={"tokenKey:autogenerate": ""}).raise_for_status()
    guest.open(link)
    guest.wait_for(f"{HEADING} === 'This link does not work (any more)'")
    assert shown(shared_server, record_id)["verified"] is False
    guest.click("#again")
    guest.wait_for(f"{HEADING} === 'Look into your mail'")
    guest.problems()  # the refusal is told as one


def test_a_password_is_set_anew(shared_server, guest, inbox, sign_up):
    sign_up("cy@example.com")
    ask(shared_server, "request-password-reset", {"email": "cy@example.com"})
    link = inbox.link_to("cy@example.com")
    guest.open(link)
    guest.wait_for(f"{HEADING} === 'Choose a new password'")
    assert "For cy@example.com." in guest.text
    guest.type("#password-reset [name=password]", "short")
    guest.type("#password-reset [name=passwordConfirm]", "other")
    guest.click("#password-reset button")
    guest.wait_for("document.body.innerText.includes('t match.')")
    assert may_sign_in(shared_server, "cy@example.com", PASSWORD)
    guest.type("#password-reset [name=password]", "second-password")
    guest.type("#password-reset [name=passwordConfirm]", "second-password")
    guest.click("#password-reset button")
    guest.wait_for(f"{HEADING} === 'Your password is changed'")
    assert may_sign_in(shared_server, "cy@example.com", "second-password")
    assert not may_sign_in(shared_server, "cy@example.com", PASSWORD)
    guest.open("about:blank")
    guest.open(link)
    guest.wait_for(f"{HEADING} === 'Choose a new password'")
    guest.type("#password-reset [name=password]", "third-password")
    guest.type("#password-reset [name=passwordConfirm]", "third-password")
    guest.click("#password-reset button")
    guest.wait_for(f"{HEADING} === 'This link does not work (any more)'")
    assert may_sign_in(shared_server, "cy@example.com", "second-password")
    guest.problems()


def test_a_superuser_forgets_the_password(shared_server, guest, inbox):
    superusers = "/api/collections/_superusers/records"
    body = {"email": "eve@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    record_id = shared_server.http.post(superusers, json=body).json()["id"]
    guest.open(f"{shared_server.url}/_/login/")
    guest.type("[name=password]", "what was it")
    guest.click("[data-reveals]")
    assert guest.run("return document.querySelector('[name=password]').type") == "text"
    guest.click("[data-reveals]")
    assert guest.run("return document.querySelector('[name=password]').type") == "password"
    guest.click("a:has-text('Forgotten your password?')")
    guest.wait_for(f"{HEADING} === 'Forgotten your password?'")
    guest.type("#forgotten [name=email]", "eve@example.com")
    guest.click("#forgotten button")
    guest.wait_for(f"{HEADING} === 'Look into your mail'")
    guest.open(inbox.link_to("eve@example.com"))
    guest.wait_for(f"{HEADING} === 'Choose a new password'")
    guest.type("#password-reset [name=password]", "second-password")
    guest.type("#password-reset [name=passwordConfirm]", "second-password")
    guest.click("#password-reset button")
    guest.wait_for(f"{HEADING} === 'Your password is changed'")
    guest.click("#to-dashboard")
    guest.wait_for("document.querySelector('input[name=username]')")
    guest.type("input[name=username]", "eve@example.com")
    guest.type("input[name=password]", "second-password")
    guest.click("button[type=submit]")
    guest.wait_for("!location.pathname.includes('/login/')")
    guest.sign_out()
    shared_server.http.delete(f"{superusers}/{record_id}").raise_for_status()
    assert guest.problems() == []


def test_an_address_is_changed(shared_server, guest, inbox, sign_up):
    record_id = sign_up("di@example.com")
    body = {"identity": "di@example.com", "password": PASSWORD}
    token = ask(shared_server, "auth-with-password", body).json()["token"]
    body = {"newEmail": "dora@example.com"}
    ask(shared_server, "request-email-change", body, Authorization=token).raise_for_status()
    guest.open(inbox.link_to("dora@example.com"))
    guest.wait_for(f"{HEADING} === 'Change your e-mail address'")
    assert "to dora@example.com" in guest.text
    guest.type("#email-change [name=password]", "not hers")
    guest.click("#email-change button")
    guest.wait_for("document.body.innerText.includes('Missing or invalid auth record password.')")
    assert shown(shared_server, record_id)["email"] == "di@example.com"
    guest.type("#email-change [name=password]", PASSWORD)
    guest.click("#email-change button")
    guest.wait_for(f"{HEADING} === 'Your e-mail address is changed'")
    assert shown(shared_server, record_id)["email"] == "dora@example.com"
    guest.problems()


def test_providers_come_back_to_a_page(shared_server, guest):
    guest.open(f"{shared_server.url}/api/oauth2-redirect?state=nobody&code=1")
    guest.wait_for(f"{HEADING} === 'Signing in did not work'")
    guest.open(f"{shared_server.url}/_/#/auth/oauth2-redirect-success")
    guest.wait_for(f"{HEADING} === 'You are signed in'")
    [problem] = guest.problems()  # the page tries to close itself, as a popup's should
    assert problem.endswith("Scripts may close only the windows that were opened by them.")


def test_links_work_for_who_is_signed_in(shared_server, signed_in, browser):
    browser.open(f"{signed_in}#/auth/confirm-verification/nonsense")
    browser.wait_for(f"{HEADING} === 'This link does not work (any more)'")
    assert browser.url == f"{signed_in}account/#/auth/confirm-verification/nonsense"
    browser.problems()


def test_half_a_link(shared_server, guest):
    guest.open(f"{shared_server.url}/_/#/auth/")
    guest.wait_for(f"{HEADING} === 'There is nothing here'")
    assert guest.problems() == []


def test_no_script_but_ours(shared_server):
    page = shared_server.guest.get("/_/account/")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
