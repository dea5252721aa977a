"""A collection with a field of every type, and a record of it."""

from collections_app.fields import base as field_types
from tests import makers
from tests.makers import upload


def make_every(name="every", **rules):
    people = makers.make_collection("people", type="auth", list_rule="", view_rule="")
    fields = [
        makers.text("title", required=True, min=3, help="What it is called."),
        makers.text("secret", hidden=True),
        makers.text("code", pattern="^[A-Z]+$"),
        makers.number("stock", onlyInt=True, min=0, max=100),
        makers.number("price", min=1, required=True),
        makers.boolean("open"),
        makers.email("mail"),
        makers.url("site", required=True),
        makers.editor("body"),
        makers.date("due"),
        makers.autodate("created", onCreate=True),
        makers.json_field("extra"),
        makers.file("photo"),
        makers.file("papers", maxSelect=3),
        makers.geo_point("place"),
        makers.select("size", "s", "m"),
        makers.select("tags", "red", "blue", maxSelect=2, required=True),
        makers.relation("author", people),
        makers.relation("readers", people, maxSelect=3),
        makers.password("door"),
    ]
    assert {field["type"] for field in fields} == set(field_types.registered())
    return makers.make_collection(name, *fields, softDelete=True, **rules)


def body():
    return {
        "title": "Chair",
        "code": "ABC",
        "stock": 5,
        "price": 12.5,
        "open": True,
        "site": "https://example.com",
        "tags": ["red"],
        "extra": {"a": [1]},
        "place": {"lon": 8.5, "lat": 47.3},
    }


def form():
    return {
        "title": "Table",
        "price": "20",
        "site": "https://example.com",
        "tags": ["red", "blue"],
        "photo": upload("a.txt"),
        "papers": [upload("b.txt"), upload("c.txt")],
    }
