"""Truncating, deleting, columns of views and ids of accounts, side by side with PocketBase."""

from __future__ import annotations

import pytest

from tests.http.conftest import Both
from tests.makers import Api, boolean, email, file, json_field, number, relation, select, text

pytestmark = pytest.mark.pocketbase

COLLECTIONS = "/api/collections"
PASSWORD = {"password": "1234567890", "passwordConfirm": "1234567890"}
READABLE = {"listRule": "", "viewRule": ""}
OPEN = {f"{act}Rule": "" for act in ("list", "view", "create", "update", "delete")}


def an_id(name):
    return f"{name}{'0' * 15}"[:15]


def make(both, name, *fields, **options):
    body = {"id": f"id{name}", "name": name, "fields": list(fields), **options}
    made = both("POST", COLLECTIONS, body)
    assert made.get("name") == name, made
    return made


def records(name, record=""):
    return f"{COLLECTIONS}/{name}/records{record and '/'}{record and an_id(record)}"


def put(both, name, record, **values):
    made = both("POST", records(name), {"id": an_id(record), **values})
    assert made.get("id") == an_id(record), made


def test_truncate(both):
    make(both, "tt", text("title"))
    make(both, "ts", relation("r", "idtt", required=True), relation("s", "idtt", maxSelect=3))
    make(both, "tc", relation("r", "idts", cascadeDelete=True))
    make(both, "tv", type="view", viewQuery="select id, title from tt")
    for name in "abc":
        put(both, "tt", name, title=name)
    put(both, "ts", "one", r=an_id("a"), s=[an_id("b"), an_id("c")])
    put(both, "tc", "two", r=an_id("one"))
    for name in ("tv", "tt", "ts", "nope", "IDTT", "_mfas", "_superusers"):
        both("DELETE", f"{COLLECTIONS}/{name}/truncate")
        for each in ("tt", "ts", "tc"):
            both("GET", f"{records(each)}?sort=id")
    for name in ("tt", "tt"):
        both("DELETE", f"{COLLECTIONS}/{name}/truncate")


def test_what_stands_in_the_way_of_a_deletion(both):
    made = make(both, "da", text("title"))
    itself = {**made, "fields": [*made["fields"], relation("self", "idda")]}
    both("PATCH", f"{COLLECTIONS}/da", itself)
    make(both, "db", relation("r", "idda"))
    # without the relation: of two collections in the way, PocketBase names any one first
    make(both, "dv", type="view", viewQuery="select id from db")
    for name in ("da", "db", "users", "_superusers", "nope", "dv", "db", "da", "da"):
        both("DELETE", f"{COLLECTIONS}/{name}")


def test_a_view_on_the_way(both):
    """A view of what goes stops it, and so does one that names it in a subselect."""
    for name in ("va", "vb"):
        make(both, name, text("title"), number("n"))
    query = "select va.id, (select count(*) from vb where vb.title = va.title) c from va"
    make(both, "vv", type="view", viewQuery=query)
    for name in ("vb", "va", "vv", "va", "vb"):
        both("DELETE", f"{COLLECTIONS}/{name}")


#: a column of a view, and what is asked of it
COLUMNS = [
    "count(id)", "COUNT(*)", "count( distinct n)", "total(n)", "TOTAL(n)", "sum(n)", "avg(n)",
    "max(n)", "min(title)", "coalesce(title, 'x')", "cast(n as real)", "CAST(n AS DECIMAL)",
    "cast(n as numeric)", "cast(n as int)", "cast(n as INTEGER)", "cast(n as text)",
    "cast(n as bool)", "cast(n as boolean)", "cast(n as blob)", "cast(n as varchar(10))",
    "cast(n as int) + 1", "(cast(n as int))", "'12'", "12", "1.50", "null", "(n + 1)",
    "(select max(n) from cols)", "cols.title", "title", "n", "flag", "sel", "many", "rel", "rels",
    "doc", "j", "mail", "hid", "id", "cols.id", "json_extract(j, '$.a')", "j->>'a'", "(j->'b')",
    "substr(title, 1, 1)", "round(n)", "date(title)", "true", "'{\"a\":1}'", "'abc'", "'[1,2'",
]  # fmt: skip


@pytest.mark.sqlite
def test_columns_of_views(both):
    make(both, "other", text("title"))
    make(
        both,
        "cols",
        *(text("title"), number("n", onlyInt=True), boolean("flag"), select("sel", "a", "b")),
        *(select("many", "a", "b", maxSelect=2), relation("rel", "idother")),
        *(relation("rels", "idother", maxSelect=2), file("doc"), json_field("j"), email("mail")),
        text("hid", hidden=True),
    )
    put(both, "other", "o")
    given = {"sel": "a", "many": ["b", "a"], "rel": an_id("o"), "rels": [an_id("o")]}
    more = {"j": {"a": "1", "b": [1]}, "mail": "a@b.co", "hid": "h"}
    put(both, "cols", "one", title="12", n=5, flag=True, **given, **more)
    put(both, "cols", "two")
    for at, column in enumerate(COLUMNS):
        query = f"select id, {column} as c from cols group by id order by id"
        both("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})
        body = {"name": f"colv{at}", "type": "view", "viewQuery": query, **READABLE}
        if "id" in both("POST", COLLECTIONS, body):
            for asked in ("sort=id", "sort=-c,id", "filter=c>1", "filter=c='12'", "filter=c=true"):
                both("GET", f"{records(f'colv{at}')}?{asked}")
    both("GET", f"{records('colv0')}?sort=@rowid")


def test_columns_of_joins_and_subselects(both):
    make(both, "ja", text("title"), text("b"))
    make(both, "jb", text("title"), number("n"))
    put(both, "ja", "a", title="x", b=an_id("b"))
    put(both, "jb", "b", title="y", n=2)
    for at, query in enumerate(
        (
            "select ja.id, jb.title, jb.n from ja join jb on jb.id = ja.b",
            "select ja.id, jb.id as other from ja left join jb on jb.id = ja.b",
            "select a.id, b.n as n1, a.b from ja a, jb b",
            "select id, title from (select id, title from ja)",
            "select x.id, x.t from (select id, title as t from ja) x",
            "select (ROW_NUMBER() OVER()) as id, title from ja",
            "select (ja.id || 'x') as id, ja.title from ja",
            "select id, title from ja union all select id, title from jb",
            "select id, title from (select id, title from ja union all select id, title from jb)",
            "select ja.id from ja cross join jb cross join users",
            "select ja.id, ja.title from ja join ja as j2 on j2.id != ''",
            "select id as id, title as title from ja where title in (select title from ja)",
        )
    ):
        both("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})
        body = {"name": f"joinv{at}", "type": "view", "viewQuery": query, **READABLE}
        if "id" in both("POST", COLLECTIONS, body):
            both("GET", f"{records(f'joinv{at}')}?sort=id")


def test_ids_of_accounts_are_of_one_kind(both):
    """An account has an id that no account of another collection has."""
    for name in ("aa", "ab"):
        make(both, name, type="auth", **OPEN)
    made = both("GET", f"{COLLECTIONS}/ab")
    key = {**made["fields"][0], "pattern": "", "min": 1, "max": 20}
    both("PATCH", f"{COLLECTIONS}/ab", {"fields": [key, *made["fields"][1:]]})
    put(both, "aa", "one", email="one@x.co", **PASSWORD)
    for body in (
        {"id": an_id("one"), "email": "two@x.co"},
        {"id": an_id("one").upper(), "email": "three@x.co"},
        {"id": an_id("four"), "email": "one@x.co"},
        {"id": an_id("four"), "email": "four@x.co"},
    ):
        both("POST", records("ab"), {**body, **PASSWORD})
        both("POST", records("aa"), {**body, **PASSWORD})
    both("GET", f"{records('ab')}?fields=id,email&sort=id")


def test_a_view_of_accounts_shows_their_addresses(both, pocketbase):
    make(both, "va", type="auth", **OPEN)
    put(both, "va", "one", email="one@x.co", emailVisibility=False, **PASSWORD)
    query = "select id, email, emailVisibility, verified, tokenKey, password from va"
    make(both, "vw", type="view", viewQuery=query, **READABLE)
    guests = Both(pocketbase.guest, Api())
    assert guests("GET", records("vw"))["items"][0]["email"] == "one@x.co"
    assert guests("GET", records("vw", "one"))["email"] == "one@x.co"
    assert "email" not in guests("GET", records("va", "one"))


def test_tokens_end_when_the_rule_for_signing_in_changes(both, pocketbase):
    own = {**OPEN, "viewRule": "@request.auth.id = id"}
    make(both, "ar", type="auth", authAlert={"enabled": False}, **own)
    put(both, "ar", "one", email="one@x.co", **PASSWORD)
    path = f"{COLLECTIONS}/ar/auth-with-password"
    body = {"identity": "one@x.co", "password": "1234567890"}
    for rule in ("", "verified = false", "verified = false", None, ""):
        theirs = pocketbase.guest.post(path, json=body).json().get("token", "")
        ours = Api().post(path, body).json().get("token", "")
        assert bool(ours) is bool(theirs)
        both("PATCH", f"{COLLECTIONS}/ar", {"authRule": rule})
        seen = pocketbase.guest.get(records("ar", "one"), headers={"Authorization": theirs})
        assert (rule, Api(ours).get(records("ar", "one")).status_code) == (rule, seen.status_code)
