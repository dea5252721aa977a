from __future__ import annotations

import pytest

from collections_app.fields.base import WrongShape
from collections_app.schema import field_list
from tests.makers import number, text


def named(fields):
    return [(field.id, field.name) for field in fields]


def test_ids_come_from_type_and_name():
    assert named(field_list.read([text("title"), number("title2")])) == [
        ("text724990059", "title"),
        ("number3231592613", "title2"),
    ]


def test_a_taken_id_gets_a_number():
    taken = text("other", id="text724990059")
    assert named(field_list.read([taken, text("title")])) == [
        ("text724990059", "other"),
        ("text7249900592", "title"),
    ]


def test_a_later_field_with_the_same_id_takes_the_place():
    fields = [text("a", id="x"), text("b"), text("c", id="x")]
    assert [name for _, name in named(field_list.read(fields))] == ["c", "b"]


def test_a_later_field_of_the_same_name_takes_place_and_id():
    fields = [text("a", id="x"), text("b"), number("a")]
    read = field_list.read(fields)
    assert [(field.id, field.name, field.type_name) for field in read] == [
        ("x", "a", "number"),
        ("text1908338681", "b", "text"),
    ]


@pytest.mark.parametrize("items", [{}, "x", 1, [None], [1], [[]], [{}], [{"name": "a"}]])
def test_wrong_shapes(items):
    with pytest.raises(WrongShape):
        field_list.read(items)


def test_null_is_no_fields():
    assert field_list.read(None) == ()


def test_a_missing_id_goes_first():
    fields = field_list.with_id(field_list.read([text("a")]))
    assert [field.name for field in fields] == ["id", "a"]
    assert fields[0].to_json() == {
        "autogeneratePattern": "[a-z0-9]{15}",
        "help": "",
        "hidden": False,
        "id": "text3208210256",
        "max": 15,
        "min": 15,
        "name": "id",
        "pattern": "^[a-z0-9]+$",
        "presentable": False,
        "primaryKey": True,
        "required": True,
        "system": True,
        "type": "text",
    }


def test_an_id_keeps_its_place_and_options():
    given = text("id", max=44, hidden=True)
    fields = field_list.with_id(field_list.read([text("a"), given]))
    assert [field.name for field in fields] == ["a", "id"]
    options = fields[1].options
    assert (options.max, options.hidden, options.system, options.required) == (
        44,
        False,
        True,
        True,
    )
    assert options.pattern == "^[a-z0-9]+$"


def test_an_id_of_another_type_stays_beside_the_real_one():
    fields = field_list.with_id(field_list.read([number("id")]))
    assert [(field.name, field.type_name) for field in fields] == [("id", "text"), ("id", "number")]


def test_a_system_field_is_added_or_forced():
    default, forced = number("n", min=1), {"system": True}
    added = field_list.with_system_field((), default, forced)
    assert (added[0].options.min, added[0].options.system) == (1, True)
    kept = field_list.with_system_field(field_list.read([number("n", min=5)]), default, forced)
    assert (kept[0].options.min, kept[0].options.system) == (5, True)
    replaced = field_list.with_system_field(field_list.read([text("n", id="x")]), default, forced)
    assert [(field.id, field.type_name) for field in replaced] == [("x", "number")]
