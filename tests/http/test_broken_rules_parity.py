"""Rules that cannot be read any more, or that the database cannot run: PocketBase and us."""

from __future__ import annotations

import pytest

from tests.http.conftest import Both
from tests.makers import Api, file, number, relation, text, upload

pytestmark = pytest.mark.pocketbase

COLLECTIONS = "/api/collections"
#: SQLite takes no pattern of more than 50,000 bytes
TOO_LONG = "y" * 60_000
PASSWORD = {"password": "1234567890", "passwordConfirm": "1234567890"}
OPEN = {f"{act}Rule": "" for act in ("list", "view", "create", "update", "delete")}
#: a rule of a collection with ``name`` and ``big``, and what breaks it: of all records, or of one
RULES = {
    "unreadable": "@collection.br_other.x ?= name || name = 'n'",
    "unrunnable": "name ~ big",
}
BROKEN = tuple(RULES)


def an_id(name):
    return f"{name}{'0' * 15}"[:15]


def records(name, record=""):
    return f"{COLLECTIONS}/{name}/records{record and '/'}{record and an_id(record)}"


def make(both, name, *fields, **options):
    body = {"id": f"id{name}", "name": name, "fields": list(fields), **options}
    assert both("POST", COLLECTIONS, body)["name"] == name


@pytest.fixture
def guests(both, pocketbase):
    """Send as a guest; there is another collection, for rules to read."""
    make(both, "br_other", text("x"))
    return Both(pocketbase.guest, Api())


def break_rules(both):
    """Take away what the rule of ``unreadable`` reads."""
    both("PATCH", f"{COLLECTIONS}/br_other", {"fields": [text("y")]})


@pytest.mark.parametrize("broken", BROKEN)
def test_acts(both, guests, broken):
    rules = dict.fromkeys(OPEN, RULES[broken])
    make(both, "br", text("name"), text("big", max=200_000), number("n"), **rules)
    make(both, "br_rel", relation("r", "idbr"), **OPEN)
    both("POST", records("br"), {"id": an_id("a"), "name": "n", "big": TOO_LONG})
    both("POST", records("br"), {"id": an_id("b"), "name": "n", "big": "n"})
    both("POST", records("br_rel"), {"id": an_id("c"), "r": an_id("a")})
    break_rules(both)
    guests("GET", records("br"))
    for name in "ab":
        guests("GET", records("br", name))
        for body in ({}, {"n": 1}, {"n": "x", "id": "other"}):
            guests("PATCH", records("br", name), body)
    guests("DELETE", records("br", "a"))
    guests("POST", records("br"), {"name": "n", "big": TOO_LONG})
    guests("GET", f"{records('br_rel', 'c')}?expand=r")
    for asked in ("filter=r.name='n'", "sort=r.name", "sort=r.name&skipTotal=1", "filter=r!=''"):
        guests("GET", f"{records('br_rel')}?{asked}")
    for name in "ab":
        both("GET", records("br", name))


def test_acts_that_name_the_body(both, guests):
    rule = "name ~ @request.body.big"
    given = {"createRule": rule, "updateRule": rule, "deleteRule": rule}
    make(both, "br", text("name"), text("big", max=200_000), **given)
    both("POST", records("br"), {"id": an_id("a"), "name": "n"})
    for method, path in (
        ("PATCH", records("br", "a")),
        ("DELETE", records("br", "a")),
        ("POST", records("br")),
    ):
        guests(method, path, {"big": TOO_LONG})
    guests("PATCH", records("br", "a"), {"big": "n"})


@pytest.mark.parametrize("broken", BROKEN)
def test_protected_files(both, guests, pocketbase, root_api, broken):
    rules = {"viewRule": RULES[broken], "createRule": ""}
    fields = text("name"), text("big", max=200_000), file("doc", protected=True)
    make(both, "br", *fields, **rules)
    data = {"id": an_id("a"), "name": "n", "big": TOO_LONG}
    sent = {"doc": ("a.txt", b"hello")}
    theirs = pocketbase.http.post(records("br"), data=data, files=sent).json()["doc"]
    break_rules(both)
    ours = root_api.upload(records("br"), {**data, "doc": upload("a.txt", b"hello")}).json()["doc"]
    seen = pocketbase.guest.get(f"/api/files/br/{an_id('a')}/{theirs}")
    answer = Api().get(f"/api/files/br/{an_id('a')}/{ours}")
    assert (answer.status_code, answer.json()) == (seen.status_code, seen.json())
    assert seen.status_code == 404


@pytest.mark.parametrize("broken", BROKEN)
def test_manage_rule(both, guests, pocketbase, broken):
    """Nobody manages any of the records that are asked about at once."""
    rules = {**OPEN, "manageRule": RULES[broken], "authAlert": {"enabled": False}}
    make(both, "br", text("name"), text("big", max=200_000), type="auth", **rules)
    for name, big in (("b", "n"), ("a", TOO_LONG), ("c", "n")):
        given = {"id": an_id(name), "email": f"{name}@x.co", "name": "n", "big": big}
        both("POST", records("br"), {**given, **PASSWORD})
    ann = _signed_in(pocketbase, "b@x.co")
    break_rules(both)
    picked = "fields=id,email"
    for asked in ("sort=id", "sort=-id", f"filter=id!='{an_id('a')}'", f"filter=id='{an_id('a')}'"):
        ann("GET", f"{records('br')}?{asked}&{picked}")
    for name in "abc":
        ann("GET", f"{records('br', name)}?{picked}")
    for body in ({"verified": True}, {"email": "z@x.co"}, PASSWORD, {"name": "z"}):
        ann("PATCH", f"{records('br', 'a')}?{picked}", body)
    for more in ({"verified": True}, {"verified": False}):
        body = {"id": an_id("d"), "email": "d@x.co", "name": "n", "big": TOO_LONG, **more}
        ann("POST", f"{records('br')}?{picked}", {**body, **PASSWORD})
    ann("POST", f"{COLLECTIONS}/br/auth-refresh?fields=record.id,record.email", {})
    both("GET", f"{records('br')}?sort=id&fields=id,email,verified,name")


@pytest.mark.parametrize("broken", BROKEN)
def test_rules_for_signing_in(both, guests, broken):
    rules = {**OPEN, "authRule": RULES[broken], "authAlert": {"enabled": False}}
    make(both, "br", text("name"), text("big", max=200_000), type="auth", **rules)
    given = {"id": an_id("a"), "email": "a@x.co", "name": "n", "big": TOO_LONG}
    both("POST", records("br"), {**given, **PASSWORD})
    asked = {"enabled": True, "rule": RULES[broken]}
    break_rules(both)
    path = f"{COLLECTIONS}/br/auth-with-password"
    for password in ("1234567890", "wrong"):
        guests("POST", path, {"identity": "a@x.co", "password": password})
    both("PATCH", f"{COLLECTIONS}/br_other", {"fields": [text("x")]})
    both("PATCH", f"{COLLECTIONS}/br", {"authRule": "", "otp": {"enabled": True}, "mfa": asked})
    break_rules(both)
    guests("POST", path, {"identity": "a@x.co", "password": "1234567890"})


def _signed_in(pocketbase, email):
    """Return what sends to both as the person with this address."""
    path = f"{COLLECTIONS}/br/auth-with-password"
    body = {"identity": email, "password": "1234567890"}
    theirs = pocketbase.guest.post(path, json=body).json()["token"]
    ours = Api().post(path, body).json()["token"]
    return Both(_With(pocketbase.guest, theirs), Api(ours))


class _With:
    """An HTTP client that sends a token along."""

    def __init__(self, client, token):
        self.client, self.token = client, token

    def request(self, method, path, content=None, headers=None):
        headers = {**(headers or {}), "Authorization": self.token}
        return self.client.request(method, path, content=content, headers=headers)
