"""axe-core finds nothing serious on any screen, in light and dark."""

from functools import partial
from pprint import pformat

import pytest

from tests.dashboard_app.screenshots import fill, install_sample, screens, sign_in
from tests.servers import ROOT, Holdall

AXE = ROOT / "tests" / "clients" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.skipif(not AXE.exists(), reason="run `npm ci` in tests/clients first"),
]

SERIOUS = ("serious", "critical")
#: as the theme's own switch does it, and waits until colours have come to rest
TURN = """async (scheme) => {
    document.documentElement.classList.toggle("dark", scheme === "dark");
    await Promise.allSettled(document.getAnimations().map(item => item.finished));
}"""
#: in the dark only colours differ
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
EVERY_RICH_TEXT = "[...document.querySelectorAll('[data-rich]')].every(area => area.hidden)"
LOOK = """async (rules) => {
    const found = await axe.run(document, {resultTypes: ["violations"], ...rules});
    return found.violations.map(item => [
        item.impact, item.id, item.nodes.slice(0, 3).map(node => node.html.slice(0, 200)),
    ]);
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory, browser):
    """A server with the sample app, whose superuser is signed in."""
    with Holdall(tmp_path_factory.mktemp("accessible") / "data") as server:
        browser.do(lambda page: page.emulate_media(color_scheme="light"))
        sign_in(browser, f"{server.url}/_/")
        install_sample(browser, f"{server.url}/_/")
        fill(server)
        browser.problems()
        yield server
        browser.open("about:blank")  # the home asks for news, and this server ends
        browser.problems()


def looked_at(browser, url, act=lambda: None):
    """Return what axe finds serious at ``url`` after ``act``, in light and in dark."""
    found = []
    browser.open(url)
    act()
    browser.do(lambda page: page.evaluate(AXE.read_text()))
    for scheme in ("light", "dark"):
        browser.do(lambda page, scheme=scheme: page.evaluate(TURN, scheme))
        rules = RULES[scheme]
        seen = browser.do(lambda page, rules=rules: page.evaluate(LOOK, rules))
        for impact, rule, nodes in seen:
            if impact in SERIOUS:
                found.append((scheme, rule, nodes))
    return found


def test_every_screen(site, browser):
    found = {}
    for name, address in screens(site):
        # a rich text that is left while it is being made fails in its library
        made = partial(browser.wait_for, EVERY_RICH_TEXT)
        if problems := looked_at(browser, f"{site.url}/_/{address}", made):
            found[name] = problems
    assert not found, pformat(found, width=160)
    # nor has the browser anything to say: no policy is broken, no script fails
    problems = [problem for problem in browser.problems() if "status of 404" not in problem]
    assert problems == []


@pytest.mark.parametrize(
    "address",
    [
        "/api/collections/places/records",
        "/api/collections",
        "/api/settings",
        "/api/batch",
        "/api/docs",
    ],
)
def test_pages_of_the_api(site, browser, address):
    browser.open(site.url + address)
    browser.wait_for("document.querySelector('.well, .swagger-ui .opblock-tag, .response-info')")
    assert looked_at(browser, site.url + address) == []


def test_what_opens_while_somebody_writes(site, browser):
    browser.open("about:blank")
    browser.problems()  # of the pages before
    dashboard = f"{site.url}/_/"
    found = site.http.get("/api/collections/places/records?perPage=1").json()["items"][0]["id"]
    record = f"{dashboard}collections/places/records/{found}/change/"

    def statement():
        browser.type("#query", "select na from places")
        browser.run("document.querySelector('#query').setSelectionRange(9, 9)")
        browser.press("m")
        browser.wait_for("document.querySelector('.ed-at-caret [role=option]')")

    def choose(item):
        browser.wait_for("document.querySelector('.tox-tbtn[aria-label=\"Pictures and media\"]')")
        browser.wait_for("document.querySelector('[data-rich]').hidden")
        browser.click("[aria-label='Pictures and media']")
        browser.click(f".tox-collection__item:has-text('{item}')")

    def file_of_a_record():
        choose("File of a record")
        browser.wait_for("document.querySelector('.m-tile img')?.naturalWidth")
        browser.click(".m-tile")

    def picture():
        choose("Picture by its address")
        browser.wait_for("document.querySelector('.tox-dialog')")

    def expression():
        browser.wait_for("document.querySelector('.t-presets')")
        browser.type("[name='backups.cron']", "0 0 * *")
        browser.wait_for("document.querySelector('[data-cron] .ed-error')")

    def bars():
        browser.wait_for("document.querySelector('[data-zoom] svg').tabIndex === 0")
        browser.run("document.querySelector('[data-zoom] svg').focus()")
        browser.press("End", "Shift+ArrowLeft")

    for address, act in (
        (f"{dashboard}sql/", statement),
        (record, file_of_a_record),
        (record, picture),
        (f"{dashboard}settings/", expression),
        (f"{dashboard}logs/?from=2026-01-02T08:00&to=2026-01-02T18:00", bars),
    ):
        assert (act.__name__, looked_at(browser, address, act)) == (act.__name__, [])
    browser.open("about:blank")
    # what was said of a page of the test before may come late: there is no GET of this one
    assert [problem for problem in browser.problems() if "/api/batch: " not in problem] == []


def test_what_opens_and_what_guests_see(site, browser):
    dashboard = f"{site.url}/_/"

    def offered():
        browser.click("#searchbar")
        browser.press(*"kin")
        browser.wait_for("document.querySelector('.r-search [role=option]')")

    assert looked_at(browser, f"{dashboard}collections/places/records/", offered) == []
    found = site.http.get("/api/collections/places/records?perPage=1").json()["items"][0]["id"]
    site.http.patch(
        "/api/settings", json={"meta": {"hideControls": True, "accentColor": "#facc15"}}
    )
    record = f"{dashboard}collections/places/records/{found}/change/"
    assert looked_at(browser, record) == []
    site.http.patch("/api/settings", json={"meta": {"hideControls": False, "accentColor": ""}})
    browser.sign_out()
    assert looked_at(browser, f"{dashboard}login/") == []
    assert looked_at(browser, f"{dashboard}account/#/auth/request-password-reset") == []
    sign_in(browser, dashboard)
