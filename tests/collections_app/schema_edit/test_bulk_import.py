from __future__ import annotations

import pytest

from collections_app.query import check
from collections_app.schema import lookup, snapshot
from collections_app.schema.definition import RULE_NAMES
from collections_app.schema_edit import bulk_import
from core_app.errors import BadRequest
from tests import exports
from tests.makers import number, relation, text

NOT_SAVED = "Failed to import the collections configuration. Raw error:\nfailed to save collection "


def refusal(collections, delete_missing=False):
    with pytest.raises(BadRequest) as caught:
        bulk_import.run(collections, delete_missing)
    body = caught.value.body()
    assert body["message"] == "Failed to import collections."
    return body["data"]


def message(data):
    assert data["collections"]["code"] == "validation_collections_import_failure"
    return data["collections"]["message"]


def columns(name):
    return [(item.name, item.id) for item in lookup.get(name).fields]


@pytest.mark.usefixtures("db")
def test_new_collections_may_need_each_other():
    bulk_import.run(
        [
            {"id": "aaa", "name": "a", "fields": [{**relation("b", "bbb")}]},
            {"name": "seen", "type": "view", "viewQuery": "select id, a from b"},
            {"id": "bbb", "name": "b", "fields": [{**relation("a", "aaa")}]},
        ]
    )
    assert lookup.get("a").by_name["b"].relation_target == "bbb"
    assert lookup.get("seen").by_name["a"].relation_target == "aaa"
    assert lookup.get("seen").columns == ("id", "a")


def test_an_existing_collection_is_found_by_id_or_name(make_collection):
    made = make_collection("posts", text("title"))
    bulk_import.run([{"name": "POSTS", "listRule": ""}])
    assert (lookup.get("posts").name, lookup.get("posts").list_rule) == ("POSTS", "")
    bulk_import.run([{"id": made.id, "name": "articles"}])
    assert lookup.get("articles").id == made.id


def test_merging_keeps_fields_and_puts_given_ones_first(make_collection, make_record, stored):
    make_record(make_collection("posts", text("a"), text("b")), a="x", b="y")
    bulk_import.run([{"name": "posts", "fields": [number("c"), text("b", max=9)]}])
    assert [name for name, _ in columns("posts")] == ["c", "b", "id", "a"]
    assert lookup.get("posts").by_name["b"].options.max == 9
    assert stored("posts", "a", "b", "c") == [("x", "y", 0)]


def test_a_field_of_the_same_name_and_type_is_the_stored_one(make_collection, make_record, stored):
    make_record(make_collection("posts", text("a", max=5)), a="x")
    kept = columns("posts")[1]
    bulk_import.run([{"name": "posts", "fields": [text("a", id="other", max=9)]}])
    assert columns("posts")[0] == kept
    assert lookup.get("posts").by_name["a"].options.max == 5
    assert stored("posts", "a") == [("x",)]


@pytest.mark.sqlite
def test_the_type_of_an_empty_field_may_change(make_collection, make_record):
    make_record(make_collection("full", text("a")), a="x")
    make_collection("empty", text("a"))
    bulk_import.run([{"name": "empty", "fields": [number("a")]}])
    assert [(item.name, item.type_name) for item in lookup.get("empty").fields] == [
        ("a", "number"),
        ("id", "text"),
    ]
    assert "duplicate column name: a" in message(
        refusal([{"name": "full", "fields": [number("a")]}])
    )


def test_users_with_another_id_are_the_users_that_are_here(make_collection, make_user):
    user = make_user()
    posts = {"id": "posts_elsewhere", "name": "posts", "fields": [relation("by", "elsewhere")]}
    bulk_import.run(
        [posts, {"id": "elsewhere", "name": "users", "type": "auth", "fields": [text("nick")]}]
    )
    assert lookup.get("users").id == "_pb_users_auth_"
    assert "nick" in lookup.get("users").by_name
    assert lookup.get("posts").by_name["by"].relation_target == "_pb_users_auth_"
    assert lookup.get_model("users").objects.get(pk=user.id)["email"] == "user@example.com"


@pytest.mark.sqlite
def test_any_other_collection_with_another_id_is_another_one(everything, make_collection):
    make_collection("posts", text("title"))
    before = everything()
    for item in (
        {"id": "elsewhere", "name": "posts", "listRule": ""},
        {"id": "elsewhere", "name": "posts", "schema": [{"name": "a", "type": "text"}]},
        {"id": "elsewhere", "name": "users", "listRule": ""},
        {"id": "elsewhere", "name": "_superusers", "type": "auth", "listRule": ""},
    ):
        assert message(refusal([item])) == (
            f'{NOT_SAVED}"{item["name"]}": '
            "constraint failed: UNIQUE constraint failed: _collections.name (2067)."
        )
        assert everything() == before


@pytest.mark.usefixtures("db")
def test_with_delete_missing_the_ids_of_the_import_count():
    bulk_import.run([{"id": "elsewhere", "name": "users", "type": "auth"}], True)
    assert lookup.get("users").id == "elsewhere"


def test_delete_missing(make_collection, make_record, table_sql):
    make_record(make_collection("posts", text("a"), text("s", system=True)), a="x", s="y")
    make_collection("others", relation("post", lookup.get("posts")))
    bulk_import.run([{"name": "posts", "fields": [text("b")]}], True)
    assert [name for name, _ in columns("posts")] == ["b", "id", "s"]
    names = [item.name for item in snapshot.current().collections]
    assert names == ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "posts"]
    assert table_sql("others") is None
    bulk_import.run([{"name": "posts"}], True)
    assert [name for name, _ in columns("posts")] == ["id", "s"]


def test_created_is_kept_for_existing_ones_only(make_collection):
    make_collection("old")
    moment = "2020-01-02 03:04:05.678Z"
    bulk_import.run(
        [{"name": name, "created": moment, "updated": moment} for name in ("old", "new")]
    )
    old, new = lookup.get("old"), lookup.get("new")
    assert (old.created, old.updated == moment) == (moment, False)
    assert new.created != moment


@pytest.mark.parametrize(
    ("_case", "item", "text"),
    [
        (
            "blank",
            {},
            'Data validations failed for collection "" (pbc_3233087073):\n'
            '{\n  "name": "cannot be blank"\n}.',
        ),
        (
            "several errors",
            {
                "name": "a",
                "listRule": "nope = 1",
                "fields": [text("t", min=-1), relation("r", "nope")],
            },
            'Data validations failed for collection "a" (pbc_3535952755):\n{\n  "fields": {\n'
            '    "1": {\n      "min": "must be no less than 0"\n    },\n'
            '    "2": {\n      "collectionId": "The relation collection doesn\'t exist."\n    }\n'
            '  },\n  "listRule": "Invalid rule. Raw error: invalid left operand \\"nope\\" - '
            'unknown field \\"nope\\""\n}.',
        ),
        (
            "system rule",
            {"name": "_mfas", "listRule": ""},
            'Data validations failed for collection "_mfas" (pbc_2279338944):\n{\n'
            '  "listRule": "System collection API rule cannot be changed."\n}.',
        ),
        (
            "other id",
            {"id": "users", "listRule": ""},
            f'{NOT_SAVED}"users": primary key change is not allowed.',
        ),
        pytest.param(
            "broken view",
            {"name": "v", "type": "view", "viewQuery": "select id from nope"},
            f'{NOT_SAVED}"v": SQL logic error: no such table: main.nope (1).',
            marks=pytest.mark.sqlite,
        ),
    ],
)
def test_refusals_change_nothing(everything, _case, item, text):
    before = everything()
    assert message(refusal([{"name": "first"}, item])) == text
    assert everything() == before


def test_wrong_json_types_change_nothing(everything):
    before = everything()
    assert message(refusal([{"name": "first"}, {"name": "a", "listRule": 5}])).startswith(
        "Failed to import the collections configuration. Raw error:\njson: "
    )
    assert everything() == before


def test_indexes_that_fail_are_told_by_position(everything):
    before = everything()
    indexes = ["create index i on a (id)", "create index j on a (nope)", "nope"]
    assert refusal([{"name": "a", "indexes": indexes}]) == {
        "indexes": {
            "1": {
                "code": "validation_invalid_index_expression",
                "message": "Failed to create index j - SQL logic error: no such column: nope (1).",
            },
            "2": {
                "code": "validation_invalid_index_expression",
                "message": "Invalid CREATE INDEX expression.",
            },
        }
    }
    assert everything() == before


OUTCOMES = [
    # file, deleteMissing, what is told (nothing: it is taken in)
    ("Bankole2000__billkeep", False, ""),
    ("Spitnot__beerwalk", False, ""),
    ("JuniorRaja__split-it", False, ""),
    ("D4M13N-D3V__gunlocker", False, ""),
    ("darrel26__summitsync", False, ""),
    ("blckwngd__Ajna", False, ""),
    ("georgeeggers__Pegboard", False, ""),
    ("Frensqq__SneakersMarket", False, ""),
    ("Arcodify__ClankerClocker", False, ""),
    ("Createch-Studio__KateringPro", True, ""),
    ("Createch-Studio__KateringPro", False, ""),
    (
        "Bazooper-blip__calendhd",
        False,
        'Data validations failed for collection "categories" (calendhd_categories):\n'
        '{\n  "fields": {\n    "1": {\n      "collectionId": "cannot be blank"\n    }\n  }\n}.',
    ),
    ("ArmandoPascualPe__helpdesk", False, ""),
    ("alexkibler__avarts", False, ""),
    ("achrafthedev__car_rental_system", False, ""),
    ("gomorra__fire-stream-chat", False, ""),
    ("ArmandoPascualPe__helpdesk", True, ""),
    ("alexkibler__avarts", True, ""),
    ("achrafthedev__car_rental_system", True, ""),
    ("gomorra__fire-stream-chat", True, ""),
]


@pytest.mark.parametrize(("name", "delete_missing", "told"), OUTCOMES)
def test_exports_of_real_apps(everything, name, delete_missing, told):
    collections = exports.read(name)
    before = everything()
    if told:
        assert message(refusal(collections, delete_missing)).startswith(told)
        assert everything() == before
        return
    bulk_import.run(collections, delete_missing)
    for item in collections:
        taken = lookup.get(item["name"])
        wanted = {
            (field["name"], field["type"])
            for field in item.get("fields") or item.get("schema", [])
            if not field.get("primaryKey")
        }
        assert wanted <= {(field.name, field.type_name) for field in taken.fields}
        rules = [item.get(key) for key in RULE_NAMES]
        assert [taken.rule(key.removesuffix("Rule")) for key in RULE_NAMES] == rules
        for rule in filter(None, rules):
            check.check_rule(snapshot.current(), taken, rule)
    first = everything()
    bulk_import.run(collections, delete_missing)
    assert everything()[3] == first[3]


def test_every_export_has_an_expected_outcome():
    assert set(exports.NAMES) == {name for name, *_ in OUTCOMES}
