"""Saving and deleting collections, what it does to data and to others: PocketBase and us."""

from __future__ import annotations

import json

import pytest

from tests.http.conftest import Both
from tests.makers import (
    Api,
    date,
    editor,
    email,
    field,
    file,
    geo_point,
    json_field,
    number,
    password,
    relation,
    select,
    text,
    url,
)

pytestmark = pytest.mark.pocketbase

COLLECTIONS = "/api/collections"
PASSWORD = {"password": "1234567890", "passwordConfirm": "1234567890"}
READABLE = {"listRule": "", "viewRule": ""}
USERS = "_pb_users_auth_"


def an_id(name):
    return f"{name}{'0' * 15}"[:15]


def make(both, name, *fields, **options):
    body = {"id": f"id{name}", "name": name, "fields": list(fields), **options}
    made = both("POST", COLLECTIONS, body)
    assert made.get("name") == name, made
    return made


def change(both, named, **body):
    return both("PATCH", f"{COLLECTIONS}/{named}", body)


def records(name, record=""):
    return f"{COLLECTIONS}/{name}/records{record and '/'}{record and an_id(record)}"


def put(both, name, record, **values):
    made = both("POST", records(name), {"id": an_id(record), **values})
    assert made.get("id") == an_id(record), made


@pytest.mark.parametrize(
    "raw",
    [
        *('{"name":"cs","Type":"auth"}', '{"name":"cs","listrule":""}', '{"name":"cs","ID":"own"}'),
        *('{"TYPE":null,"type":"auth","name":"cs"}', '{"name":"cs","Name":null}'),
        *('{"Name":5,"type":"base"}', '{"name":"cs","type":"base","tYpE":1}', '{"TYPE":"auth"}'),
        *('{"Name":"cs","name":"ct"}', '{"name":"cs","Fields":[{"name":"a","type":"text"}]}'),
        *('{"name":"cs","fields":[{"Name":"a","type":"text"}]}', '{"name":"cs","SYSTEM":true}'),
        *('{"name":"cs","fields":[{"name":"a","Type":"text"}]}', '{"name":"cs","Indexes":["x"]}'),
        '{"name":"cs","fields":[{"name":"a","type":"text","Max":5,"REQUIRED":true}]}',
        '{"name":"cs","type":"view","viewquery":"select id from users"}',
        '{"name":"cs","type":"auth","authtoken":{"duration":99}}',
        '{"name":"cs","type":"auth","authToken":{"Duration":99},"MFA":{"rule":"x"}}',
    ],
)
def test_keys_in_another_case(both, raw):
    made = both("POST", COLLECTIONS, raw=raw)
    if "id" in made:
        both("GET", f"{COLLECTIONS}/{made['id']}")


@pytest.mark.parametrize(
    "item",
    [
        *({"name": "ci", "Type": "auth"}, {"name": "ci", "type": "base", "Type": "auth"}),
        *(
            {"name": "ci", "Name": "cj"},
            {"id": "ownid", "Name": "ci"},
            {"name": None, "Name": "ci"},
        ),
        *({"name": "ci", "ID": "ownid"}, {"name": "ci", "Type": 5}, {"name": "ci", "LISTRULE": ""}),
    ],
    ids=json.dumps,
)
def test_keys_of_imports_in_another_case(both, item):
    both("PUT", f"{COLLECTIONS}/import", {"collections": [item]})
    both("GET", f"{COLLECTIONS}?sort=name")


@pytest.mark.parametrize("schema", ["x", 5, {}, True], ids=json.dumps)
def test_imports_with_a_schema_that_is_no_list(both, schema):
    """They are no exports of before 0.23, so the key is one that nobody knows."""
    view = {"name": "cv", "type": "view", "viewQuery": "select id from users", "schema": schema}
    for item in (view, {**view, "updateRule": ""}, {"name": "ci", "schema": schema}):
        both("PUT", f"{COLLECTIONS}/import", {"collections": [item]})
        both("GET", f"{COLLECTIONS}?sort=name")


def test_moments(both, pocketbase, root_api):
    """A new collection has its own; ``created`` can be changed later, ``updated`` is set anew."""
    long_ago = "2001-02-03 04:05:06.789Z"
    make(both, "mo", created=long_ago, updated=long_ago)
    for body in ({}, {"created": long_ago}, {"updated": long_ago}, {"created": "x"}, {}):
        change(both, "mo", **body)
        ours, theirs = (
            [ask(f"{COLLECTIONS}/mo").json()[key] == long_ago for key in ("created", "updated")]
            for ask in (root_api.get, pocketbase.http.get)
        )
        assert (body, ours) == (body, theirs)


def test_ids_that_are_taken(both):
    """An id is made of type and name, and again of what comes after it where that is taken."""
    for at in range(3):
        both("POST", COLLECTIONS, {"name": "again"})
        change(both, "again", name=f"before{at}")
    both("POST", COLLECTIONS, {"name": "again", "type": "auth"})
    both("GET", f"{COLLECTIONS}?filter=system=false&sort=name&fields=id,name,indexes")


def test_a_rename_keeps_and_another_type_loses_data(both):
    make(both, "keep", text("a"), number("n"), **READABLE)
    put(both, "keep", "one", a="12", n=5)
    for fields in (
        [text("a"), number("n")],
        [text("b", id="text3904355907"), number("n")],
        [text("n", id="text3904355907"), number("b", id="number4138130661")],
        [number("n"), text("b")],
        [text("n"), text("b")],
        [text("x")],
    ):
        change(both, "keep", fields=fields)
        both("GET", records("keep"))


def test_options_that_stored_values_do_not_meet(both):
    """Rows stay as they are until they are saved; then every field is asked."""
    loose = [
        *(text("t"), number("n"), select("s", "a", "b"), select("m", "a", "b", "c", maxSelect=3)),
        *(email("e"), url("u"), editor("w"), date("d"), json_field("j"), geo_point("g")),
        *(relation("r", "idto"), relation("rs", "idto", maxSelect=3), field("bool", "b")),
    ]
    make(both, "to", text("a"))
    put(both, "to", "u")
    make(both, "op", *loose, **READABLE)
    given = {"t": "abc", "n": 1.5, "s": "b", "m": ["a", "b"], "e": "a@b.co", "u": "http://a.co"}
    more = {"w": "abcdef", "d": "2020-01-01", "j": {"a": "b"}, "r": an_id("u"), "rs": [an_id("u")]}
    put(both, "op", "one", **given, **more)
    put(both, "op", "two")
    made = both("GET", f"{COLLECTIONS}/op")["fields"]
    for name, options in (
        *(
            ("t", {"max": 2}),
            ("t", {"pattern": "^x"}),
            ("t", {"required": True}),
            ("t", {"min": 9}),
        ),
        *(
            ("n", {"onlyInt": True}),
            ("n", {"min": 3}),
            ("n", {"max": 1}),
            ("n", {"required": True}),
        ),
        *(("s", {"values": ["a"]}), ("s", {"required": True}), ("m", {"values": ["c", "a", "x"]})),
        *(("m", {"maxSelect": 2, "values": ["a", "b"]}), ("e", {"onlyDomains": ["c.co"]})),
        *(("e", {"exceptDomains": ["b.co"]}), ("u", {"onlyDomains": ["c.co"]})),
        *(("w", {"maxSize": 3}), ("d", {"min": "2021-01-01"}), ("d", {"max": "2019-01-01"})),
        *(("j", {"maxSize": 3}), ("j", {"required": True}), ("g", {"required": True})),
        *(("rs", {"minSelect": 2}), ("r", {"required": True}), ("b", {"required": True})),
    ):
        fields = [{**one, **options} if one["name"] == name else one for one in made]
        change(both, "op", fields=fields)
        for record in ("one", "two"):
            both("GET", records("op", record))
            both("PATCH", records("op", record), {})
        change(both, "op", fields=made)


def test_fields_that_rules_name(both):
    """A collection's own rules are read again; those of others are not."""
    rules = {"listRule": "a = 'x'", "viewRule": "b > 1", "deleteRule": "a = 'y' && b = 2"}
    make(both, "own", text("a"), number("b"), **rules)
    make(both, "far", relation("r", "idown"), listRule="r.a = 'x'", viewRule="r.b > 0")
    for fields in ([number("b")], [text("a")], [], [text("c", id="text3904355907"), number("b")]):
        change(both, "own", fields=fields)
    change(both, "own", fields=[], listRule=None, viewRule=None)
    change(both, "own", fields=[], **dict.fromkeys(rules))
    change(both, "far", listRule="r.a = 'x'")
    change(both, "far", name="farther")
    change(both, "far", listRule="r.id != ''", viewRule=None)


def test_indexes_and_changes_of_fields(both):
    make(both, "ix", text("a", id="fa"), text("b", id="fb"), indexes=["create index i1 on ix (a)"])
    renamed = [text("z", id="fa"), text("b", id="fb")]
    for body in (
        {"fields": renamed},
        {"fields": renamed, "indexes": ["create index i1 on ix (z)"]},
        {"fields": [renamed[1]]},
        {"fields": [renamed[1]], "indexes": []},
        {"indexes": ["create unique index i2 on ix (b)"], "name": "iy"},
    ):
        both("PATCH", f"{COLLECTIONS}/idix", body)
        both("GET", f"{COLLECTIONS}/idix")


@pytest.mark.parametrize(
    "indexes",
    [
        *([], ["CREATE INDEX x ON ac (email)"], ["CREATE UNIQUE INDEX x ON ac (email)"]),
        ["CREATE UNIQUE INDEX x ON ac (`tokenKey`) WHERE tokenKey != ''"],
        ["CREATE UNIQUE INDEX `x` ON ac (email COLLATE NOCASE DESC)"],
        ["CREATE UNIQUE INDEX x ON ac (email, title)"],
        ["CREATE UNIQUE INDEX x ON ac (email)", "CREATE UNIQUE INDEX y ON ac (email, title)"],
        ["CREATE UNIQUE INDEX x ON ac (verified, title)"],
        ["CREATE INDEX x ON ac (verified)", "CREATE UNIQUE INDEX y ON ac (title)"],
    ],
    ids=json.dumps,
)
def test_indexes_of_accounts(both, indexes):
    """What is unique of a field of the system stays so."""
    own = ["CREATE UNIQUE INDEX own ON ac (verified, title)"]
    for stored in ([], own):
        made = make(both, "ac", text("title"), type="auth", indexes=stored)
        change(both, "ac", indexes=indexes)
        change(both, "ac", indexes=[*made["indexes"], *indexes])
        both("GET", f"{COLLECTIONS}/ac")
        both("DELETE", f"{COLLECTIONS}/ac")
    body = {"collections": [{"id": "idac", "name": "ac", "type": "auth", "indexes": indexes}]}
    both("PUT", f"{COLLECTIONS}/import", body)


def test_relations_to_views_and_to_themselves(both):
    make(both, "base", text("a"))
    make(both, "vw", type="view", viewQuery="select id, a from base")
    for body in (
        {"name": "rv", "fields": [relation("r", "idvw")]},
        {"name": "rv", "type": "auth", "fields": [relation("r", "idvw")]},
        {"id": "idself", "name": "rv", "fields": [relation("r", "idself")]},
        {"name": "vr", "type": "view", "viewQuery": "select base.id, vw.id as r from base, vw"},
        {"name": "vr2", "type": "view", "viewQuery": "select id, r from vr"},
    ):
        both("POST", COLLECTIONS, body)
    # of two collections in the way, PocketBase names any one first
    for name in ("vr2", "base", "vw", "vr", "vw", "base"):
        both("DELETE", f"{COLLECTIONS}/{name}")


def test_a_broken_view_stands_in_the_way_of_every_deletion(both):
    """Each deletion looks at all views. A field that is gone is what breaks one."""
    for name in ("src", "alone"):
        make(both, name, text("a"), text("b"))
    make(both, "vw", type="view", viewQuery="select id, json_extract(a, '$.x') as x from src")
    change(both, "src", fields=[text("b")])
    put(both, "src", "one", a="no json")
    for name in ("alone", "vw", "src", "alone"):
        both("DELETE", f"{COLLECTIONS}/{name}")
        both("GET", f"{COLLECTIONS}/{name}?fields=id,name")


@pytest.mark.sqlite
def test_views_of_renamed_fields(both):
    make(both, "src", text("a", id="fa"), number("n", id="fn"))
    query = "select id, a, (n + 1) as m from src where a != 'x'"
    make(both, "vw", type="view", viewQuery=query, **READABLE)
    make(both, "vx", type="view", viewQuery="select id, a as c from vw", **READABLE)
    put(both, "src", "one", a="v", n=2)
    for body in (
        {"fields": [text("z", id="fa"), number("n", id="fn")]},
        {"name": "source"},
        {"fields": [text("z", id="fa", required=True, max=7), number("n", id="fn")]},
        {"fields": [text("z", id="fa")]},
    ):
        both("PATCH", f"{COLLECTIONS}/idsrc", body)
        for name in ("vw", "vx"):
            both("GET", f"{COLLECTIONS}/{name}")
            both("GET", records(name))
            change(both, name, listRule="id != ''")
    change(both, "vw", viewQuery="select id, z as a from source")
    both("GET", f"{COLLECTIONS}/vx")


def test_fields_of_views_are_those_of_the_query(both):
    make(both, "src", text("a", required=True, hidden=True), number("n", onlyInt=True), **READABLE)
    query = "select id, a, n as m from src"
    given = {"fields": [text("id"), text("other"), number("a")], "indexes": []}
    make(both, "vw", type="view", viewQuery=query, **READABLE, **given)
    for body in (
        given,
        {"fields": []},
        {"fields": None},
        {"indexes": ["create index i on vw (a)"]},
    ):
        change(both, "vw", **body)
        both("GET", f"{COLLECTIONS}/vw")
    put(both, "src", "one", a="x", n=1)
    put(both, "src", "two", a="y", n=1)
    for query in (
        "select n as id, a from src",
        "select '' as id, a from src",
        "select id, a from src limit 0",
        "select id, a, (select count(*) from src) u from src",
    ):
        both("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})
        change(both, "vw", viewQuery=query)
    for method, path in (
        ("POST", records("vw")),
        ("PATCH", records("vw", "one")),
        ("DELETE", records("vw", "one")),
        ("DELETE", f"{COLLECTIONS}/vw/truncate"),
    ):
        both(method, path, {"a": "x"} if method != "DELETE" else None)
        both(method, path, raw="{")


def test_what_goes_with_a_collection_of_accounts(both):
    """Nothing of the collections of the system refers to one that is gone."""
    make(both, "gone", type="auth")
    put(both, "gone", "one", email="one@x.co", **PASSWORD)
    both("POST", records("users"), {"id": an_id("two"), "email": "two@x.co", **PASSWORD})
    owned = f"sort=id&fields=id,collectionRef&filter=recordRef~'{'0' * 12}'"
    kinds = {
        "_mfas": {"method": "password"},
        "_otps": {"password": "123456"},
        "_externalAuths": {"provider": "google", "providerId": "1"},
        "_authOrigins": {"fingerprint": "f"},
    }
    for name, values in kinds.items():
        put(both, name, "g", collectionRef="idgone", recordRef=an_id("one"), **values)
        put(both, name, "u", collectionRef=USERS, recordRef=an_id("two"), **values)
    both("DELETE", f"{COLLECTIONS}/gone")
    for name in kinds:
        both("GET", f"{records(name)}?{owned}")
    both("DELETE", records("users", "two"))
    for name in kinds:
        both("GET", f"{records(name)}?{owned}")


def test_truncating_what_others_hold(both):
    make(both, "held", text("a"))
    make(both, "holds", relation("r", "idheld", required=True), text("t"))
    make(both, "chain", relation("r", "idholds", cascadeDelete=True))
    put(both, "held", "one")
    put(both, "held", "two")
    put(both, "holds", "h", r=an_id("one"))
    put(both, "chain", "c", r=an_id("h"))
    for name in ("held", "holds", "held"):
        both("DELETE", f"{COLLECTIONS}/{name}/truncate")
        for each in ("held", "holds", "chain"):
            both("GET", f"{records(each)}?sort=id")


def test_secrets_are_taken_and_never_told(both, pocketbase):
    """A new secret ends the tokens that were signed with the old one."""
    make(both, "sec", type="auth", authAlert={"enabled": False}, **READABLE)
    put(both, "sec", "one", email="one@x.co", **PASSWORD)
    path = f"{COLLECTIONS}/sec/auth-with-password"
    body = {"identity": "one@x.co", "password": "1234567890"}
    theirs = pocketbase.guest.post(path, json=body).json()["token"]
    ours = Api().post(path, body).json()["token"]

    def is_signed_in():
        seen = pocketbase.guest.post(
            f"{COLLECTIONS}/sec/auth-refresh", headers={"Authorization": theirs}
        )
        answer = Api(ours).post(f"{COLLECTIONS}/sec/auth-refresh")
        assert answer.status_code == seen.status_code
        return seen.status_code == 200

    kept = [{"fileToken": {"secret": "x" * 30}}, {"authToken": {"duration": 100}}, {"name": "SEC"}]
    for change_of in kept:
        change(both, "sec", **change_of)
        assert is_signed_in()
    assert "secret" not in json.dumps(change(both, "sec", authToken={"secret": "y" * 40}))
    assert not is_signed_in()


@pytest.mark.parametrize("kind", ["base", "auth", "view"])
def test_guests_are_told_nothing(both, pocketbase, kind):
    guests = Both(pocketbase.guest, Api())
    body = {"name": "gu", "type": kind, "viewQuery": "select id from users"}
    for method, path in (
        ("GET", ""), ("GET", "/nope"), ("POST", ""), ("PATCH", "/nope"), ("DELETE", "/users"),
        ("PUT", "/import"), ("GET", "/meta/scaffolds"), ("POST", "/meta/dry-run-view"),
        ("GET", "/meta/oauth2-providers"), ("DELETE", "/users/truncate"),
    ):  # fmt: skip
        guests(method, f"{COLLECTIONS}{path}", body if method != "GET" else None)
        guests(method, f"{COLLECTIONS}{path}", raw="{" if method != "GET" else None)


def test_password_fields_of_a_base_collection(both):
    """They are hashed, never told, and stay when nothing is sent for them."""
    make(both, "pw", password("p", min=2, cost=4), file("f"), createRule="", **READABLE)
    put(both, "pw", "one", p="secret")
    for body in (
        {},
        {"p": ""},
        {"p": "x"},
        {"p": None},
        {"p": "other"},
        {"p": "$2a$04$" + "a" * 53},
    ):
        both("PATCH", records("pw", "one"), body)
    for asked in ("p=''", "p!=''", "p~'%242a'"):
        both("GET", f"{records('pw')}?filter={asked}")
