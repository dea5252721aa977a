import pytest

from collections_app.fields import base
from collections_app.fields.base import WrongShape
from tests.collections_app.fields.making import REQUIRED, made, option_errors

LONG = {
    "code": "validation_length_out_of_range",
    "message": "The length must be between 1 and 100.",
    "params": {"min": 1, "max": 100},
}
COMMON = {
    "help": "",
    "hidden": False,
    "id": "x",
    "name": "f",
    "presentable": False,
    "required": False,
    "system": False,
}


@pytest.mark.parametrize(
    ("type_name", "options"),
    [
        (
            "text",
            {
                "min": 0,
                "max": 0,
                "pattern": "",
                "autogeneratePattern": "",
                "primaryKey": False,
            },
        ),
        ("number", {"min": None, "max": None, "onlyInt": False}),
        ("bool", {}),
        ("email", {"onlyDomains": [], "exceptDomains": []}),
        ("url", {"onlyDomains": [], "exceptDomains": []}),
        ("editor", {"maxSize": 0, "convertURLs": False}),
        ("date", {"min": "", "max": ""}),
        ("select", {"values": [], "maxSelect": 0}),
        (
            "relation",
            {"collectionId": "", "cascadeDelete": False, "minSelect": 0, "maxSelect": 0},
        ),
        ("json", {"maxSize": 0}),
        ("geoPoint", {}),
        ("password", {"min": 0, "max": 0, "pattern": "", "cost": 0}),
    ],
)
def test_json_has_every_option_in_alphabetical_order(type_name, options):
    shown = made(type_name).to_json()
    assert shown == {**COMMON, **options, "type": type_name}
    assert list(shown) == sorted(shown)
    assert base.from_json(shown).to_json() == shown


def test_autodate_has_neither_help_nor_required():
    field = made("autodate", onCreate=True, help=5, required="x")
    assert field.to_json() == {
        "hidden": False,
        "id": "x",
        "name": "f",
        "onCreate": True,
        "onUpdate": False,
        "presentable": False,
        "system": False,
        "type": "autodate",
    }


def test_absent_id_and_unknown_keys_are_fine():
    field = base.from_json({"type": "text", "name": "a", "nope": {"x": 1}})
    assert (field.id, field.name) == ("", "a")


@pytest.mark.parametrize(
    ("type_name", "key", "raw"),
    [
        ("text", "min", "1"),
        ("text", "min", 1.0),
        ("text", "min", 1.5),
        ("text", "min", True),
        ("text", "min", 2**63),
        ("text", "hidden", 0),
        ("text", "help", 5),
        ("text", "id", 5),
        ("text", "pattern", []),
        ("bool", "required", "x"),
        ("geoPoint", "required", 1),
        ("number", "min", "1"),
        ("number", "max", True),
        ("select", "values", "a"),
        ("select", "values", [1]),
        ("email", "onlyDomains", {}),
        ("date", "min", 5),
        ("relation", "collectionId", 1),
        ("password", "cost", "10"),
    ],
)
def test_wrong_json_type_refuses_the_request(type_name, key, raw):
    with pytest.raises(WrongShape):
        made(type_name, **{key: raw})


@pytest.mark.parametrize("type_name", [None, "nope", 5])
def test_unknown_type_refuses_the_request(type_name):
    with pytest.raises(WrongShape):
        base.from_json({"type": type_name, "name": "a"})


def test_null_is_the_zero_of_an_option():
    field = made("text", min=None, hidden=None, pattern=None)
    assert field.to_json() == made("text").to_json()
    assert made("select", values=None).options.values == ()
    assert made("select", values=["", None, "a", "a"]).options.values == ("", "", "a", "a")
    assert made("number", min=None).options.min is None


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"name": ""}, {"name": REQUIRED}),
        ({"name": "x" * 101}, {"name": LONG}),
        (
            {"name": "a b"},
            {"name": {"code": "validation_match_invalid", "message": "Must be in a valid format."}},
        ),
        (
            {"name": "é"},
            {"name": {"code": "validation_match_invalid", "message": "Must be in a valid format."}},
        ),
        (
            {"name": "null"},
            {"name": {"code": "validation_not_in_invalid", "message": "Must not be in list."}},
        ),
        (
            {"name": "expand"},
            {"name": {"code": "validation_not_in_invalid", "message": "Must not be in list."}},
        ),
        (
            {"name": "a_VIA_b"},
            {
                "name": {
                    "code": "validation_found_via",
                    "message": 'The value cannot contain "_via_".',
                }
            },
        ),
        ({"name": "9"}, {}),
        ({"name": "NULL"}, {}),
        ({"id": ""}, {"id": REQUIRED}),
        ({"id": "x" * 101}, {"id": LONG}),
        ({"id": "any chars é"}, {}),
        ({"help": "x" * 300}, {}),
        (
            {"help": "é" * 151},
            {
                "help": {
                    "code": "validation_length_out_of_range",
                    "message": "The length must be between 1 and 300.",
                    "params": {"min": 1, "max": 300},
                }
            },
        ),
    ],
)
def test_options_that_every_type_has(options, errors):
    for type_name in ("text", "geoPoint"):
        assert option_errors(made(type_name, **options)) == errors
