from __future__ import annotations

from dataclasses import replace

import pytest

from collections_app.query import check
from collections_app.records import service as records
from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import bulk_import, old_format


def old(name, *schema, **more):
    return {"name": name, "type": "base", "schema": list(schema), "options": {}, **more}


def old_field(name, type_name, **options):
    return {
        "system": False,
        "id": f"{name}id",
        "name": name,
        "type": type_name,
        "required": False,
        "unique": False,
        "options": options,
    }


def options_of(collection, name):
    return lookup.get(collection).by_name[name].to_json()


@pytest.mark.parametrize(
    ("type_name", "options", "new"),
    [
        ("text", {"min": None, "max": 9.0, "pattern": "^a"}, {"min": 0, "max": 9, "pattern": "^a"}),
        (
            "number",
            {"min": 1.0, "max": None, "noDecimal": True},
            {"min": 1, "max": None, "onlyInt": True},
        ),
        ("bool", {}, {}),
        ("email", {"exceptDomains": None, "onlyDomains": ["a.io"]}, {"onlyDomains": ["a.io"]}),
        ("url", {"exceptDomains": ["a.io"], "onlyDomains": None}, {"exceptDomains": ["a.io"]}),
        ("editor", {"convertUrls": True}, {"convertURLs": True}),
        ("date", {"min": None, "max": ""}, {"min": "", "max": ""}),
        ("select", {"maxSelect": 2, "values": ["a", "b"]}, {"maxSelect": 2, "values": ["a", "b"]}),
        ("json", {"maxSize": 2000000}, {"maxSize": 2000000}),
        (
            "file",
            {"maxSelect": 1, "maxSize": 5242880, "mimeTypes": None, "thumbs": ["1x1"]},
            {"maxSelect": 1, "maxSize": 5242880, "mimeTypes": [], "thumbs": ["1x1"]},
        ),
        (
            "relation",
            {
                "collectionId": "_pb_users_auth_",
                "cascadeDelete": True,
                "minSelect": None,
                "maxSelect": None,
                "displayFields": ["name"],
            },
            {
                "collectionId": "_pb_users_auth_",
                "cascadeDelete": True,
                "minSelect": 0,
                "maxSelect": old_format.UNBOUNDED,
            },
        ),
    ],
)
@pytest.mark.usefixtures("db")
def test_options_of_fields(type_name, options, new):
    bulk_import.run([old("things", old_field("x", type_name, **options))])
    shown = options_of("things", "x")
    assert (shown["id"], shown["type"]) == ("xid", type_name)
    assert {key: shown[key] for key in new} == new


@pytest.mark.usefixtures("db")
def test_what_every_collection_had():
    bulk_import.run([old("things", old_field("x", "text"), listRule="created > @now")])
    names = [item.name for item in lookup.get("things").fields]
    assert names == ["id", "x", "created", "updated"]
    record = records.create(lookup.get("things"), {"x": "a"})
    assert record["created"]


@pytest.mark.usefixtures("db")
def test_auth_options():
    bulk_import.run(
        [
            old(
                "members",
                old_field("name", "text"),
                id="membersmembers1",
                type="auth",
                options={
                    "allowEmailAuth": False,
                    "allowUsernameAuth": True,
                    "allowOAuth2Auth": True,
                    "requireEmail": True,
                    "onlyVerified": True,
                    "minPasswordLength": 10,
                    "manageRule": "@request.data.a = 1",
                    "exceptEmailDomains": ["a.io"],
                    "onlyEmailDomains": None,
                },
            )
        ]
    )
    members = lookup.get("members")
    assert members.options["passwordAuth"] == {"enabled": True, "identityFields": ["username"]}
    assert members.options["authRule"] == "verified = true"
    assert members.options["manageRule"] == "@request.body.a = 1"
    assert options_of("members", "password")["min"] == 10
    assert options_of("members", "email")["required"] is True
    assert options_of("members", "email")["exceptDomains"] == ["a.io"]
    made = records.create(
        members,
        {"email": "a@b.io", "password": "1234567890", "passwordConfirm": "1234567890"},
    )
    assert made["username"].startswith("users")


@pytest.mark.usefixtures("db")
def test_users_that_exist_keep_their_records(make_user):
    make_user("a@example.com")
    make_user("b@example.com")
    bulk_import.run(
        [
            old(
                "users",
                old_field("role", "select", maxSelect=1, values=["a"]),
                id="someoldid123456",
                type="auth",
                options={"allowEmailAuth": True, "allowUsernameAuth": True},
            ),
            old("posts", old_field("by", "relation", collectionId="someoldid123456", maxSelect=1)),
        ]
    )
    assert lookup.get("posts").by_name["by"].relation_target == "_pb_users_auth_"
    users = lookup.get_model("users").objects.order_by("email")
    assert [item["email"] for item in users] == ["a@example.com", "b@example.com"]


@pytest.mark.usefixtures("db")
def test_views():
    bulk_import.run(
        [
            {"name": "v", "type": "view", "schema": [], "options": {"query": "select id from a"}},
            old("a", old_field("x", "text")),
        ]
    )
    assert lookup.get("v").options["viewQuery"] == "select id from a"
    assert lookup.get("v").columns == ("id",)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("@request.data.a = 1", "@request.body.a = 1"),
        ("@request.data.a:isset = true", "@request.body.a:isset = true"),
        ("@request.user.id = a && b = '@request.data.x'", None),
        ('a = "it\\"s @request.data.a" // @request.data', 'a = "it\\"s @request.data.a" // '),
        ("@request.database = 1", "@request.database = 1"),
        ("", ""),
        (None, None),
    ],
)
def test_rules(text, new):
    if text and "user" in text:
        new = "@request.auth.id = a && b = '@request.data.x'"
    if text and "//" in text:
        new += "@request.data"
    assert old_format.rule(text) == new


@pytest.mark.usefixtures("db")
def test_unique_fields_were_indexes_before_there_were_indexes():
    bulk_import.run(
        [
            old("a", {**old_field("x", "text"), "unique": True}),
            old("b", {**old_field("x", "text"), "unique": True}, indexes=[]),
        ]
    )
    assert lookup.get("a").indexes == ("CREATE UNIQUE INDEX `idx_unique_a_x` ON `a` (`x`)",)
    assert lookup.get("b").indexes == ()


@pytest.mark.usefixtures("db")
def test_relations_by_name_and_to_what_is_missing(caplog):
    bulk_import.run(
        [
            old("tasks", old_field("of", "relation", collectionId="Projects", maxSelect=1)),
            old("projects", old_field("by", "relation", collectionId="users", maxSelect=1)),
            old("notes", old_field("in", "relation", collectionId="folders", maxSelect=1)),
            old("links", old_field("to", "relation", collectionId="abcdefghij12345")),
        ]
    )
    assert lookup.get("tasks").by_name["of"].relation_target == lookup.get("projects").id
    assert lookup.get("projects").by_name["by"].relation_target == "_pb_users_auth_"
    folders = lookup.get("folders")
    assert lookup.get("notes").by_name["in"].relation_target == folders.id
    assert (folders.columns, folders.list_rule, folders.create_rule) == (("id",), None, None)
    assert lookup.get("abcdefghij12345").name == "missing_abcdefghij12345"
    assert '"notes" relates to "folders"' in caplog.text

    bulk_import.run(
        [
            old("folders", old_field("x", "text"), listRule="x = ''"),
            old("pages", id="abcdefghij12345"),
        ]
    )
    assert lookup.get("folders").id == folders.id
    assert lookup.get("links").by_name["to"].relation_target == lookup.get("pages").id
    check.check_rule(snapshot.current(), lookup.get("notes"), "in.x = ''")


@pytest.mark.usefixtures("db")
def test_delete_missing_leaves_what_old_relations_need(make_user, make_collection, caplog):
    make_user("a@example.com")
    make_collection("other")
    before = lookup.get("users")
    posts = old("posts", old_field("by", "relation", collectionId=before.id, maxSelect=1))
    for _ in range(2):
        bulk_import.run([posts], delete_missing=True)
        after = lookup.get("users")
        assert replace(after, fields=(), updated="") == replace(before, fields=(), updated="")
        assert [f.to_json() for f in after.fields] == [f.to_json() for f in before.fields]
    assert lookup.find("other") is None
    assert lookup.get("posts").by_name["by"].relation_target == before.id
    assert '"posts" relates to "_pb_users_auth_", which is missing: it stays' in caplog.text


@pytest.mark.usefixtures("db")
def test_a_schema_of_nothing():
    bulk_import.run([{"name": "things", "schema": None, "listRule": "@request.data.a = 1"}])
    things = lookup.get("things")
    assert things.list_rule == "@request.body.a = 1"
    assert things.columns == ("id", "created", "updated")
