"""Pictures of every screen of the dashboard: ``make screenshots`` writes them to docs/images.

A server of its own with the sample app in it; each screen in light and dark, wide and on a phone:
``<screen>-<wide|phone>-<light|dark>.png``.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PIL import Image

from tests.dashboard_app.browser import Browser
from tests.servers import EMAIL, PASSWORD, ROOT, Holdall

FOLDER = ROOT / "docs" / "images"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
#: a screen that is longer is cut
HIGHEST = {"wide": 1500, "phone": 2200}
COLOURS = 128


def main(wanted: list[str]) -> None:
    """Take the screens that are named, or all."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="holdall-screenshots-") as folder,
        Holdall(Path(folder) / "data") as server,
        Browser() as browser,
    ):
        site = f"{server.url}/_/"
        begin(browser, site, wanted)
        fill(server)
        for name, address in screens(server):
            if not wanted or name in wanted:
                take(browser, name, f"{site}{address}", partial(ACTS.get(name, _nothing), server))


def begin(browser: Browser, site: str, wanted: list[str]) -> None:
    """Sign in and install the sample app, as somebody does who has just begun."""
    if not wanted or "sign-in" in wanted:
        take(browser, "sign-in", f"{site}login/")
    sign_in(browser, site)
    if not wanted or "first-start" in wanted:
        take(browser, "first-start", site)
    install_sample(browser, site)


def sign_in(browser: Browser, site: str) -> None:
    browser.open(f"{site}login/")
    browser.type("input[name=username]", EMAIL)
    browser.type("input[name=password]", PASSWORD)
    browser.click("button[type=submit]")
    browser.wait_for("!location.pathname.includes('/login/')")


def install_sample(browser: Browser, site: str) -> None:
    browser.open(site)
    browser.click(".t-first button")
    browser.wait_for("document.body.innerText.includes('The sample app is here')")


def fill(server: Holdall) -> None:
    """Let something happen: requests that work and that do not, a backup, a job, a deletion."""
    settings = {"appName": "Harbour Guide", "appURL": "https://harbour.example.com"}
    server.http.patch("/api/settings", json={"meta": settings}).raise_for_status()
    for _ in range(6):
        server.guest.get("/api/collections/places/records?expand=kind")
        server.guest.get("/api/collections/events/records?sort=starts")
    server.guest.get("/api/collections/users/records?filter=nothing=1")
    server.guest.post("/api/collections/places/records", json={"name": "Mine"})
    server.http.post("/api/backups", json={"name": "before_the_summer.zip"}).raise_for_status()
    server.http.post("/api/crons/__pbLogsCleanup__")
    cancelled = server.http.get("/api/collections/events/records?filter=status='cancelled'")
    for record in cancelled.json()["items"]:
        server.http.delete(f"/api/collections/events/records/{record['id']}")


def screens(server: Holdall) -> Iterator[tuple[str, str]]:
    """Yield the name and the address below ``/_/`` of each."""
    one = {
        name: server.http.get(f"/api/collections/{name}/records?sort=created&perPage=1").json()
        for name in ("places", "users")
    }
    ids = {name: answer["items"][0]["id"] for name, answer in one.items()}
    yield "collections", "collections/"
    yield "diagram", "collections/diagram/"
    yield "collection", "collections/sample_events/change/"
    yield "collection-auth", "collections/_pb_users_auth_/change/"
    yield "collection-new", "collections/add/"
    yield "collection-api", "collections/sample_events/api/"
    yield "collection-truncate", "collections/sample_events/truncate/"
    yield "records", "collections/places/records/"
    yield "records-view", "collections/ratings/records/"
    yield "import-records", "collections/places/records/import/"
    yield "record", f"collections/places/records/{ids['places']}/change/"
    yield "record-history", f"collections/places/records/{ids['places']}/history/"
    yield "record-delete", f"collections/places/records/{ids['places']}/delete/"
    yield "user", f"collections/users/records/{ids['users']}/change/"
    yield "account", f"collections/users/records/{ids['users']}/account/"
    yield "trash", "collections/events/records/trash/"
    yield "logs", "logs/"
    entry = server.http.get("/api/logs?perPage=1&sort=-created").json()["items"][0]["id"]
    yield "log", f"logs/{entry}/"
    yield "crons", "crons/"
    yield "migrations", "migrations/"
    yield "backups", "backups/"
    yield "backup-restore", "backups/before_the_summer.zip/?act=restore"
    yield "settings", "settings/"
    yield "sql", "sql/"
    yield "transfer", "transfer/"
    yield "console", "console/?method=POST&url=/api/collections/reviews/records&body={}"
    yield "live", "console/live/?topics=places/*"
    yield "editors", "auth_app/staffuser/"
    yield "groups", "auth/group/"
    yield "home", ""  # late: there is something in the log
    yield "error", "collections/nothing/records/"


def _nothing(server: Holdall, browser: Browser) -> None:
    """Take the screen as it comes."""


def _explain(server: Holdall, browser: Browser) -> None:
    browser.click("button[name=explain]")
    browser.wait_for("!document.querySelector('[data-verdict]').hidden")


def _listen(server: Holdall, browser: Browser) -> None:
    browser.click("button[name=connect]")
    browser.wait_for("document.querySelector('[data-state]').innerText.startsWith('Subscribed')")
    found = server.http.get("/api/collections/places/records?sort=name&perPage=2").json()["items"]
    for record in found:
        path = f"/api/collections/places/records/{record['id']}"
        server.http.patch(path, json={"name": record["name"]}).raise_for_status()
    browser.wait_for("document.querySelector('[data-count]').innerText === '2'")


#: what is done on a screen before its picture is taken
ACTS: dict[str, Callable[[Holdall, Browser], None]] = {"console": _explain, "live": _listen}


def take(
    browser: Browser, name: str, url: str, act: Callable[[Browser], None] = lambda _: None
) -> None:
    """Take one screen in its four forms, each after ``act``."""
    for width, size in SIZES.items():
        browser.resize(*size)
        for scheme in ("light", "dark"):
            browser.do(lambda page, scheme=scheme: page.emulate_media(color_scheme=scheme))
            browser.open(url)
            browser.wait_for("document.readyState === 'complete'")
            browser.wait_for("document.fonts.status === 'loaded'")
            act(browser)
            path = FOLDER / f"{name}-{width}-{scheme}.png"
            _store(_shot(browser, width), path)
    for problem in browser.problems():
        sys.stderr.write(f"{name}: {problem}\n")


def _shot(browser: Browser, width: str) -> bytes:
    high = int(browser.run("return document.documentElement.scrollHeight"))
    wide, least = SIZES[width]
    sideways = int(browser.run("return document.documentElement.scrollWidth"))
    if sideways > wide:
        sys.stderr.write(f"{browser.url} is {sideways} pixels wide on {width}\n")
    # what stands at the window's lower edge stands at the picture's
    browser.resize(wide, min(max(high, least), HIGHEST[width]))
    shot = browser.do(lambda page: page.screenshot(animations="disabled"))
    browser.resize(wide, least)
    return shot


def _store(shot: bytes, path: Path) -> None:
    """Write the picture with few colours: a screen has no more."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
