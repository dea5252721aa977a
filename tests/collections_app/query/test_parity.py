"""The same filters and rules asked of the real PocketBase, over the same records.

Every table of the other test modules is checked here too, so that what they expect is a fact.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from collections_app.query.check import check_rule
from collections_app.query.errors import FilterError, ForbiddenIdentifier
from collections_app.query.select import check_client_text
from core_app.request_info import RequestInfo
from tests.collections_app.query import (
    test_check,
    test_compile,
    test_every_row,
    test_parse,
    test_related_rules,
    test_resolve,
    test_sort,
    test_time_text,
    test_tokens,
)
from tests.collections_app.query.world import (
    CATS,
    DIGEST,
    FIELDS,
    INDEXES,
    LOCK,
    NAMES,
    POSTS,
    RECORDS,
    RULES,
    USERS,
    VIEW_QUERY,
    World,
    caller,
    key,
)
from tests.makers import field
from tests.servers import PocketBase

pytestmark = pytest.mark.pocketbase

PASSWORD = "1234567890"
ALL = "p1 p2 p3 p4 p5"


class Oracle:
    """The world in PocketBase."""

    def __init__(self, server: Any) -> None:
        self.server = server
        for collection in NAMES:
            if collection != DIGEST:
                self._create(collection)
        for collection in (USERS, *(each for each in NAMES if each not in (USERS, DIGEST))):
            self._add_relations(collection)
        self._add_view()
        for collection, records in RECORDS.items():
            for record in records:
                self._add(collection, record)
        for record in RECORDS[USERS]:
            url = f"{self._records(USERS)}/{key(record['id'])}"
            self._send("PATCH", url, {"fav": record["fav"]})
        self.tokens = {name: self._token(name) for name in ("u1", "u2")}

    def list(self, who: str, collection: str, body: Any = None, headers=None, **query: str) -> Any:
        """Return the ids of the listed records, sorted unless ``sort``; else the status."""
        request = {"params": {"perPage": "500", **query}, "headers": dict(headers or {})}
        if who == "su":
            client = self.server.http
        else:
            client = self.server.guest
            if who:
                request["headers"]["Authorization"] = self.tokens[who]
        if body is not None:
            request["json"] = body
        response = client.request("GET", f"/api/collections/{collection}/records", **request)
        if response.status_code != 200:
            return response.status_code
        names = [item["id"].rstrip("0") for item in response.json()["items"]]
        return " ".join(names if query.get("sort") else sorted(names))

    def set_rules(self, collection: str, **rules: str | None) -> str:
        """Set rules; return why one of them is refused, ``""`` if none is."""
        response = self.server.http.patch(f"/api/collections/{collection}", json=rules)
        if response.status_code == 200:
            return ""
        message = next(iter(response.json()["data"].values()))["message"]
        return message.removeprefix("Invalid rule. Raw error: ").removesuffix(".")

    def create(self, body: dict[str, Any]) -> int:
        """Return the status of a guest's attempt to create a post; nothing remains."""
        response = self.server.guest.post("/api/collections/posts/records", json=body)
        if response.status_code == 200:
            url = f"/api/collections/posts/records/{response.json()['id']}"
            assert self.server.http.delete(url).status_code == 204
        return response.status_code

    def _create(self, collection: str) -> None:
        plain = [each for each in FIELDS[collection] if each["type"] != "relation"]
        if collection == USERS:
            plain.append(field("password", "password", id="password901924565", cost=4))
        made = {
            "id": collection,
            "name": NAMES[collection],
            "type": "auth" if collection == USERS else "base",
            "fields": plain,
            "listRule": RULES.get(collection, ""),
        }
        self._send("POST", "/api/collections", made)

    def _add_relations(self, collection: str) -> None:
        url = f"/api/collections/{collection}"
        stored = self.server.http.get(url).json()["fields"]
        relations = [each for each in FIELDS[collection] if each["type"] == "relation"]
        changes = {"fields": stored + relations}
        if collection in INDEXES:
            changes["indexes"] = INDEXES[collection]
        self._send("PATCH", url, changes)

    def _add_view(self) -> None:
        view = {"id": DIGEST, "name": NAMES[DIGEST], "type": "view", "listRule": ""}
        self._send("POST", "/api/collections", {**view, "viewQuery": VIEW_QUERY})

    def _add(self, collection: str, record: dict[str, Any]) -> None:
        values = {**record, "id": key(record["id"])}
        if collection == USERS:
            values |= {"password": PASSWORD, "passwordConfirm": PASSWORD, "fav": []}
        self._send("POST", self._records(collection), values)

    def _records(self, collection: str) -> str:
        return f"/api/collections/{NAMES[collection]}/records"

    def _token(self, name: str) -> str:
        email = next(each["email"] for each in RECORDS[USERS] if each["id"] == name)
        url = f"/api/collections/{NAMES[USERS]}/auth-with-password"
        return self._send("POST", url, {"identity": email, "password": PASSWORD})["token"]

    def _send(self, method: str, url: str, body: dict[str, Any]) -> Any:
        response = self.server.http.request(method, url, json=body)
        assert response.status_code == 200, (url, response.text)
        return response.json()


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    """A PocketBase that holds the world and nothing else."""
    if reason := PocketBase.absent():
        pytest.skip(reason)
    with PocketBase(tmp_path_factory.mktemp("world") / "data") as running:
        yield Oracle(running)


def info_of(who: str, body: Any = None, headers=None, **query: str) -> RequestInfo:
    return RequestInfo(
        query={"perPage": "500", **query},
        headers={name.lower().replace("-", "_"): text for name, text in (headers or {}).items()},
        body=body,
        auth=caller(who) if who else None,
    )


def ours(world: World, who: str, collection: str = "posts", **query: str) -> Any:
    """Return what our list route would: ids, or the status of the refusal."""
    info = info_of(who, **query)
    filter, sort = query.get("filter", ""), query.get("sort", "")
    rule = world.collection(collection).list_rule or ""
    try:
        if who != "su":
            check_client_text(filter, sort)
        return world.ids(
            filter,
            collection=collection,
            info=info,
            rule="" if who == "su" else rule,
            sort=sort,
        )
    except (FilterError, ForbiddenIdentifier) as error:
        return error.status


def differences(world, oracle, cases) -> list[Any]:
    """Return ``(who, collection, query, theirs, ours)`` for each case that disagrees."""
    out = []
    for who, collection, query in cases:
        theirs = oracle.list(who, collection, **query)
        mine = ours(world, who, collection, **query)
        if theirs != mine:
            out.append((who, collection, query, theirs, mine))
    return out


def test_filters_of_the_tables(world, oracle):
    filters = [row[0] for row in test_compile.ROWS + test_every_row.ROWS + test_every_row.SHARED]
    filters += [row[0] for row in test_related_rules.ROWS + test_every_row.NAMESAKES]
    cases = [(who, "posts", {"filter": filter}) for filter in filters for who in ("su", "", "u2")]
    cases += [
        (who, "people", {"filter": row[0]})
        for row in test_related_rules.EMAILS
        for who in ("su", "", "u1", "u2")
    ]
    assert differences(world, oracle, cases) == []


def test_time_texts(oracle):
    filters = [f"{call} = '{text}'" for call, text in test_time_text.ROWS]
    assert [f for f in filters if oracle.list("su", "posts", filter=f) != ALL] == []


def test_sorts(world, oracle):
    sorts = [row[0] for row in test_sort.ORDERS] + test_sort.REFUSED
    cases = [(who, "posts", {"sort": sort}) for sort in sorts for who in ("su", "")]
    cases += [("", "posts", {"sort": sort}) for sort in test_sort.REFUSED_TO_CLIENTS]
    cases += [("", "digest", {"sort": sort}) for sort in ("-title,id", "@rowid", "total,-id")]
    assert differences(world, oracle, cases) == []


def test_rules(world, oracle):
    out = []
    query, headers = {"title": "alpha", "n": "1", "page": "1"}, {"X-Token": "Alpha"}
    body = {**test_compile.ANN.body}
    for rule, for_ann, for_guests in test_compile.RULES:
        if "@request.method" in rule:
            continue
        assert oracle.set_rules("posts", listRule=rule) == ""
        theirs = (
            oracle.list("u1", "posts", body, headers, **query),
            oracle.list("", "posts"),
        )
        if theirs != (for_ann, for_guests):
            out.append((rule, theirs, (for_ann, for_guests)))
    oracle.set_rules("posts", listRule="")
    assert out == []


def test_items_of_the_body(oracle):
    out = []
    sent = [*test_compile.PATTERNS, *(("@request.body.selm:each ~ '%'", "", ALL),)]
    for rule, items, expected in sent:
        assert oracle.set_rules("posts", listRule=rule) == ""
        theirs = oracle.list("u1", "posts", {"selm": items})
        if theirs != {True: 400, False: ""}.get(expected, expected):
            out.append((rule, items, theirs))
    oracle.set_rules("posts", listRule="")
    assert out == []


TARGET_RULES = [
    "owner = @request.auth.id",
    "owner.name = 'Bob'",
    "tags.name ?= 'blue'",
    "tags.name = 'blue'",
    "posts_via_cat.title ?= 'alpha'",
    "@collection.tags.name ?= title",
    None,
]


def test_rules_of_targets(world, oracle):
    out = []
    for rule in TARGET_RULES:
        oracle.set_rules("cats", listRule=rule)
        changed = world.changed(cats=rule)
        cases = [
            (who, "posts", {"filter": filter})
            for who in ("", "u1", "u2")
            for filter in ("cat.title != 'x'", "cat.id = ''", "self.cat.tags.name ?= 'red'")
        ]
        out += differences(changed, oracle, cases)
    oracle.set_rules("cats", listRule=RULES[CATS])
    assert out == []


def test_reasons(world, oracle):
    refused = [row[0] for row in test_check.REFUSED + test_parse.REFUSED + test_tokens.REFUSED]
    refused += [f"{row[0]} = 1" for row in test_resolve.REFUSED]
    # these say the same in other words, or are refused only when they run
    skipped = {"", "@request.auth.name.x = 1", "j..a = 1"}
    out = []
    for rule in refused:
        if rule in skipped:
            continue
        theirs = oracle.set_rules("posts", deleteRule=rule)
        try:
            check_rule(world.snapshot, world.collection("posts"), rule)
            mine = ""
        except FilterError as error:
            mine = error.reason
        if theirs != mine:
            out.append((rule, theirs, mine))
    assert out == []


def test_rules_that_are_fine(oracle):
    for rule in test_check.FINE:
        assert oracle.set_rules("posts", deleteRule=rule) == ""


CREATE_RULES = [
    ("title = 'new' && n = 5", 200),
    ("n = '5'", 400),
    ("selm:length = 2 && selm:each ?= 'a'", 200),
    ("selm:each = 'a'", 400),
    ("tag1.name = 'red'", 200),
    ("tagm.name = ''", 200),
    ("comments_via_post.id = ''", 400),
    ("comments_via_post.id ?!= 'x'", 400),
    ("self.posts_via_self.title ?= '50% off a_5'", 200),
    ("@collection.posts.id != id", 200),
    ("id ~ '__temp'", 200),
    ("@request.body.title:changed = true", 400),
    ('@request.body.j = \'{"k":"v"}\'', 200),
    ("@request.body.j = j", 200),
    ("n ~ '5.0'", 200),
    ("n !~ '.'", 400),
    ("'5' ~ n", 400),
    ("n:lower = '5.0'", 200),
    ("n ~ @request.body.d:changed", 200),
    ("tag1.rank = n || tag1.name = n", 400),
    ("b ~ '0'", 200),
    ("title ~ @request.body.selm:each", 400),
    ("title != @request.body.selm:each", 200),
]


def test_create_rules(oracle):
    body = {
        "title": "new",
        "n": 5,
        "selm": ["a", "b"],
        "tag1": key("t1"),
        "self": key("p2"),
        "j": {"k": "v"},
    }
    out = []
    for rule, status in CREATE_RULES:
        assert oracle.set_rules("posts", createRule=rule) == ""
        theirs = oracle.create(body)
        if theirs != status:
            out.append((rule, theirs, status))
    oracle.set_rules("posts", createRule=None)
    assert out == []


# --- some hundred more, made up ---------------------------------------------------------------

PATHS = {
    "text": [
        "title",
        "tag1.name",
        "tagm.name",
        "self.title",
        "cat.title",
        "comments_via_post.text",
        "sel1",
        "selm",
        "d",
        "comments_via_posts.text",
        "notes_via_post.name",
        "owner.name",
        "cat.owner.name",
        "tag1.parent.name",
        "tagm.parent.name",
        "posts_via_self.title",
        "title:lower",
        "people_via_fav.name",
        "selm:each",
        "sel1:each",
        "owner.posts_via_owner.title",
        "@collection.tags.name",
        "owner.email",
        "hid",
        "lock.secret",
        "j.k",
        "comments_via_hpost.text",
    ],
    "number": [
        "n",
        "b",
        "tag1.rank",
        "tagm.rank",
        "comments_via_post.stars",
        "self.n",
        "j.n",
        "selm:length",
        "j",
        "j.t",
        "j.1",
        "tagm:length",
        "tag1:length",
        "g.lon",
        "cat.geo.lat",
        "cat.tags:length",
        "comments_via_posts.stars",
        "@collection.comments:c.stars",
        "tagm.meta.a.b",
        "geoDistance(g.lon,g.lat,n,tag1.rank)",
        "owner.verified",
        "@request.auth.verified",
    ],
    "id": [
        "id",
        "tag1",
        "tagm",
        "tagm.id",
        "owner",
        "self.owner",
        "comments_via_post.id",
        "tagm:each",
        "cat.tags:each",
        "self.tagm",
        "notes_via_post.post",
        "posts_via_self.id",
        "tag1.id",
    ],
}
LITERALS = {
    "text": [
        "''",
        "null",
        "'red'",
        "'Green'",
        "'alpha'",
        "'al%'",
        "'a'",
        "'Bob'",
        "'first'",
        "'s1'",
        "'\"a\"'",
        "'[]'",
        "'e'",
        "'_'",
        "@now",
        "'only'",
        "1",
        "'private'",
        "'x'",
        "'h1'",
    ],
    "number": [
        "0",
        "1",
        "2",
        "-1.5",
        "3.5",
        "true",
        "false",
        "null",
        "'1'",
        "''",
        "100",
        "'x'",
        "5",
    ],
    "id": ["''", "null", "'t1%'", *(f"'{key(name)}'" for name in ("t1", "t2", "p1", "u1", "m1"))],
}
SIGNS = ["=", "!=", "=", "!=", "~", "!~", ">", ">=", "<", "<="]


def made_up(source: random.Random) -> str:
    parts = []
    for _ in range(source.choice([1, 1, 1, 2, 2, 3])):
        kind = source.choice(["text", "text", "number", "id"])
        left = source.choice(PATHS[kind])
        right = source.choice(LITERALS[kind] if source.random() < 0.8 else PATHS[kind])
        if source.random() < 0.1:
            left, right = right, left
        sign = ("?" if source.random() < 0.35 else "") + source.choice(SIGNS)
        parts.append(f"{left} {sign} {right}")
        if len(parts) > 1 and source.random() < 0.3:
            parts[-2:] = [f"({parts[-2]} {source.choice(['&&', '||'])} {parts[-1]})"]
    return source.choice([" && ", " || "]).join(parts)


@pytest.mark.parametrize("seed", range(4))
def test_made_up_filters(world, oracle, seed):
    source = random.Random(seed)
    cases = [
        (source.choice(["su", "su", "", "u1", "u2"]), "posts", {"filter": made_up(source)})
        for _ in range(250)
    ]
    assert differences(world, oracle, cases) == []


REQUESTS = [
    "@request.auth.id",
    "@request.auth.name",
    "@request.auth.role",
    "@request.auth.verified",
    "@request.auth.email",
    "@request.auth.collectionName",
    "@request.auth.friend.name",
    "@request.auth.fav.title",
    "@request.auth.fav:length",
    "@request.auth.posts_via_owner.title",
    "@request.auth.nope",
    "@request.context",
    "@request.query.word",
    "@request.query.n",
    "@request.query.word:isset",
    "@request.query.nope:isset",
    "@request.headers.x_token:lower",
    "@request.body.title",
    "@request.body.title:lower",
    "@request.body.title:changed",
    "@request.body.n",
    "@request.body.n:isset",
    "@request.body.owner",
    "@request.body.owner.role",
    "@request.body.owner:changed",
    "@request.body.selm:each",
    "@request.body.selm:length",
    "@request.body.tagm.name",
    "@request.body.tagm:length",
    "@request.body.tagm:changed",
    "@request.body.other.list.1",
    "@request.body.nope",
]
REQUEST_LITERALS = ["''", "'Ann'", "'admin'", "'red'", "'alpha'", "'a'", "1", "true", "null"]
BODY = {
    "title": "Alpha",
    "n": 1,
    "owner": key("u1"),
    "selm": ["a", "b"],
    "tagm": [key("t1"), key("t2")],
    "other": {"list": [1, "red"]},
}


def made_up_rule(source: random.Random) -> str:
    parts = []
    for _ in range(source.choice([1, 1, 2])):
        right = source.choice([REQUESTS, REQUEST_LITERALS, PATHS["text"], PATHS["id"]])
        operands = [source.choice(REQUESTS), source.choice(right)]
        source.shuffle(operands)
        # the items of a body are no pattern: PocketBase fails, or answers before it notices
        signs = SIGNS[:4] if operands[1].endswith("selm:each") else SIGNS
        sign = ("?" if source.random() < 0.35 else "") + source.choice(signs)
        parts.append(f"{operands[0]} {sign} {operands[1]}")
    return source.choice([" && ", " || "]).join(parts)


@pytest.mark.parametrize("seed", range(2))
def test_made_up_rules(world, oracle, seed):
    source = random.Random(seed)
    out = []
    headers = {"X-Token": "Alpha"}
    for _ in range(120):
        rule = made_up_rule(source)
        assert oracle.set_rules("posts", listRule=rule) == ""
        for who in ("", "u1", "u2"):
            query = source.choice([{}, {"word": "alpha", "n": "1"}, {"word": ""}])
            body = source.choice([None, BODY, {"title": "", "selm": []}])
            theirs = oracle.list(who, "posts", body, headers, **query)
            info = info_of(who, body, headers, **query)
            try:
                mine = world.ids(rule=rule, info=info)
            except FilterError as error:
                mine = error.status
            if theirs != mine:
                out.append((rule, who, query, body, theirs, mine))
    oracle.set_rules("posts", listRule="")
    assert out == []


def test_the_world_is_the_same(world, oracle):
    for collection, name in NAMES.items():
        if collection != LOCK:
            assert ours(world, "su", name) == oracle.list("su", name)
    assert ours(world, "su") == oracle.list("su", POSTS) == ALL
