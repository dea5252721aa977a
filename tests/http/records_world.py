"""A small world of collections and records, the same in the real PocketBase and in ours.

``World`` sends one request to both and compares status and body to the letter: keys in order,
numbers as they are written. Only moments that a server sets are left out, and the order of keys
where ``fields`` picks them (PocketBase shuffles those).
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from tests.makers import (
    Api,
    autodate,
    boolean,
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
)

PASSWORD = "1234567890"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
OPEN = {f"{act}Rule": "" for act in ("list", "view", "create", "update", "delete")}

_SET_BY_SERVERS = (
    (re.compile(r'"(created|updated)":"[^"]{24}"'), r'"\1":"<moment>"'),
    (re.compile(r'"id":"[a-z0-9]{15}"'), '"id":"<id>"'),
    (re.compile(r'"(auto":"(?:\w+-)?)[a-z]{4,6}((?:\.\.\.)?)"'), r'"\1<random>\2"'),
    (re.compile(r'"(\w+?)_[a-z0-9]{10}((?:_[a-z0-9]{10})?)(\.[\w.]+)"'), r'"\1_<random>\3"'),
)
_FIXED_ID = re.compile(r'"id":"([a-z0-9]+?0{4,}\d*)"')


def an_id(name: Any) -> str:
    """Return an id of 15 characters that begins with ``name`` and is recognised as fixed."""
    return f"{name}{'0' * 15}"[:15]


def words(text: str) -> list[str]:
    """Return what stands between blanks."""
    return text.split()


def cats() -> dict[str, Any]:
    return {
        "id": "idcats",
        "name": "rw_cats",
        "type": "base",
        "fields": [text("name"), number("n"), text("secret", hidden=True)],
        **OPEN,
        "viewRule": "name != 'unseen'",
    }


def people() -> dict[str, Any]:
    return {
        "id": "idpeople",
        "name": "rw_people",
        "type": "auth",
        "fields": [
            text("name"),
            password("password", cost=4, min=8, required=True, hidden=True, system=True),
        ],
        **OPEN,
        "manageRule": "@request.auth.name = 'manager'",
        "authAlert": {"enabled": False},
    }


def posts() -> dict[str, Any]:
    return {
        "id": "idposts",
        "name": "rw_posts",
        "type": "base",
        "fields": [
            text("title", max=40),
            number("n", max=1000),
            boolean("pub"),
            select("kind", "x", "y", "z"),
            select("tags", "a", "b", "c", "d", maxSelect=3),
            relation("cat", "idcats"),
            relation("cats", "idcats", maxSelect=4),
            relation("author", "idpeople"),
            json_field("j"),
            editor("body"),
            date("when"),
            geo_point("geo"),
            email("mail"),
            field("url", "web"),
            file("docs", maxSelect=3),
            file("pic"),
            text("auto", autogeneratePattern="[a-z]{6}", hidden=True),
            text("secret", hidden=True),
            password("pass", cost=4),
            autodate("created", onCreate=True),
            autodate("updated", onCreate=True, onUpdate=True),
        ],
        "indexes": ["CREATE UNIQUE INDEX rw_posts_title ON rw_posts (title) WHERE title != ''"],
        **OPEN,
    }


def notes() -> dict[str, Any]:
    return {
        "id": "idnotes",
        "name": "rw_notes",
        "type": "base",
        "fields": [
            text("text"),
            relation("post", "idposts"),
            relation("posts", "idposts", maxSelect=5),
            relation("by", "idpeople", hidden=True),
        ],
        **OPEN,
        "viewRule": "text != 'private' && @request.context = 'expand'",
    }


def locked() -> dict[str, Any]:
    return {
        "id": "idlocked",
        "name": "rw_locked",
        "type": "base",
        "fields": [text("text"), relation("post", "idposts")],
    }


def only() -> dict[str, Any]:
    return {
        "id": "idonly",
        "name": "rw_only",
        "type": "base",
        "fields": [text("text"), relation("post", "idposts"), relation("all", "idposts")],
        "indexes": ["CREATE UNIQUE INDEX rw_only_post ON rw_only (post)"],
        **OPEN,
    }


def nodes() -> dict[str, Any]:
    return {
        "id": "idnodes",
        "name": "rw_nodes",
        "type": "base",
        "fields": [text("name")],
        **OPEN,
    }


def stats() -> dict[str, Any]:
    return {
        "id": "idstats",
        "name": "rw_stats",
        "type": "view",
        "viewQuery": "SELECT id, title, n, cat, tags, (n + 0.5) AS half FROM rw_posts",
        "listRule": "",
        "viewRule": "",
    }


COLLECTIONS = (cats, people, posts, notes, locked, only, nodes, stats)

#: relations to themselves, which a collection can only have once it is there
OWN_RELATIONS = {"rw_people": "friend", "rw_nodes": "next"}

_PASS = {"password": PASSWORD, "passwordConfirm": PASSWORD, "verified": True}
RECORDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("rw_cats", {"id": an_id("cat1"), "name": "one", "n": 1, "secret": "s1"}),
    ("rw_cats", {"id": an_id("cat2"), "name": "two", "n": 2}),
    ("rw_cats", {"id": an_id("cat3"), "name": "unseen", "n": 3}),
    ("rw_people", {"id": an_id("ann"), "name": "ann", "email": "ann@x.co", **_PASS}),
    (
        "rw_people",
        {"id": an_id("bob"), "name": "bob", "email": "bob@x.co", "emailVisibility": True, **_PASS},
    ),
    ("rw_people", {"id": an_id("max"), "name": "manager", "email": "max@x.co", **_PASS}),
    (
        "rw_posts",
        {
            "id": an_id("post1"),
            "title": "First",
            "n": 1,
            "pub": True,
            "kind": "x",
            "tags": ["b", "a"],
            "cat": an_id("cat2"),
            "cats": [an_id("cat2"), an_id("cat3"), an_id("cat1")],
            "author": an_id("ann"),
            "j": {"b": 1.5, "a": [{"x": 1, "y": 2}, {"x": 3}], "s": "t"},
            "body": "<h1>Hello</h1><p>big <b>world</b> &amp; more</p><script>no()</script>",
            "when": "2024-02-03 04:05:06.789Z",
            "geo": {"lon": 10.5, "lat": -20},
            "mail": "a@b.co",
            "web": "https://example.com",
            "secret": "s",
        },
    ),
    (
        "rw_posts",
        {
            "id": an_id("post2"),
            "title": "second",
            "n": -2.25,
            "kind": "y",
            "tags": ["c"],
            "cat": an_id("cat1"),
            "cats": [an_id("cat1")],
            "author": an_id("bob"),
            "j": [1, "two", None],
            "body": "plain",
        },
    ),
    ("rw_posts", {"id": an_id("post3"), "title": "Third", "n": 100, "pub": True, "j": "text"}),
    ("rw_posts", {"id": an_id("post4"), "title": "", "n": 1e-7, "cat": an_id("cat3"), "j": 5}),
    ("rw_posts", {"id": an_id("post5"), "n": 3, "tags": ["d", "c", "a"], "j": {"a": None}}),
    (
        "rw_notes",
        {"id": an_id("note1"), "text": "n1", "post": an_id("post1"), "by": an_id("bob")},
    ),
    (
        "rw_notes",
        {
            "id": an_id("note2"),
            "text": "n2",
            "post": an_id("post1"),
            "posts": [an_id("post1"), an_id("post2")],
            "by": an_id("ann"),
        },
    ),
    ("rw_notes", {"id": an_id("note3"), "text": "private", "post": an_id("post1")}),
    ("rw_notes", {"id": an_id("note4"), "text": "n4", "posts": [an_id("post3")]}),
    ("rw_locked", {"id": an_id("lock1"), "text": "l", "post": an_id("post1")}),
    ("rw_only", {"id": an_id("only1"), "text": "o", "post": an_id("post1"), "all": an_id("post2")}),
    *(
        ("rw_nodes", {"id": an_id(f"node{at}"), "name": f"{at}", "next": an_id(f"node{at - 1}")})
        if at
        else ("rw_nodes", {"id": an_id("node0"), "name": "0"})
        for at in range(9)
    ),
)


class World:
    """Both servers; ``differences`` collects what they did not say alike."""

    def __init__(self, pocketbase: Any, root: Api) -> None:
        self.theirs = pocketbase
        self.root = root
        self.differences: dict[str, tuple[Any, Any]] = {}
        self._their_tokens = {"": "", "root": pocketbase.http.headers["Authorization"]}
        self._our_tokens = {"": "", "root": root.token}

    def build(self) -> None:
        """Make the collections and records in both."""
        for make in COLLECTIONS:
            made = self.both("POST", "/api/collections", make())
            if own := OWN_RELATIONS.get(made["name"]):
                fields = [*made["fields"], relation(own, made["id"])]
                self.both("PATCH", f"/api/collections/{made['id']}", {"fields": fields})
        for collection, values in RECORDS:
            self.both("POST", f"/api/collections/{collection}/records", values)

    def both(self, method: str, path: str, body: Any) -> Any:
        """Send as a superuser what both must take; return our answer."""
        theirs = self.theirs.http.request(method, path, json=body)
        ours = self.root.request(method, path, body)
        assert (theirs.status_code, ours.status_code) == (200, 200), (theirs.text, ours.content)
        return ours.json()

    def sign_in(self, name: str) -> None:
        """Make ``as_=name`` a person of the world."""
        path = "/api/collections/rw_people/auth-with-password"
        body = {"identity": f"{name}@x.co", "password": PASSWORD}
        self._their_tokens[name] = self.theirs.guest.post(path, json=body).json()["token"]
        self._our_tokens[name] = Api().post(path, body).json()["token"]

    def clear(self) -> None:
        """Take the collections away from PocketBase; ours go with the test's transaction."""
        for make in reversed(COLLECTIONS):
            self.theirs.http.delete(f"/api/collections/{make()['name']}")

    def list(self, collection: str, as_: str = "", **query: Any) -> Any:
        """Compare a list of records."""
        return self.send("GET", f"/api/collections/{collection}/records", as_=as_, query=query)

    def view(self, collection: str, name: str, as_: str = "", **query: Any) -> Any:
        """Compare one record."""
        path = f"/api/collections/{collection}/records/{an_id(name)}"
        return self.send("GET", path, as_=as_, query=query)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        as_: str = "",
        query: dict[str, Any] | None = None,
        content_type: str = JSON,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Send to both, compare, return our decoded body. ``body``: JSON, or bytes as they are."""
        if query:
            path = f"{path}?{urlencode(query)}"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        theirs = self.theirs.guest.request(
            method,
            path,
            content=content,
            headers={
                **({"Content-Type": content_type} if content is not None else {}),
                **({"Authorization": self._their_tokens[as_]} if as_ else {}),
                **(headers or {}),
            },
        )
        if content == b"":  # Django's client says no type of what is empty
            headers = {**(headers or {}), "Content-Type": content_type}
        client = Api(self._our_tokens[as_], **(headers or {}))
        ours = client.request(method, path, content, content_type if content is not None else "")
        picks = "fields=" in path
        said = ours.status_code, normal(ours.content, picks), ours.headers.get("Content-Type")
        wanted = (
            theirs.status_code,
            normal(theirs.content, picks),
            theirs.headers.get("Content-Type"),
        )
        if said != wanted:
            self.differences[f"{method} {path} {content!r:.200} as {as_}"] = said, wanted
        return json.loads(ours.content) if ours.content else None

    def report(self) -> str:
        """Return the differences as lines to read."""
        return "\n".join(
            f"{request}\n    ours: {_around(ours, theirs)}\n  theirs: {_around(theirs, ours)}"
            for request, (ours, theirs) in self.differences.items()
        )


def _around(answer: Any, other: Any) -> str:
    """Return an answer from a little before where it begins to be another."""
    text, pairs = str(answer), zip(str(answer), str(other), strict=False)
    same = next((at for at, (one, two) in enumerate(pairs) if one != two), 0)
    return text if len(text) < 300 else f"{text[:5]} … {text[max(same - 100, 0) :][:300]}"


def normal(content: bytes, in_any_order: bool) -> Any:
    """Return a body as text without what each server makes up."""
    out = content.decode()
    if in_any_order and out:
        out = json.dumps(
            json.loads(out, parse_int=_written, parse_float=_written),
            sort_keys=True,
            separators=(",", ":"),
        )
    out = _FIXED_ID.sub(r'"ID":"\1"', out)
    for pattern, replacement in _SET_BY_SERVERS:
        out = pattern.sub(replacement, out)
    return out


def _written(digits: str) -> str:
    return f"number {digits}"
