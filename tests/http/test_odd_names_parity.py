"""Names that mean something in SQL, in filters or in paths, and ids of any kind, on both sides."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.http.conftest import Both
from tests.makers import Api, json_field, text

pytestmark = pytest.mark.pocketbase

COLLECTIONS = "/api/collections"
OPEN = {f"{act}Rule": "" for act in ("list", "view", "create", "update", "delete")}
A, B = "a" * 15, "b" * 15


@pytest.fixture
def guests(both, pocketbase):
    """Send as a guest; batches are on."""
    both("PATCH", "/api/settings?fields=batch", {"batch": {"enabled": True}})
    yield Both(pocketbase.guest, Api())
    pocketbase.http.patch("/api/settings", json={"batch": {"enabled": False}})


@pytest.mark.parametrize(
    "name",
    [
        *("meta", "import", "records", "scaffolds", "truncate", "null", "true", "_", "123", "A"),
        *("order", "select", "table"),
    ],
)
def test_collections(both, guests, name):
    path = f"{COLLECTIONS}/{name}"
    both("POST", COLLECTIONS, {"name": name, "fields": [text("t")], **OPEN})
    both("GET", path)
    guests("POST", f"{path}/records", {"id": A, "t": "x"})
    guests("PATCH", f"{path}/records/{A}", {"t": "y"})
    both("PATCH", f"{path}?fields=listRule", {"listRule": f"@collection.{name}.t ?= t"})
    for query in ("", "?sort=-t", "?filter=t='y'"):
        guests("GET", f"{path}/records{query}")
    both("GET", f"{path}/records?filter=@collection.{name}.t?='y'")
    for query in (f"select id, t from `{name}`", f"select id, t from {name}"):
        both("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})
    item = {"method": "PATCH", "url": f"{path}/records/{A}", "body": {"t": "z"}}
    guests("POST", "/api/batch", {"requests": [item]})
    both("DELETE", f"{path}/truncate")
    both("DELETE", path)


FIELDS = [
    *("rowid", "oid", "order", "group", "select", "index", "from", "1", "1a", "_", "__", "A", "b"),
    *("values", "isset", "each", "lower", "length", "changed", "record", "records", "auth", "body"),
    *("query", "headers", "method", "context", "collection", "fields", "page", "sort", "filter"),
    *("now", "type", "pb", "value", "je"),
]


def test_fields(both, guests):
    indexes = [f"CREATE INDEX fn_{at} ON fn (`{name}`)" for at, name in enumerate(FIELDS)]
    fields = [*(text(name) for name in FIELDS), json_field("js")]
    both("POST", COLLECTIONS, {"name": "fn", "fields": fields, "indexes": indexes, **OPEN})
    path = f"{COLLECTIONS}/fn/records"
    for one in (A, B):
        values = {name: f"{name}-{one[0]}" for name in FIELDS}
        js = {"order": one, "1": one, "a b": one, "x": {"id": one}}
        guests("POST", path, {"id": one, **values, "js": js})
    for name in FIELDS:
        for query in (
            f"sort=-{name}",
            f"sort={name}:lower",
            f"filter={name} = '{name}-a'",
            f"filter={name}:lower ~ '-B'",
            f"filter=id != {name}",
        ):
            guests("GET", f"{path}?fields=id&{quote(query, safe='=&')}")
        guests("GET", f"{path}?fields={name}&sort=id")
        rule = f"{name} = '{name}-a' && @request.body.{name}:changed = true"
        body = {"updateRule": f"{rule} && @collection.fn.{name} ?= {name}"}
        both("PATCH", f"{COLLECTIONS}/fn?fields=updateRule", body)
        for one in (A, B):
            guests("PATCH", f"{path}/{one}?fields={name}", {name: f"{name}-c"})
        both("PATCH", f"{path}/{A}?fields={name}", {name: f"{name}-a"})
        query = f"select id, `{name}` from fn limit 1"
        both("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})
    for query in ("sort=@rowid", "sort=-@rowid"):
        guests("GET", f"{path}?fields=id&{query}")
    for name in ("js.order", "js.1", "js.x.id", "js.a b", "js.`order`"):
        guests("GET", f"{path}?fields=id&sort={quote(name)}")
        guests("GET", f"{path}?fields=id&filter={quote(name)}={quote(repr(A))}")


SENT = [
    *(12, "12", 1.5, True, None, [], ["q"], {"a": 1}, "", "é", "a b", "a-b_c~", "A", "a", "nul"),
    *("x" * 31, "é" * 30, "-1", "0x1", "@a", "#", "a,b", "a&b", "a=b", "(a)", "\u200b", "..."),
]
ASKED = [
    *("12", "1.5", "true", "é", "a b", "A", "a", "a-b_c~", "@a", "#", "a,b", "a&b", "a=b", "(a)"),
    *("-1", "%31%32", "12?x", "e%CC%81"),
]


def test_ids(both, guests):
    """An id is a text, as what the field makes of what is sent; in a batch it names a record."""
    key = text("id", pattern="", min=1, max=30, autogeneratePattern="[0-9]{12}")
    both("POST", COLLECTIONS, {"name": "ids", "fields": [key, text("t")], **OPEN})
    path = f"{COLLECTIONS}/ids/records"
    for sent in SENT:
        guests("POST", f"{path}?fields=t", {"id": sent, "t": "x"})
        item = {"method": "PUT", "url": f"{path}?fields=t", "body": {"id": sent, "t": "up"}}
        guests("POST", "/api/batch", {"requests": [item]})
    for body in ({"id:autogenerate": "pre"}, {"id": "zz", "id:autogenerate": "p"}, {"id+": "x"}):
        guests("POST", f"{path}?fields=t", body)
    for asked in ASKED:
        one = asked if "%" in asked or "?" in asked else quote(asked, safe="")
        guests("GET", f"{path}/{one}")
        for body in ({"t": "p"}, {"id": "other"}):
            guests("PATCH", f"{path}/{one}", body)
        for url in (f"{path}/{asked}", f"{path}/{one}"):
            item = {"method": "PATCH", "url": url, "body": {"t": "b"}}
            guests("POST", "/api/batch", {"requests": [item]})
        guests("GET", f"{path}?filter={quote(f'id = {json.dumps(asked)}')}")
    for one in ("a", "A", "12"):
        guests("DELETE", f"{path}/{one}")
    guests("GET", f"{path}?sort=t&perPage=100&fields=t")
