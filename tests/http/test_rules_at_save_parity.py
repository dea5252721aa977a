"""What is said of a rule when a collection is saved: to the real PocketBase and to us."""

from __future__ import annotations

import pytest

from tests.makers import field, geo_point, json_field, number, password, relation, select, text

pytestmark = pytest.mark.pocketbase

FIELDS = [
    text("a"),
    number("n"),
    json_field("j"),
    select("sel", "x", "y", maxSelect=2),
    text("h", hidden=True),
    relation("rel", "_pb_users_auth_"),
    geo_point("g"),
    password("p"),
]

RULES = {
    "forms": [
        *("a", "a =", "= a", "a = 1 &&", "()", "(a='x')", "((((a='x'))))", "a = 'x' &&& a = 'y'"),
        *(" ", "\t", "// c", "a = 'x' // c", "a = 'x", 'a = "x"', "a ?= 'x'", "a ?!~ 'x'"),
        *("a <> 'x'", "a == 'x'", "a='x' and a='y'", "a='x' || (a='y' && (a='z'))", "true = true"),
        *("a = 1e5", "a = .5", "a = -5", "1 = 1", "null = null", "a = NULL", "a ~ 'x'"),
        "x" * 3501,
        "||".join(["a='x'"] * 201),
    ],
    "names": [
        *("nope = 1", "1 = nope", "a.b = 1", "j.b.c = 1", "h = 'x'", "p = 'x'", "created = ''"),
        *("collectionId = 'x'", "collectionName = 'ru'", "expand = 1", "rel.email = 'x'"),
        *("rel.nope = 'x'", "rel.id ?= 1", "rel.rel.rel.id = 1", "users_via_rel.id = 1"),
        *("ru_via_rel.id = 1", "ru_via_a.id = 1", "nope_via_rel.id = 1"),
    ],
    "modifiers": [
        *("j:length > 1", "a:length > 1", "a:each = 'x'", "sel:each = 'x'", "sel:length > 1"),
        *("a:lower = 'x'", "n:lower = 'x'", "a:nope = 1", "a:isset = true", "a:changed = true"),
    ],
    "request": [
        *("@request.auth.id != ''", "@request.auth.nope = 1", "@request.auth.nope.nope = 1"),
        *("@request.body.a = 1", "@request.body.zzz = 1", "@request.body.a:isset = true"),
        *("@request.body.a:changed = true", "@request.body.zz:changed = true"),
        *("@request.body.sel:each = 'x'", "@request.body.sel:length > 1"),
        *("@request.body.rel.email = 'x'", "@request.body.rel.nope = 'x'"),
        *("@request.query.a = 1", "@request.headers.a_b = 1", "@request.nope = 1"),
        *("@request.auth = 1", "@request.body = 1", "@request = 1", "@request.method = 'GET'"),
    ],
    "others": [
        *("@collection.nope.id = 1", "@collection.users.id = 1", "@collection.users.nope = 1"),
        *("@collection.users:al.id = @collection.users:b.id", "@collection.users = 1"),
        *("@collection = 1", "@nope = 1", "@now > '2020'", "@todayStart = 1", "@month = 1"),
        *("geoDistance(g.lon,g.lat,1,2) < 3", "geoDistance(1) < 3", "nope(1) = 1"),
        *("strftime('%Y', a) = '2026'", "strftime() = 1"),
    ],
}


@pytest.mark.parametrize("about", RULES)
def test_rules(both, about):
    for rule in RULES[about]:
        for act in ("listRule", "createRule"):
            body = {"name": "ru", "fields": FIELDS, act: rule}
            if "id" in both("POST", "/api/collections", body):
                both("DELETE", "/api/collections/ru")


def test_own_rules_keep_their_fields_and_those_of_others_do_not(both):
    acts = ("listRule", "viewRule", "createRule", "updateRule")
    rules = dict(zip(acts, ("a = '1'", "n = 1", "a = '1'", "n = 1 && a = ''"), strict=True))
    body = {"name": "ru", "fields": [text("a"), number("n")], "deleteRule": "", **rules}
    both("POST", "/api/collections", body)
    other = {"name": "other", "listRule": "@collection.ru.n = 1", "viewRule": ""}
    both("POST", "/api/collections", other)
    both("POST", "/api/collections/other/records", {"id": "record000000001"})
    for change in (
        {"fields": [number("n")]},
        {"fields": []},
        {"fields": [number("n")], **dict.fromkeys(acts)},
        {"fields": []},
        {"name": "renamed"},
    ):
        both("PATCH", "/api/collections/ru", change)
        both("GET", "/api/collections/ru")
        both("GET", "/api/collections/other/records")
        both("PATCH", "/api/collections/other", {})


@pytest.mark.parametrize("rule", [None, "", "id != ''", "nope = 1", "id ="])
def test_rules_of_auth_collections(both, rule):
    made = both("POST", "/api/collections", {"name": "au", "type": "auth"})
    for change in (
        {"authRule": rule},
        {"manageRule": rule},
        {"mfa": {"rule": rule}},
        {"mfa": {"enabled": True, "rule": rule}, "otp": {"enabled": True}},
    ):
        both("PATCH", "/api/collections/au", change)
        both("GET", f"/api/collections/{made['id']}")


def test_a_view_takes_no_rules_for_writing(both):
    query = {"type": "view", "viewQuery": "select id, name from users"}
    for act in ("listRule", "viewRule", "createRule", "updateRule", "deleteRule"):
        for rule in (None, "", "name = 'x'", "email = 'x'"):
            body = {"name": "vi", **query, act: rule, "fields": [field("text", "email")]}
            if "id" in both("POST", "/api/collections", body):
                both("DELETE", "/api/collections/vi")
