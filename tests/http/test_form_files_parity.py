"""Files in forms, of one record and of batches: which field they go to, and beside which text."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from tests.http.records_world import OPEN, World, an_id
from tests.makers import (
    boolean,
    date,
    email,
    file,
    geo_point,
    json_field,
    number,
    password,
    select,
    text,
)

pytestmark = pytest.mark.pocketbase

FORM = "multipart/form-data; boundary=b"
PAPERS = "/api/collections/rw_papers/records"
ONE = f"{PAPERS}/{an_id('one')}"
FIELDS = [
    text("title"),
    file("docs", maxSelect=5, maxSize=50),
    file("pic", mimeTypes=["image/png"]),
    *(json_field("j"), number("n"), boolean("b"), date("d"), geo_point("g"), select("s", "a")),
    *(email("e"), password("p", cost=4)),
]
_STORED = re.compile(r"\b([a-z]{3,6})_[a-z0-9]{10}(_[a-z0-9]{10})?\.txt")


def form(*parts):
    """Return a form: ``(name, text)`` or ``(name, content, file name)``."""
    out = ""
    for name, content, *named in parts:
        is_file = "".join(f'; filename="{one}"' for one in named)
        out += f'--b\r\nContent-Disposition: form-data; name="{name}"{is_file}\r\n\r\n{content}\r\n'
    return f"{out}--b--\r\n".encode()


def payload(**values):
    return "@jsonPayload", json.dumps(values)


@pytest.fixture
def papers(pocketbase, root_api):
    """Both with a collection of files; ``send`` compares, ``batch`` does so for one item."""
    world = Papers(pocketbase, root_api)
    body = {"id": "idpapers", "name": "rw_papers", "type": "base", "fields": FIELDS, **OPEN}
    try:
        world.both("POST", "/api/collections", body)
        world.both("PATCH", "/api/settings", {"batch": {"enabled": True}})
        yield world
    finally:
        pocketbase.http.delete("/api/collections/rw_papers")
        pocketbase.http.patch("/api/settings", json={"batch": {"enabled": False}})
    assert not world.differences, world.report()


class Papers(World):
    def form(self, method, path, *parts):
        return self.send(method, path, form(*parts), content_type=FORM)

    def batch(self, *parts, method="POST", url=PAPERS, body=None):
        item = payload(requests=[{"method": method, "url": url, "body": body}])
        return self.form("POST", "/api/batch", item, *parts)

    def fill(self):
        """Give ``ONE`` two files, each side's own names for them."""
        self.send("DELETE", ONE)
        self.form("POST", PAPERS, ("id", an_id("one")), *files("docs", "first", "second"))

    def names(self):
        """Return the names of the files of ``ONE``, theirs and ours."""
        ours = self.root.get(ONE).json()["docs"]
        return self.theirs.http.get(ONE).json()["docs"], ours

    def change(self, make):
        """Send the request that ``make`` makes of the stored names, and compare the answers."""
        theirs, ours = (make(names) for names in self.names())
        headers = {"Content-Type": FORM}
        seen = self.theirs.guest.request(*theirs[:2], content=form(*theirs[2]), headers=headers)
        answer = self.root.request(*ours[:2], form(*ours[2]), FORM)
        told = answer.status_code, _STORED.sub(r"\1", answer.content.decode())
        wanted = seen.status_code, _STORED.sub(r"\1", seen.text)
        if told != wanted:
            self.differences[str(ours)] = told, wanted


def files(key, *names):
    return [(key, f"content of {name}", f"{name}.txt") for name in names]


KEYS = [
    *("requests[0].docs", "requests.0.docs", "requests[0].docs+", "requests.0.+docs"),
    *("requests[0].nope", "requests[1].docs", "requests[-1].docs", "requests[00].docs"),
    *("requests.00.docs", "requests.0.docs.x", "requests[0]docs", "requests[0][docs]"),
    *("requests.[0].docs", "requests[x].docs", "requests[ 0 ].docs", "requests.0 .docs"),
    *("Requests.0.docs", "requests.0.DOCS", "requests.0.", "requests.0", "requests[0].", "docs"),
    *("requests.0.docs++", "requests.0.+docs+", "requests.0.@jsonPayload", "requests..docs"),
]


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_files_in_batches(papers, key):
    for body in (None, {"title": "t"}, {"docs": ["none.txt"]}):
        papers.batch(*files(key, "alpha"), body=body)
        papers.batch((key, "a text"), body=body)
    papers.batch(*files(key, "alpha", "beta"), body={"title": "t"})
    papers.list("rw_papers", sort="title", fields="title")


def test_refusals_name_the_item(papers):
    """As ``requests.1.docs`` or ``requests[1].docs``, what is wrong is told under the item."""
    items = [{"method": "POST", "url": PAPERS, "body": {"title": name}} for name in "ab"]
    for begin in ("requests[1]", "requests.1"):
        for key, names in (("docs", [f"file{at}" for at in range(6)]), ("docs-", ["alpha"])):
            parts = files(f"{begin}.{key}", *names)
            papers.form("POST", "/api/batch", payload(requests=items), *parts)
    papers.list("rw_papers", sort="title", fields="title,docs")
    for key in ("requests[1].docs", "requests.1.docs", "requests[1].pic", "requests.1.pic"):
        parts = payload(requests=items), (key, "x" * 51, "alpha.txt")
        seen = papers.theirs.guest.post(
            "/api/batch", content=form(*parts), headers={"Content-Type": FORM}
        )
        answer = papers.root.request("POST", "/api/batch", form(*parts), FORM)
        assert (answer.status_code, _errors(answer.json())) == (400, _errors(seen.json()))


def _errors(answer):
    """Return which fields of which items are wrong; names of files differ (docs/parity.md)."""
    failed = answer["data"]["requests"]
    return [
        (at, item["response"]["message"], {key: one["code"] for key, one in data.items()})
        for at, item in failed.items()
        for data in [item["response"]["data"]]
    ]


QUERIES = ("?docs=none.txt", "?docs=a&docs=b", "?docs-=x", "?docs%2B=none.txt", "?title=q", "?j=5")


@pytest.mark.parametrize("query", QUERIES)
def test_files_beside_the_query_of_an_item(papers, query):
    for body in (None, {"title": "t"}, {"docs": []}, {"docs": ["none.txt"]}):
        papers.batch(*files("requests[0].docs", "alpha"), url=f"{PAPERS}{query}", body=body)
        papers.batch(url=f"{PAPERS}{query}", body=body)


BODIES = {
    "one": lambda names: {"docs": names[:1]},
    "name": lambda names: {"docs": names[0]},
    "unknown": lambda names: {"docs": ["none.txt"]},
    "turned": lambda names: {"docs": names[::-1]},
    "empty": lambda names: {"docs": []},
    "null": lambda names: {"docs": None},
    "minus": lambda names: {"docs-": names[:1]},
    "plus": lambda names: {"docs+": names[:1]},
}


@pytest.mark.parametrize("about", BODIES)
def test_files_beside_stored_names(papers, about):
    """In a batch they stand in place of the names, in a form of one record behind them."""

    def alone(names, key):
        return "PATCH", ONE, [payload(**BODIES[about](names)), *files(key, "third")]

    def in_a_batch(names, key, method, url):
        body = {"id": an_id("one"), **BODIES[about](names)}
        items = payload(requests=[{"method": method, "url": url, "body": body}])
        return "POST", "/api/batch", [items, *files(f"requests[0].{key}", "third")]

    for key in ("docs", "docs+", "+docs", "docs-"):
        papers.fill()
        papers.change(partial(alone, key=key))
        for method, url in (("PATCH", ONE), ("PUT", PAPERS)):
            papers.fill()
            papers.change(partial(in_a_batch, key=key, method=method, url=url))


@pytest.mark.parametrize(
    "key",
    [*"jnbdgsep", "title", "title:autogenerate", "n+", "nope", "collectionId", "id", "expand"],
)
def test_files_for_other_fields(papers, key):
    """They are for fields of files alone: beside them, texts under the same key count."""
    papers.form("POST", PAPERS, *files(key, "alpha"))
    papers.form("POST", PAPERS, (key, "5"), *files(key, "alpha"))
    papers.form("POST", PAPERS, *files(key, "alpha"), (key, "a"), (key, "b"))
    papers.form("POST", PAPERS, ("title", "t"), *files(key, "alpha", "beta"))
    papers.batch(*files(f"requests[0].{key}", "alpha"), body={"title": "t", key: "5"})
    papers.batch(*files(f"requests[0].{key}", "alpha", "beta"), body={"title": "t"})


def test_rules_see_files_of_fields_alone(papers):
    for rule in (
        "@request.body.nope:isset = true",
        "@request.body.title:isset = true",
        "@request.body.docs:isset = true",
        "@request.body.docs:length = 2",
        "@request.body.docs ~ 'alpha'",
        "@request.body.docs != ''",
    ):
        papers.both("PATCH", "/api/collections/rw_papers", {"createRule": rule})
        for key in ("nope", "title", "docs"):
            papers.form("POST", PAPERS, *files(key, "alpha", "beta"))
            papers.batch(*files(f"requests[0].{key}", "alpha", "beta"))
