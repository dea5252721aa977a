"""Completion of SQL, in a browser: the console, and the query of a view."""

import pytest

from tests.makers import number, text

pytestmark = [pytest.mark.browser, pytest.mark.server]

OFFERED = (
    "[...document.querySelectorAll('.ed-at-caret [role=option]')].map(item => item.textContent)"
)
TABLES = [
    {"name": "posts", "columns": ["id", "title", "author"]},
    {"name": "people", "columns": ["id", "name"]},
]


@pytest.fixture(scope="module")
def shops(shared_server):
    http = shared_server.http
    fields = [text("opening"), number("seats")]
    http.post("/api/collections", json={"name": "shops", "fields": fields}).raise_for_status()
    yield
    http.delete("/api/collections/shops").raise_for_status()


@pytest.fixture
def offered(browser, signed_in):
    """Return a function: SQL with ``|`` where the cursor stands -> what is offered there."""
    browser.open(f"{signed_in}sql/")
    address = f"{signed_in}static/dashboard/sql_input.js"
    browser.do(
        lambda page: page.evaluate("async url => {globalThis.it = await import(url)}", address)
    )

    def at(marked, *, is_asked=False):
        before, _, after = marked.partition("|")
        return browser.run(
            "return it.offered(...arguments)", before + after, len(before), TABLES, is_asked
        )

    return at


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("sel|", ["select"]),
        ("SEL|", ["SELECT"]),
        ("select * from p|", ["posts", "people"]),
        ("select * from posts join pe|", ["people"]),
        ("select ti| from posts", ["title", "time("]),
        ("select p.| from posts p", ["p.id", "p.title", "p.author"]),
        ("select p.n| from posts as x, people p", ["p.name"]),
        ("select posts.au| from posts", ["posts.author"]),
        (
            'select t| from "posts"',
            ["title", "then", "table", "to", "true", "total(", "trim(", "time("],
        ),
        ("update posts set ti|", ["title", "time("]),
        ("select * from posts w|", ["where", "when", "with"]),
        ("select name from people| p", []),
        ("select 'se|", []),
        ("select 1 -- se|", []),
        ("select /* se|", []),
        ("select nothing.|", []),
        ("select |", []),
    ],
)
def test_offers(offered, sql, first):
    assert offered(sql) == first


def test_all_is_offered_when_somebody_asks(offered):
    assert offered("select | from posts", is_asked=True)[:3] == ["id", "title", "author"]
    assert offered("select * from |", is_asked=True) == ["posts", "people"]


def test_the_console_completes_by_keyboard(shops, browser, signed_in):
    browser.open(f"{signed_in}sql/")
    browser.type("#query", "select count(*) from sho")
    browser.press("End", "p")
    browser.wait_for(f"{OFFERED}.includes('shops')")
    browser.press("Tab", *" s where s.op")
    browser.wait_for(f"{OFFERED}.join() === 's.opening'")
    browser.press("ArrowDown", "Enter", *" = ''")
    query = "select count(*) from shops s where s.opening = ''"
    assert browser.run("return document.querySelector('#query').value") == query
    browser.press("Enter")  # nothing is offered: a new line
    assert browser.run("return document.querySelector('#query').value") == f"{query}\n"
    browser.do(lambda page: page.keyboard.press("Control+Space"))
    browser.wait_for(f"{OFFERED}.length")
    browser.press("Escape")
    assert browser.run("return document.querySelector('.ed-at-caret ul').hidden") is True
    browser.do(lambda page: page.keyboard.press("Control+Enter"))
    browser.wait_for("document.body.innerText.includes('1 rows')")
    assert browser.problems() == []


def test_the_query_of_a_view_completes_collections_and_fields(shops, browser, signed_in):
    browser.open(f"{signed_in}collections/add/?type=view")
    browser.type("[name=viewQuery]", "select se from shops")
    browser.run("document.querySelector('[name=viewQuery]').setSelectionRange(9, 9)")
    browser.press("a")
    browser.wait_for(f"{OFFERED}.join() === 'seats'")
    browser.click(".ed-at-caret [role=option]")
    assert (
        browser.run("return document.querySelector('[name=viewQuery]').value")
        == "select seats from shops"
    )
    assert browser.problems() == []
