"""The dashboard as people use it: in a browser, with scripts."""

from itertools import product

import pytest

from tests.makers import editor, file, geo_point, number, relation, text
from tests.storage_app.samples import image

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture(scope="module")
def collections(shared_server):
    """Two collections: what there is, and its kinds."""
    http = shared_server.http
    kinds = http.post("/api/collections", json={"name": "kinds", "fields": [text("name")]}).json()
    for name in ("Garden", "Kitchen"):
        http.post("/api/collections/kinds/records", json={"name": name})
    fields = [
        text("title", required=True),
        number("price"),
        relation("kind", kinds["id"]),
        file("photo", thumbs=["100x100"]),
        editor("story"),
        geo_point("place"),
    ]
    http.post("/api/collections", json={"name": "things", "fields": fields})
    yield
    for name in ("things", "kinds"):
        http.delete(f"/api/collections/{name}").raise_for_status()


@pytest.fixture
def site(collections, signed_in):
    """Return the address of the dashboard, signed in, with the collections."""
    return signed_in


@pytest.fixture
def window(browser):
    """The window has its size again afterwards."""
    size = browser.size
    yield
    browser.resize(*size)


def test_a_record_from_beginning_to_end(shared_server, browser, site, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(image("PNG", (60, 40)))
    browser.open(f"{site}collections/things/records/add/")
    browser.type("textarea[name=title]", "A green chair")
    browser.type("input[name=price]", "12.5")
    browser.choose_file("input[name=photo]", photo)
    browser.click(".select2-selection")
    browser.wait_for("document.querySelector('.select2-search__field')")
    browser.type(".select2-search__field", "gard")
    choice = "document.querySelector('.select2-results__option[aria-selected]')"
    browser.wait_for(f"{choice}?.innerText === 'Garden'")
    browser.run(f"django.jQuery({choice}).trigger('mouseup')")
    browser.click("button[name=_save]")
    browser.wait_for("location.pathname.endsWith('/records/')")
    browser.wait_for("document.body.innerText.includes('A green chair')")
    assert "Garden" in browser.text
    browser.click("#result_list a[href*='/change/']")
    browser.wait_for("document.querySelector('.r-open a')?.textContent === 'Open Garden'")
    browser.open(f"{site}collections/things/records/")
    record = shared_server.http.get("/api/collections/things/records").json()["items"][0]
    assert (record["title"], record["price"]) == ("A green chair", 12.5)
    assert record["photo"].startswith("photo_")
    preview = "document.querySelector('#result_list img[src*=\"/api/files/\"]')"
    browser.wait_for(f"{preview}?.naturalWidth > 0")
    browser.click("#result_list a[href*='/change/']")
    browser.wait_for("location.pathname.endsWith('/change/')")
    browser.type("textarea[name=title]", "A red chair")
    browser.click("input[name=photo__remove]")
    browser.click("button[name=_continue]")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    record = shared_server.http.get("/api/collections/things/records").json()["items"][0]
    assert (record["title"], record["photo"]) == ("A red chair", "")
    assert browser.problems() == []


def test_a_point_is_pasted_or_clicked(shared_server, browser, site):
    records = "/api/collections/things/records"
    made = shared_server.http.post(records, json={"title": "somewhere"}).json()["id"]
    browser.open(f"{site}collections/things/records/{made}/change/")
    browser.wait_for("document.querySelector('textarea[name=story]').hidden")
    browser.run(
        "const data = new DataTransfer(); data.setData('text', '50.152, -5.052');"
        "document.querySelector('[name=place_lon]').dispatchEvent("
        "new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))"
    )
    browser.click("button[name=_continue]")
    browser.wait_for("document.body.innerText.includes('changed successfully')")
    stored = shared_server.http.get(f"{records}/{made}").json()
    assert stored["place"] == {"lon": -5.052, "lat": 50.152}
    browser.click("[data-map] summary")
    browser.click(".r-map")  # its middle
    assert browser.run("return Math.abs(document.querySelector('[name=place_lat]').value) < 1")
    shared_server.http.delete(f"{records}/{made}").raise_for_status()
    assert browser.problems() == []


def test_a_record_by_the_keyboard_alone(shared_server, browser, site):
    browser.open(f"{site}collections/things/records/add/")
    browser.wait_for("document.querySelector('textarea[name=story]').hidden")
    browser.run("document.body.tabIndex = -1; document.body.focus()")  # the first field has it
    browser.press("Tab")
    assert browser.run("return document.activeElement.textContent") == "Skip to content"
    browser.press("Enter")
    seen = []

    def tab_to(selector):
        for _ in range(60):
            browser.press("Tab")
            seen.append(browser.run("return document.activeElement.name"))
            if browser.run("return document.activeElement.matches(arguments[0])", selector):
                return
        raise AssertionError(f"{selector} is never reached: {seen}")

    tab_to("textarea[name=title]")
    browser.press(*"typed", "Tab")
    tab_to("input[name=photo]")
    tab_to("iframe")
    browser.press(*"told")
    tab_to("[name=place_lat]")
    tab_to("button[name=_save]")
    browser.press("Enter")
    browser.wait_for("location.pathname.endsWith('/records/')")
    stored = shared_server.http.get("/api/collections/things/records?filter=title='typed'").json()
    assert [item["story"] for item in stored["items"]] == ["<p>told</p>"]
    shared_server.http.delete(f"/api/collections/things/records/{stored['items'][0]['id']}")


def test_what_moves_on_the_pages_moves_without_eval(shared_server, browser, site):
    """The theme's menus, search and switches, by the Alpine that evaluates nothing."""
    made = shared_server.http.post("/api/collections/kinds/records", json={"name": "Cellar"})
    browser.open(f"{site}collections/kinds/records/")
    browser.do(lambda page: page.keyboard.press("Control+e"))
    before = browser.run("return document.documentElement.className")
    browser.do(lambda page: page.keyboard.press("Control+e"))
    browser.wait_for(f"document.documentElement.className !== {before!r}")
    wide = "document.querySelector('#nav-sidebar').offsetWidth"
    assert browser.run(f"return {wide}") > 0
    toggle = "[x-on\\:click*=sidebarDesktopOpen]"
    browser.click(f"{toggle}:visible")
    browser.wait_for(f"{wide} === 0")
    browser.click(f"{toggle}:visible")
    browser.wait_for(f"{wide} > 0")
    browser.click("#nav-filter")
    browser.press(*"kind")
    browser.wait_for("document.querySelector('#search-results a')?.innerText.includes('kinds')")
    browser.press("Escape")
    browser.wait_for("document.querySelector('#search-results').offsetParent === null")
    browser.do(lambda page: page.locator("input.action-select").first.check())
    browser.do(lambda page: page.locator("select[name=action]").select_option("edit_selected"))
    browser.click("button[name=index]:visible, [name=index]:visible")
    browser.wait_for("document.querySelector('#bulk-form')")
    browser.click("[name=change__name]")
    browser.type("[name=name]", "Attic")
    browser.click("#bulk-form button[name=apply]")
    browser.wait_for("document.body.innerText.includes('1 record changed.')")
    assert browser.problems() == []
    shared_server.http.delete(f"/api/collections/kinds/records/{made.json()['id']}")


def test_changes_that_are_not_saved_are_guarded_and_taken_back(shared_server, browser, site):
    made = shared_server.http.post("/api/collections/things/records", json={"title": "as it was"})
    address = f"{site}collections/things/records/{made.json()['id']}/change/"
    revert = "[...document.querySelectorAll('button')].find(item => item.innerText === 'Revert')"
    asked = []

    def note(dialog):
        asked.append(dialog.type)

    browser.do(lambda page: page.on("dialog", note))
    browser.open(address)
    browser.wait_for(f"{revert}?.offsetParent === null")  # nothing has changed
    browser.type("textarea[name=title]", "as it shall not be")
    browser.click("button:has-text('Revert')")
    browser.wait_for("document.querySelector('[name=title]')?.value === 'as it was'")
    assert asked == ["beforeunload"]
    browser.click(".select2-selection")
    browser.wait_for("document.querySelector('.select2-results__option[aria-selected]')")
    choice = "document.querySelector('.select2-results__option[aria-selected]')"
    browser.run(f"django.jQuery({choice}).trigger('mouseup')")
    browser.wait_for(f"{revert}.offsetParent !== null")
    browser.open(f"{site}collections/things/records/")
    assert asked == ["beforeunload"] * 2
    browser.do(lambda page: page.remove_listener("dialog", note))
    shared_server.http.delete(f"/api/collections/things/records/{made.json()['id']}")


def test_errors_stand_at_their_fields(browser, site):
    browser.open(f"{site}collections/things/records/add/")
    browser.click("button[name=_save]")
    browser.wait_for("document.body.innerText.includes('Cannot be blank.')")
    near = browser.run(
        "return document.querySelector('textarea[name=title]').closest('.field-line, div.grow')"
        ".innerText"
    )
    assert "Cannot be blank." in near


def test_rules_show_their_expression_only_when_there_is_one(browser, site):
    browser.open(f"{site}collections/add/")
    shown = "document.querySelector('[name=listRule_expression]').offsetParent !== null"
    assert browser.run(f"return {shown}") is False
    browser.run(
        "const who = document.querySelector('[name=listRule_who]'); who.value = 'some';"
        "who.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    assert browser.wait_for(shown) is True


def test_another_type_has_another_form(browser, site):
    browser.open(f"{site}collections/add/")
    browser.run(
        "const type = document.querySelector('[name=type]'); type.value = 'view';"
        "type.dispatchEvent(new Event('change'))"
    )
    assert browser.wait_for("document.querySelector('[name=viewQuery]') !== null") is True


def test_every_screen_can_be_photographed(browser, site, tmp_path):
    """Nothing is as wide that the page would have to be moved sideways."""
    for number_, path in enumerate(
        ("collections/", "collections/add/", "collections/things/records/")
    ):
        browser.open(site + path)
        browser.screenshot(tmp_path / f"{number_}.png", whole=True)
        wide = browser.run("return document.documentElement.scrollWidth > window.innerWidth")
        assert (path, wide) == (path, False)
    assert browser.problems() == []


def test_what_stands_side_by_side_has_room(shared_server, browser, site, window):
    """Nothing reaches out of the card that it stands in, on a phone neither."""
    records = "/api/collections/things/records"
    photo = {"photo": (f"{'a_long_name_' * 4}.png", image("PNG", (60, 40)))}
    made = shared_server.http.post(records, data={"title": "x"}, files=photo).json()["id"]
    sticking_out = (
        "return [...document.querySelectorAll('fieldset.module *')].filter(item =>"
        " item.offsetWidth && !item.closest('.sr-only, .tox, select') &&"
        " item.getBoundingClientRect().right > "
        " item.closest('fieldset').getBoundingClientRect().right + 1).map(item => item.outerHTML)"
    )
    for width, path in product(
        (1280, 390), (f"collections/things/records/{made}/change/", "auth/group/add/")
    ):
        browser.resize(width, 800)
        browser.open(site + path)
        browser.wait_for("document.readyState === 'complete'")
        assert (width, path, browser.run(sticking_out)) == (width, path, [])
    shared_server.http.delete(f"{records}/{made}").raise_for_status()


def test_the_form_leaves_the_focus_where_it_is(browser, site):
    browser.open(f"{site}collections/things/records/add/")
    browser.wait_for("document.querySelector('textarea[name=story]').hidden")
    assert browser.run("return document.activeElement.tagName") != "IFRAME"


def test_the_menu_of_a_list_closes(browser, site):
    browser.open(f"{site}collections/things/records/")
    for act in (lambda: browser.press("Escape"), lambda: browser.click("#searchbar")):
        browser.click(".t-menu > summary")
        browser.wait_for("document.querySelector('.t-menu').open")
        browser.run("document.querySelector('.t-menu-body').style.marginTop = '8rem'")
        act()
        browser.wait_for("!document.querySelector('.t-menu').open")


def test_a_backup_is_uploaded(shared_server, browser, site, tmp_path):
    shared_server.http.post("/api/backups", json={"name": "here.zip"}).raise_for_status()
    token = shared_server.http.post("/api/files/token").json()["token"]
    packed = shared_server.http.get(f"/api/backups/here.zip?token={token}").content
    (tmp_path / "elsewhere.zip").write_bytes(packed)
    (tmp_path / "none.zip").write_text("no zip")
    browser.open(f"{site}backups/")
    browser.choose_file("#backup-file", tmp_path / "none.zip")
    browser.click("#backup-upload button")
    browser.wait_for("document.body.innerText.includes('mime type must be one of')")
    browser.choose_file("#backup-file", tmp_path / "elsewhere.zip")
    browser.click("#backup-upload button")
    browser.wait_for("document.querySelector('table')?.innerText.includes('elsewhere.zip')")
    sizes = {item["key"]: item["size"] for item in shared_server.http.get("/api/backups").json()}
    assert sizes["elsewhere.zip"] == sizes["here.zip"] == len(packed)
    for name in ("here.zip", "elsewhere.zip"):
        shared_server.http.delete(f"/api/backups/{name}").raise_for_status()
    assert [line for line in browser.problems() if "400 (Bad Request)" not in line] == []


def test_a_cron_expression_is_chosen_and_explained(shared_server, browser, site):
    browser.open(f"{site}settings/")
    says = "document.querySelector('[data-cron] .ed-help').innerText"
    browser.wait_for("document.querySelector('.t-presets')")
    browser.do(lambda page: page.get_by_label("Presets").select_option("Every day at 03:00"))
    browser.wait_for(f"{says}.startsWith('every day at 03:00 UTC. Next:')")
    assert browser.run(f"return {says}.split('\\n').length") == 4
    browser.type("[name='backups.cron']", "0 3 * *")
    browser.wait_for(f"{says}.includes('exactly 5 space separated segments')")
    invalid = "document.querySelector('[name=\"backups.cron\"]').getAttribute('aria-invalid')"
    assert browser.run(f"return {invalid}") == "true"
    browser.type("[name='backups.cron']", "0 0 * * 0")
    browser.wait_for(f"{says}.startsWith('on Sundays')")
    assert browser.run("return document.querySelector('.t-presets').value") == "0 0 * * 0"
    browser.click(".t-submit button:has-text('Save')")
    browser.wait_for("document.body.innerText.includes('The settings are saved.')")
    settings = shared_server.http.get("/api/settings").json()
    assert settings["backups"]["cron"] == "0 0 * * 0"
    shared_server.http.patch("/api/settings", json={"backups": {"cron": ""}}).raise_for_status()
    assert browser.problems() == []


def test_a_random_password(shared_server, browser, site):
    body = {"email": "bo@example.com", "password": "1234567890", "passwordConfirm": "1234567890"}
    made = shared_server.http.post("/api/collections/users/records", json=body).json()
    browser.open(f"{site}collections/users/records/{made['id']}/account/")
    browser.click("[data-random-password]")
    chosen = browser.run("return document.querySelector('[data-chosen] code').textContent")
    assert len(chosen) == 20
    browser.click("button[value=password]")
    browser.wait_for("document.body.innerText.includes('The password is set')")
    body = {"identity": "bo@example.com", "password": chosen}
    answer = shared_server.http.post("/api/collections/users/auth-with-password", json=body)
    assert answer.status_code == 200
    shared_server.http.delete(f"/api/collections/users/records/{made['id']}")
    assert browser.problems() == []


def test_home_waits_while_somebody_reads(browser, site):
    browser.open(site)
    asks = (
        "const asked = new CustomEvent('htmx:beforeRequest', {bubbles: true, cancelable: true});"
        "return document.querySelector('#live').dispatchEvent(asked);"
    )
    assert browser.run(asks) is True
    browser.run("document.querySelector('#live a').focus()")
    assert browser.run(asks) is False
    browser.run("document.activeElement.blur()")
    assert browser.run(asks) is True
    browser.run("getSelection().selectAllChildren(document.querySelector('#live h2'))")
    assert browser.run(asks) is False
