"""Rows -> JSON-ready dicts: order of keys, what is left out, what views may hold."""

from __future__ import annotations

import orjson
import pytest

from collections_app.fields import base
from collections_app.records.shape import NOT_EXPANDED, shaper
from collections_app.schema.definition import CollectionDef
from tests import makers


def define(*fields, type_name="base"):
    made = (
        base.from_json({"id": f"f{at}", **field})
        for at, field in enumerate((makers.text("id", primaryKey=True), *fields))
    )
    return CollectionDef(id="c1", name="things", type_name=type_name, fields=tuple(made))


def encoded(collection, *rows, superuser=True, **options):
    shown = shaper(collection, superuser=superuser, **options)(rows)
    return orjson.dumps(shown).decode()


def test_keys_are_in_byte_order():
    things = define(makers.text("b"), makers.text("Z"), makers.text("a"), makers.text("_x"))
    assert encoded(things, ("i", "1", "2", "3", "4")) == (
        '[{"Z":"2","_x":"4","a":"3","b":"1","collectionId":"c1","collectionName":"things","id":"i"}]'
    )


def test_names_are_only_ever_literals():
    names = ("rows", "c0", "number", "Fragment", "None", "lambda")
    things = define(*(makers.text(name) for name in names))
    [shown] = shaper(things, superuser=True)([("i", *names)])
    assert {name: shown[name] for name in names} == {name: name for name in names}


def test_hidden_fields_and_passwords():
    things = define(makers.text("h", hidden=True), makers.password("p"))
    row = ("i", "hidden", "$2b$hash")
    assert encoded(things, row, superuser=False) == (
        '[{"collectionId":"c1","collectionName":"things","id":"i","p":""}]'
    )
    assert '"h":"hidden"' in encoded(things, row)


def test_secret_fields_are_left_out_for_everyone():
    users = define(makers.password("password"), makers.text("tokenKey"), type_name="auth")
    assert encoded(users, ("i", "$2b$hash", "key")) == (
        '[{"collectionId":"c1","collectionName":"things","id":"i"}]'
    )


def test_expand_has_its_place():
    things = define(makers.text("z"), makers.text("a"))
    [shown] = shaper(things, superuser=True, with_expand=True)([("i", "1", "2")])
    assert list(shown) == ["a", "collectionId", "collectionName", "expand", "id", "z"]
    assert shown["expand"] is NOT_EXPANDED


@pytest.mark.parametrize(
    ("field", "stored", "json"),
    [
        (makers.boolean("v"), 1, "true"),
        (makers.boolean("v"), 0, "false"),
        (makers.number("v"), 5, "5"),
        (makers.number("v"), 0.5, "0.5"),
        (makers.number("v"), 1e21, "1e+21"),
        (makers.json_field("v"), None, "null"),
        (makers.json_field("v"), '{"b":1, "a":1.50}', '{"b":1, "a":1.50}'),
        (makers.json_field("v"), 5, "5"),
        (makers.json_field("v"), 1.5, "1.5"),
        (makers.select("v", "a", "b", maxSelect=2), '["a"]', '["a"]'),
        (makers.geo_point("v"), '{"lon":1,"lat":2}', '{"lon":1,"lat":2}'),
    ],
)
def test_stored_values(field, stored, json):
    assert encoded(define(field), ("i", stored)).endswith(f'"v":{json}}}]')


@pytest.mark.parametrize(
    ("field", "stored", "json"),
    [
        (makers.text("v"), None, '""'),
        (makers.text("v"), 1.5, '"1.5"'),
        (makers.number("v"), None, "0"),
        (makers.boolean("v"), None, "false"),
        (makers.boolean("v"), 1.0, "true"),
        (makers.boolean("v"), 2, "false"),
        (makers.boolean("v"), "true", "true"),
        (makers.json_field("v"), None, "null"),
        (makers.json_field("v"), "abc", '"abc"'),
        (makers.json_field("v"), "12", "12"),
        (makers.json_field("v"), "1.0", "1"),
        (makers.json_field("v"), '{"a": 1}', '{"a": 1}'),
        (makers.json_field("v"), 7, "7"),
        (makers.select("v", "a", "b", maxSelect=2), None, "[]"),
        (makers.select("v", "a", "b", maxSelect=2), '["a"]', '["a"]'),
    ],
)
def test_views_may_hold_anything(field, stored, json):
    assert encoded(define(field, type_name="view"), ("i", stored)).endswith(f'"v":{json}}}]')
