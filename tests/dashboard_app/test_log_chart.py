"""Zooming into the chart of the log, in a browser."""

from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.server]

CHART = "document.querySelector('[data-zoom] svg')"
BARS = f"[...{CHART}.querySelectorAll('g')].map(bar => bar.dataset)"
SPAN = "?from=2026-01-02T08%3A00&to=2026-01-02T18%3A00"


@pytest.fixture
def site(browser, signed_in):
    """The log, in a span of 60 bars of ten minutes."""
    browser.open(f"{signed_in}logs/{SPAN}")
    browser.wait_for(f"{CHART}?.tabIndex === 0")
    return signed_in


def span_of(browser):
    query = parse_qs(urlsplit(browser.url).query)
    return query["from"][0], query["to"][0]


def drag(browser, first, last):
    """Draw the mouse from the middle of one bar to that of another."""

    def act(page):
        box = page.locator("[data-zoom] svg").bounding_box()
        places = [box["x"] + box["width"] * (at + 0.5) / 60 for at in (first, last)]
        page.mouse.move(places[0], box["y"] + 20)
        page.mouse.down()
        page.mouse.move(places[1], box["y"] + 30, steps=4)
        says = page.locator("[data-span]").inner_text()
        page.mouse.up()
        return says

    return browser.do(act)


def test_dragging_zooms_and_the_way_back_leads_out(browser, site):
    assert drag(browser, 11, 6) == "2026-01-02 09:00 to 2026-01-02 10:00: 0 requests, 0 errors"
    browser.wait_for("location.search.includes('10%3A00')")
    assert span_of(browser) == ("2026-01-02T09:00", "2026-01-02T10:00")
    browser.wait_for(f"{BARS}.length === 60")
    assert browser.run(f"return {BARS}[1].from") == "2026-01-02T09:01"
    assert browser.run("return document.querySelector('[name=from]').value") == "2026-01-02T09:00"
    assert "There is nothing like this" in browser.text
    browser.do(lambda page: page.go_back())
    browser.wait_for("location.search.includes('18%3A00')")
    assert span_of(browser) == ("2026-01-02T08:00", "2026-01-02T18:00")
    browser.click("[data-move=all]")
    browser.wait_for("!location.search.includes('from')")
    assert browser.problems() == []


def test_the_keyboard_zooms_in_and_out(browser, site):
    browser.run(f"{CHART}.focus()")
    browser.press("Home", "ArrowRight")
    says = "document.querySelector('[data-span]').textContent"
    assert browser.run(f"return {says}").startswith("2026-01-02 08:10 to 2026-01-02 08:20:")
    browser.press("Escape")
    assert browser.run(f"return {says}") == "Drag over the chart to zoom in."
    browser.press("End", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter")
    browser.wait_for("location.search.includes('17%3A30')")
    assert span_of(browser) == ("2026-01-02T17:30", "2026-01-02T18:00")
    browser.wait_for(f"document.activeElement === {CHART}")
    browser.press("Escape")
    browser.wait_for("location.search.includes('17%3A15')")
    assert span_of(browser) == ("2026-01-02T17:15", "2026-01-02T18:15")
    assert browser.problems() == []


def test_a_zoom_keeps_the_filter(browser, site):
    browser.open(f"{site}logs/{SPAN}&q=health&others=on&p=3")
    browser.wait_for(f"{CHART}?.tabIndex === 0")
    drag(browser, 0, 0)  # a click
    browser.wait_for("location.search.includes('08%3A10')")
    query = parse_qs(urlsplit(browser.url).query)
    assert (query["q"], query["others"], "p" in query) == (["health"], ["on"], False)
