"""What people know from PocketBase's own dashboard, in a browser."""

import json

import pytest

from tests.makers import file, json_field, relation, text

pytestmark = [pytest.mark.browser, pytest.mark.server]

COPIED = "return navigator.clipboard.readText()"


@pytest.fixture(scope="module")
def collections(shared_server):
    """Towns, and streets that belong to them."""
    http = shared_server.http
    body = {"name": "towns", "fields": [text("name"), text("river")]}
    towns = http.post("/api/collections", json=body).json()
    fields = [
        text("name"),
        relation("town", towns["id"]),
        relation("near", towns["id"], maxSelect=5),
        file("papers", maxSelect=5),
        json_field("house_numbers"),
    ]
    http.post("/api/collections", json={"name": "streets", "fields": fields})
    yield
    for name in ("streets", "towns"):
        http.delete(f"/api/collections/{name}").raise_for_status()


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


@pytest.fixture
def street(shared_server, collections):
    """The id of a street in a town; both are gone afterwards."""
    http = shared_server.http
    town = http.post("/api/collections/towns/records", json={"name": "Salthaven"}).json()["id"]
    body = {"name": "Quay", "town": town}
    yield http.post("/api/collections/streets/records", json=body).json()["id"]
    for name in ("streets", "towns"):
        for record in http.get(f"/api/collections/{name}/records").json()["items"]:
            http.delete(f"/api/collections/{name}/records/{record['id']}").raise_for_status()


def test_ids_and_records_are_copied(browser, site, street):
    browser.open(f"{site}collections/streets/records/")
    browser.do(lambda page: page.locator("#result_list tbody tr").first.hover())
    browser.click("#result_list [data-copy]")
    browser.wait_for("document.querySelector('.t-copied')?.textContent === 'Copied'")
    assert browser.run(COPIED) == street
    browser.click("#result_list a[href*='/change/']")
    browser.wait_for("document.querySelector('[aria-label=\"Copy the id\"]')?.dataset.copy")
    browser.click("a:has-text('Copy as JSON')")
    browser.wait_for("document.querySelector('.t-copied')?.textContent === 'Copied'")
    copied = json.loads(browser.run(COPIED))
    assert (copied["id"], copied["name"]) == (street, "Quay")
    assert browser.problems() == []


def test_a_form_is_saved_by_the_keys_of_every_editor(shared_server, browser, site, street):
    address = f"{site}collections/streets/records/{street}/change/"
    browser.open(address)
    browser.type("textarea[name=name]", "Long Quay")
    browser.press("Control+s")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    assert browser.url == address
    stored = shared_server.http.get(f"/api/collections/streets/records/{street}").json()
    assert stored["name"] == "Long Quay"
    assert browser.problems() == []


def choices(browser):
    """Return what the search box offers."""
    return browser.run(
        "return [...document.querySelectorAll('.r-search [role=option]')]"
        ".filter(item => item.offsetParent).map(item => item.textContent)"
    )


def test_a_search_box_knows_fields_and_earlier_searches(browser, site, street):
    address = f"{site}collections/streets/records/"
    browser.open(address)
    asked = browser.do(lambda page: page.locator("#searchbar").click())
    assert (asked, choices(browser)) == (None, [])  # nobody has searched here
    browser.press(*"tow")
    browser.wait_for("document.querySelector('.r-search [role=option]')?.textContent === 'town'")
    browser.press("ArrowDown", "Tab", *".riv")
    browser.wait_for(
        "document.querySelector('.r-search [role=option]')?.innerText === 'town.river'"
    )
    browser.press("Tab", *" = ''", "Enter")
    browser.wait_for("location.search.includes('river') && document.readyState === 'complete'")
    browser.wait_for("document.querySelector('#result_list')?.innerText.includes('Quay')")
    # Enter alone searches for the word, whatever is offered
    browser.type("#searchbar", "")
    browser.press(*"nam", "Enter")
    browser.wait_for("location.search === '?q=nam' && document.readyState === 'complete'")
    browser.open(address)
    browser.click("#searchbar")
    assert choices(browser) == ["nam", "town.river = ''", "Forget these searches"]
    browser.press("ArrowDown", "ArrowDown", "Enter")
    browser.wait_for("location.search.includes('river')")
    browser.open(address)
    browser.click("#searchbar")
    browser.click(".r-search li:last-child")
    browser.press("ArrowDown")
    assert choices(browser) == []
    assert browser.problems() == []


def test_a_related_record_is_made_in_passing(shared_server, browser, site, street):
    browser.open(f"{site}collections/streets/records/{street}/change/")
    link = "#add_id_town"
    browser.do(lambda page: page.locator(link).wait_for())
    with browser.other_window(lambda page: page.locator(link).click()) as window:
        browser.type("textarea[name=name]", "Upper Harbour")
        browser.do(lambda page: page.locator("button[name=_save]").click(no_wait_after=True))
        browser.do(lambda _: window.is_closed() or window.wait_for_event("close"))
    browser.wait_for("document.querySelector('.r-open a')?.textContent === 'Open Upper Harbour'")
    browser.click("button[name=_continue]")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    path = f"/api/collections/streets/records/{street}?expand=town"
    stored = shared_server.http.get(path).json()
    assert stored["expand"]["town"]["name"] == "Upper Harbour"
    assert browser.problems() == []


def test_queries_are_remembered(browser, site):
    browser.open(f"{site}sql/")
    browser.type("#query", "SELECT 40 + 2 AS answer")
    browser.do(lambda page: page.locator("#query").press("Control+Enter"))
    browser.wait_for("document.querySelector('table')?.innerText.includes('42')")
    browser.open(f"{site}sql/")
    browser.click(".t-recent summary")
    browser.click(".t-recent li button")
    assert browser.run("return document.querySelector('#query').value") == "SELECT 40 + 2 AS answer"
    browser.click(".t-recent .ed-link")
    assert browser.run("return document.querySelector('.t-recent').hidden") is True
    browser.open(f"{site}sql/")
    assert browser.run("return document.querySelector('.t-recent').hidden") is True
    assert browser.problems() == []


@pytest.fixture
def settings(shared_server):
    """A function that changes some of the app's settings, which are put back."""
    before = shared_server.http.get("/api/settings").json()["meta"]

    def change(**meta):
        shared_server.http.patch("/api/settings", json={"meta": meta}).raise_for_status()

    yield change
    change(**before)


def test_locked_forms_have_to_be_unlocked(shared_server, browser, site, street, settings):
    settings(hideControls=True)
    address = f"{site}collections/streets/records/{street}/change/"
    browser.open(address)
    browser.type("textarea[name=name]", "Other Quay")
    browser.press("Control+s")
    names = "[..._].map(item => item.name)".replace(
        "_", "document.querySelectorAll('button:disabled')"
    )
    assert set(browser.run(f"return {names}")) == {"_save", "_continue", "_addanother"}
    browser.click("#locked button")
    browser.press("Control+s")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    stored = shared_server.http.get(f"/api/collections/streets/records/{street}").json()
    assert stored["name"] == "Other Quay"
    assert browser.problems() == []


def test_the_accent_colour_is_the_dashboards(browser, site, settings):
    ground = (
        "getComputedStyle(document.querySelector('.t-first button, .ed-primary')).backgroundColor"
    )
    browser.open(f"{site}sql/")
    usual = browser.run(f"return {ground}")
    settings(accentColor="#0f766e")
    browser.open(f"{site}sql/")
    chosen = browser.run(f"return {ground}")
    assert chosen != usual
    assert chosen.startswith("oklch(0.548 ")
    assert browser.problems() == []


def test_several_files_and_relations_have_an_order(shared_server, browser, site, street):
    http = shared_server.http
    towns = {
        name: http.post("/api/collections/towns/records", json={"name": name}).json()["id"]
        for name in ("North", "South")
    }
    path = f"/api/collections/streets/records/{street}"
    sent = [("papers", (f"{name}.txt", b"text")) for name in ("one", "two", "three")]
    http.patch(path, files=sent).raise_for_status()
    http.patch(path, json={"near": list(towns.values())}).raise_for_status()
    one, two, three = http.get(path).json()["papers"]
    browser.open(f"{site}collections/streets/records/{street}/change/")
    browser.click(f"[aria-label='Move {three} up']")
    browser.press("Enter")  # the button keeps the focus
    browser.click("[aria-label='South before North']")
    browser.press("Control+s")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    stored = http.get(path).json()
    assert stored["papers"] == [three, one, two]
    assert stored["near"] == [towns["South"], towns["North"]]
    assert browser.problems() == []


def test_json_says_where_it_is_none(shared_server, browser, site, street):
    browser.open(f"{site}collections/streets/records/{street}/change/")
    area = "textarea[name=house_numbers]"
    status = f"document.querySelector('{area} + [role=status]')"
    browser.type(area, "[1, 2,")
    browser.wait_for(f"{status}.textContent.startsWith('This is not JSON yet')")
    assert browser.run(f"return document.querySelector('{area}').ariaInvalid") == "true"
    browser.type(area, "[1, 2, 3]")
    browser.wait_for(f"{status}.textContent === ''")
    browser.press("Control+s")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    stored = shared_server.http.get(f"/api/collections/streets/records/{street}").json()
    assert stored["house_numbers"] == [1, 2, 3]
    assert browser.problems() == []


def test_rate_limits_are_a_table(shared_server, browser, site):
    before = shared_server.http.get("/api/settings").json()["rateLimits"]
    browser.open(f"{site}settings/")
    browser.wait_for("document.getElementById('rateLimits.rules').hidden")
    rows = browser.run("return document.querySelectorAll('.t-limits tbody tr').length")
    assert rows == len(before["rules"])
    browser.click("button:has-text('Add a rule')")
    browser.type(".t-limits tbody tr:last-child [aria-label=What]", "*:view")
    browser.type(".t-limits tbody tr:last-child [aria-label=Requests]", "50")
    browser.type(".t-limits tbody tr:last-child [aria-label=Seconds]", "5")
    browser.do(lambda page: page.locator(".t-limits select").last.select_option("@guest"))
    browser.click(".t-limits tbody tr:first-child [title=Remove]")
    browser.click("#settings-form .t-submit button.ed-primary")
    browser.wait_for("document.body.innerText.includes('saved')")
    after = shared_server.http.get("/api/settings").json()["rateLimits"]
    added = {"label": "*:view", "audience": "@guest", "duration": 5, "maxRequests": 50}
    assert after == {**before, "rules": [*before["rules"][1:], added]}
    shared_server.http.patch("/api/settings", json={"rateLimits": before}).raise_for_status()
    assert browser.problems() == []
