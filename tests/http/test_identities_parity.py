"""Signing in by fields of every type: who is found by which text, PocketBase and us."""

from __future__ import annotations

import json
import re

import pytest

from tests.http.conftest import Both
from tests.makers import (
    Api,
    autodate,
    boolean,
    date,
    editor,
    email,
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
AUTH = f"{COLLECTIONS}/idn/auth-with-password?fields=record.id"
SHOWN = f"{COLLECTIONS}/idn?fields=passwordAuth,indexes"
WORD, OTHER = "1234567890", "0987654321"
OPEN = {f"{act}Rule": "" for act in ("list", "view", "create", "update", "delete")}
#: a field, what makes its index one of those that have a value, and texts to sign in with
FIELDS = [
    (text("name"), "name != ''", ["c", "C", " c"]),
    (number("n"), "n > 0", ["12", "12.0", "1.2e1", " 12", "012", "abc", "1e400", "0"]),
    (url("web"), "web != ''", ["http://a.co", "http://A.co"]),
    (date("d"), "d != ''", ["2024-01-02 03:04:05.678Z", "2024-01-02T03:04:05.678Z", "abc"]),
    (select("one", "a", "b"), "one != ''", ["a", "b"]),
    (relation("rel", "idtarget"), "rel != ''", ["t" * 15, "x"]),
    (email("mail"), "mail != ''", ["z@x.co", "Z@x.co"]),
    (json_field("j"), "j IS NOT NULL", ['{"a":1}', '{"a": 1}', "{"]),
    (boolean("b"), "b = 1", ["1", "0", "true", "TRUE", "abc"]),
    (text("secret", hidden=True), "secret != ''", ["hidden"]),
    (editor("w"), "w != ''", ["<p>x</p>"]),
    (geo_point("g"), "g LIKE '%5%'", ['{"lon":5,"lat":2}', '{"lat":2,"lon":5}', "5"]),
    (select("many", "a", "b", maxSelect=2), "many != '[]'", ["a", '["a","b"]', '["b","a"]']),
    (autodate("at", onCreate=True), "at != ''", ["x"]),
]
NAMES = [field["name"] for field, _, _ in FIELDS]
VALUES = {
    "name": "c", "n": 12, "web": "http://a.co", "d": "2024-01-02 03:04:05.678Z", "one": "a",
    "rel": "t" * 15, "mail": "z@x.co", "j": {"a": 1}, "b": True, "secret": "hidden",
    "w": "<p>x</p>", "g": {"lon": 5, "lat": 2}, "many": ["a", "b"],
}  # fmt: skip


@pytest.fixture
def guests(both, pocketbase):
    """Send as a guest; there are three accounts, one with a value in each field."""
    body = {"id": "idtarget", "name": "idt", "fields": [text("a")]}
    both("POST", COLLECTIONS, body)
    both("POST", f"{COLLECTIONS}/idt/records", {"id": "t" * 15})
    indexes = [
        f"CREATE UNIQUE INDEX idn_{name} ON idn ({name}) WHERE {where}"
        for name, (_, where, _) in zip(NAMES, FIELDS, strict=True)
    ]
    cheap = password("password", cost=4, min=8, required=True, hidden=True, system=True)
    fields = [*(field for field, _, _ in FIELDS), cheap]
    body = {"id": "ididn", "name": "idn", "type": "auth", "fields": fields, "indexes": indexes}
    both("POST", COLLECTIONS, {**body, **OPEN, "authAlert": {"enabled": False}})
    for name, word, values in (
        ("a", WORD, {"name": "b@x.co"}),
        ("b", OTHER, {"name": "bob"}),
        ("c", WORD, VALUES),
    ):
        account = {"email": f"{name}@x.co", "password": word, "passwordConfirm": word}
        made = both("POST", f"{COLLECTIONS}/idn/records", {"id": name * 15, **account, **values})
        assert made.get("id") == name * 15, made
    return Both(pocketbase.guest, Api())


def test_fields_of_every_type(both, guests):
    for field, _, texts in FIELDS:
        both("PATCH", SHOWN, {"passwordAuth": {"identityFields": [field["name"]]}})
        for identity in texts:
            body = {"identity": identity, "password": WORD}
            guests("POST", AUTH, body)
            guests("POST", AUTH, {**body, "identityField": field["name"]})
    for names in (["tokenKey"], ["id"], [*NAMES, "email", "tokenKey", "id"], [*NAMES, "nope"]):
        both("PATCH", SHOWN, {"passwordAuth": {"identityFields": names}})
        for identity in ("c" * 15, "c", "hidden", "12", "c@x.co"):
            guests("POST", AUTH, {"identity": identity, "password": WORD})


@pytest.mark.parametrize("names", [["name", "email"], ["email", "name"], ["name"]], ids=json.dumps)
def test_several_fields(both, guests, names):
    """An address is looked for in ``email`` first; who is found first has to have the password."""
    both("PATCH", SHOWN, {"passwordAuth": {"identityFields": names}})
    for identity in ("b@x.co", "a@x.co", "bob", "B@x.co", "C", "c"):
        for word in (WORD, OTHER):
            for name in (None, "", "name", "email", "id", "nope"):
                body = {"identity": identity, "password": word, "identityField": name}
                guests("POST", AUTH, body)


def test_an_index_decides_about_case_and_is_needed(both, guests):
    made = both("PATCH", SHOWN, {"passwordAuth": {"identityFields": ["name"]}})
    rest = [index for index in made["indexes"] if not re.search(r"idn_name\b", index)]
    for begin in ("(name COLLATE NOCASE)", "(name COLLATE RTRIM)", "(name DESC)", "(name, n)", ""):
        index = [f"CREATE UNIQUE INDEX idn_name ON idn {begin} WHERE name != ''"] if begin else []
        both("PATCH", SHOWN, {"indexes": [*rest, *index]})
        for identity in ("BOB", "bob", "c", "C", "c "):
            for word in (WORD, OTHER):
                guests("POST", AUTH, {"identity": identity, "password": word})


@pytest.mark.parametrize(
    "word", ["é" * 36, "x" * 71, "12345678\0tail", "pass\nword", "  spaces  ", "ü" * 35 + "zz"]
)
def test_passwords_count_as_far_as_they_are_hashed(both, guests, word):
    """72 bytes of them, and nothing is taken away from their ends."""
    account = {"email": "d@x.co", "password": word, "passwordConfirm": word}
    both("POST", f"{COLLECTIONS}/idn/records?fields=email", {"id": "d" * 15, **account})
    for tried in (
        word, f"{word}z", word + "é" * 50, word[:-1], word + "x" * (255 - len(word)),
        word + "x" * (256 - len(word)), word.strip(), word.partition("\0")[0],
    ):  # fmt: skip
        guests("POST", AUTH, {"identity": "d@x.co", "password": tried})


def test_an_index_without_case_on_any_field(both, guests):
    made = both("GET", SHOWN)
    indexes = [index.replace(") WHERE", " COLLATE NOCASE) WHERE") for index in made["indexes"]]
    both("PATCH", SHOWN, {"indexes": indexes})
    for field, _, texts in FIELDS:
        both("PATCH", SHOWN, {"passwordAuth": {"identityFields": [field["name"]]}})
        for identity in (*texts, *(each.upper() for each in texts)):
            guests("POST", AUTH, {"identity": identity, "password": WORD})


def test_numbers_in_json(both, guests):
    both("PATCH", SHOWN, {"passwordAuth": {"identityFields": ["j"]}})
    record = f"{COLLECTIONS}/idn/records/{'c' * 15}?fields=j"
    for value in (12, 1.5, "12", "a", "A", True, [1, 2], "", None, 1e21):
        both("PATCH", record, {"j": value})
        for identity in ("12", "12.0", "1.50", '"12"', '"a"', "a", "true", "[1,2]", '""', "1e21"):
            guests("POST", AUTH, {"identity": identity, "password": WORD})
