"""The collections and records that query tests look at, in a SQLite database of their own.

``posts`` is the reference's example: P1 has the tags red and Green, P2 red, P3 red and blue,
P4 and P5 none. Ids are padded to 15 characters; tests name records by the start (``p1``).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from collections_app.fields import base as field_types
from collections_app.query.compile import Selection
from collections_app.query.select import select
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import RequestInfo
from tests.makers import (
    boolean,
    date,
    email,
    geo_point,
    json_field,
    number,
    relation,
    text,
)
from tests.makers import select as choice

USERS, TAGS, CATS, LOCK, POSTS, COMMENTS, UNIQ, DIGEST = (
    f"pbc_{name}".ljust(15, "0")
    for name in ("users", "tags", "cats", "lock", "posts", "comments", "uniq", "digest")
)
NAMES = {
    USERS: "people",
    TAGS: "tags",
    CATS: "cats",
    LOCK: "locked",
    POSTS: "posts",
    COMMENTS: "comments",
    UNIQ: "notes",
    DIGEST: "digest",
}
FIELDS: dict[str, list[dict[str, Any]]] = {
    USERS: [
        text("name"),
        choice("role", "admin", "editor", maxSelect=1),
        relation("friend", USERS, maxSelect=1),
        relation("fav", POSTS, maxSelect=5),
    ],
    TAGS: [text("name"), number("rank"), json_field("meta"), relation("parent", TAGS, maxSelect=1)],
    CATS: [
        text("title"),
        relation("tags", TAGS, maxSelect=5),
        relation("owner", USERS, maxSelect=1),
        geo_point("geo"),
    ],
    LOCK: [text("secret")],
    POSTS: [
        text("title"),
        number("n"),
        boolean("b"),
        date("d"),
        choice("sel1", "a", "b", "c", maxSelect=1),
        choice("selm", "a", "b", "c", maxSelect=3),
        relation("tag1", TAGS, maxSelect=1),
        relation("tagm", TAGS, maxSelect=5),
        relation("cat", CATS, maxSelect=1),
        relation("owner", USERS, maxSelect=1),
        relation("self", POSTS, maxSelect=1),
        relation("lock", LOCK, maxSelect=1),
        json_field("j"),
        geo_point("g"),
        text("hid", hidden=True),
        relation("hrel", TAGS, maxSelect=1, hidden=True),
    ],
    COMMENTS: [
        text("text"),
        number("stars"),
        relation("post", POSTS, maxSelect=1),
        relation("posts", POSTS, maxSelect=5),
        relation("hpost", POSTS, maxSelect=1, hidden=True),
    ],
    UNIQ: [text("name"), relation("post", POSTS, maxSelect=1)],
    DIGEST: [text("title"), json_field("total")],
}
RULES = {CATS: "title != 'private'", LOCK: None}
INDEXES = {UNIQ: ["CREATE UNIQUE INDEX `idx_notes_post` ON `notes` (`post`)"]}
VIEW_QUERY = (
    "SELECT p.id, p.title, MAX(c.stars) AS total"
    " FROM posts p LEFT JOIN comments c ON c.post = p.id GROUP BY p.id"
)
_AUTH_FIELDS = [
    {"type": "password", "name": "password", "hidden": True},
    text("tokenKey", hidden=True),
    email("email"),
    boolean("emailVisibility"),
    boolean("verified"),
]


def key(name: str) -> str:
    """Return the full id of a record."""
    return name.ljust(15, "0") if name else ""


def keys(*names: str) -> list[str]:
    return [key(name) for name in names]


RECORDS: dict[str, list[dict[str, Any]]] = {
    TAGS: [
        {"id": "t1", "name": "red", "rank": 1, "meta": {"a": {"b": 1}, "s": "x"}, "parent": ""},
        {"id": "t2", "name": "Green", "rank": 2, "meta": {"a": {"b": "1"}}, "parent": key("t1")},
        {"id": "t3", "name": "blue", "rank": 3, "meta": None, "parent": key("t2")},
        {"id": "t4", "name": "", "rank": -1.5, "meta": [1, 2], "parent": ""},
    ],
    USERS: [
        {
            "id": "u1",
            "name": "Ann",
            "role": "admin",
            "email": "ann@example.com",
            "emailVisibility": True,
            "verified": True,
            "friend": "",
            "fav": keys("p1", "p2"),
        },
        {
            "id": "u2",
            "name": "Bob",
            "role": "editor",
            "email": "bob@example.com",
            "emailVisibility": False,
            "verified": False,
            "friend": key("u1"),
            "fav": [],
        },
    ],
    CATS: [
        {
            "id": "c1",
            "title": "Cat A",
            "tags": keys("t1", "t2"),
            "owner": key("u1"),
            "geo": {"lon": 23.3, "lat": 42.7},
        },
        {
            "id": "c2",
            "title": "private",
            "tags": keys("t3"),
            "owner": key("u2"),
            "geo": {"lon": 0, "lat": 0},
        },
    ],
    LOCK: [{"id": "k1", "secret": "s1"}],
    POSTS: [
        {
            "id": "p1",
            "title": "alpha",
            "n": 1,
            "b": True,
            "d": "2024-01-02 03:04:05.678Z",
            "sel1": "a",
            "selm": ["a", "b"],
            "tag1": key("t1"),
            "tagm": keys("t1", "t2"),
            "cat": key("c1"),
            "owner": key("u1"),
            "self": "",
            "lock": "",
            "j": {"k": "v", "n": 5, "arr": [1, 2], "t": True},
            "g": {"lon": 23.3, "lat": 42.7},
            "hid": "h1",
            "hrel": key("t1"),
        },
        {
            "id": "p2",
            "title": "Alphabet",
            "n": 0,
            "b": False,
            "d": "",
            "sel1": "b",
            "selm": ["a"],
            "tag1": key("t2"),
            "tagm": keys("t1"),
            "cat": key("c2"),
            "owner": key("u2"),
            "self": key("p1"),
            "lock": key("k1"),
            "j": "plain",
            "g": {"lon": 0, "lat": 0},
            "hid": "",
            "hrel": "",
        },
        {
            "id": "p3",
            "title": "50% off a_5",
            "n": -2.5,
            "b": True,
            "d": "2020-02-29 00:00:00.000Z",
            "sel1": "",
            "selm": [],
            "tag1": "",
            "tagm": keys("t1", "t3"),
            "cat": "",
            "owner": "",
            "self": key("p2"),
            "lock": "",
            "j": 12,
            "g": {"lon": -0.12, "lat": 51.5},
            "hid": "h1",
            "hrel": key("t2"),
        },
        {
            "id": "p4",
            "title": "",
            "n": 10,
            "b": False,
            "d": "2090-05-06 07:08:09.100Z",
            "sel1": "c",
            "selm": ["c", "b", "a"],
            "tag1": key("t4"),
            "tagm": [],
            "cat": key("c1"),
            "owner": key("u1"),
            "self": key("p3"),
            "lock": "",
            "j": None,
            "g": {"lon": 180, "lat": -90},
            "hid": "",
            "hrel": "",
        },
        {
            "id": "p5",
            "title": "ünïcödé 'q' \\ 1.0",
            "n": 100,
            "b": False,
            "d": "",
            "sel1": "",
            "selm": ["b"],
            "tag1": "",
            "tagm": [],
            "cat": "",
            "owner": key("u2"),
            "self": "",
            "lock": "",
            "j": [1, 2, 3],
            "g": {"lon": 0, "lat": 0},
            "hid": "",
            "hrel": "",
        },
    ],
    COMMENTS: [
        {
            "id": "m1",
            "text": "first",
            "stars": 5,
            "post": key("p1"),
            "posts": keys("p1", "p2"),
            "hpost": "",
        },
        {
            "id": "m2",
            "text": "second",
            "stars": 1,
            "post": key("p1"),
            "posts": keys("p3"),
            "hpost": key("p1"),
        },
        {"id": "m3", "text": "third", "stars": 3.5, "post": key("p2"), "posts": [], "hpost": ""},
        {"id": "m4", "text": "", "stars": 0, "post": "", "posts": keys("p1", "p5"), "hpost": ""},
    ],
    UNIQ: [
        {"id": "n1", "name": "only", "post": key("p1")},
        {"id": "n2", "name": "other", "post": key("p3")},
    ],
}


@dataclass(frozen=True)
class Caller:
    """A signed-in record as rules see it."""

    id: str
    collection_id: str
    collection_name: str
    values: dict[str, Any]
    is_superuser: bool = False

    def get(self, name: str) -> Any:
        return self.values.get(name)


def caller(name: str) -> Caller:
    """Return the record ``u1`` or ``u2`` as the one who asks; ``su`` is a superuser."""
    if name == "su":
        values = {"email": "root@example.com", "emailVisibility": False, "verified": True}
        return Caller(key("su"), "pbc_3142635823", "_superusers", values, is_superuser=True)
    values = next(item for item in RECORDS[USERS] if item["id"] == name)
    return Caller(key(name), USERS, NAMES[USERS], values)


def definition(collection_id: str, **changes: Any) -> CollectionDef:
    """Return one of the collections, made without any database."""
    is_auth, is_view = collection_id == USERS, collection_id == DIGEST
    fields = [text("id"), *(_AUTH_FIELDS if is_auth else []), *FIELDS[collection_id]]
    given = {
        "id": collection_id,
        "name": NAMES[collection_id],
        "type_name": "auth" if is_auth else "view" if is_view else "base",
        "fields": tuple(field_types.from_json(field) for field in fields),
        "indexes": tuple(INDEXES.get(collection_id, ())),
        "list_rule": RULES.get(collection_id, ""),
        **changes,
    }
    return CollectionDef(**given)


class World:
    """The collections with their records."""

    def __init__(self) -> None:
        self.snapshot = Snapshot(1, [definition(each) for each in NAMES])
        self.database = sqlite3.connect(":memory:")
        for collection in self.snapshot.collections:
            if not collection.is_view:
                self._create(collection)
        self.database.execute(f"CREATE VIEW digest AS {VIEW_QUERY}")

    def collection(self, name: str) -> CollectionDef:
        found = self.snapshot.find(name)
        assert found is not None, name
        return found

    def changed(self, **rules: str | None) -> World:
        """Return the same records under other list rules, by collection name."""
        other = type(self).__new__(type(self))
        other.database = self.database
        other.snapshot = Snapshot(
            2,
            [
                definition(each.id, list_rule=rules.get(each.name, each.list_rule))
                for each in self.snapshot.collections
            ],
        )
        return other

    def selection(
        self,
        filter: str = "",
        *,
        collection: str = "posts",
        info: RequestInfo | None = None,
        rule: str = "",
        sort: str = "",
        is_list: bool = False,
    ) -> Selection:
        return select(
            self.snapshot,
            self.collection(collection),
            info,
            rule=rule,
            filter=filter,
            sort=sort,
            is_list=is_list,
        )

    def ids(self, filter: str = "", *, collection: str = "posts", **asked: Any) -> str:
        """Return the short ids of the matching records, ``"p1 p3"``, sorted unless ``sort``."""
        selection = self.selection(filter, collection=collection, is_list=True, **asked)
        found = self.rows(selection, collection)
        names = [str(row).rstrip("0") for row in found]
        return " ".join(names if asked.get("sort") else sorted(names))

    def rows(self, selection: Selection, collection: str = "posts") -> list[str]:
        """Run a selection as the read path does; return the ids."""
        joins, where, order, distinct = selection
        table = f'"{self.collection(collection).table}"'
        parts = [f"SELECT {'DISTINCT ' if distinct else ''}{table}.* FROM {table} {joins.text}"]
        parts += [f"WHERE {where.text}"] if where.text else []
        parts += [f"ORDER BY {order.text}"] if order.text else []
        cursor = self.database.execute(
            " ".join(parts), (*joins.params, *where.params, *order.params)
        )
        at = [column[0] for column in cursor.description].index("id")
        return [row[at] for row in cursor]

    def records_of(self, collection: CollectionDef) -> list[dict[str, Any]]:
        return RECORDS.get(collection.id, [])

    def _create(self, collection: CollectionDef) -> None:
        columns = ", ".join(f'"{field.name}" {_column(field)}' for field in collection.fields)
        self.database.execute(f'CREATE TABLE "{collection.table}" ({columns})')
        marks = ", ".join("?" for _ in collection.fields)
        for record in self.records_of(collection):
            values = {**record, "id": key(record["id"])}
            stored = [
                field.to_stored(field.prepare(values[field.name]))
                if field.name in values
                else field.to_stored(field.zero())
                for field in collection.fields
            ]
            self.database.execute(f'INSERT INTO "{collection.table}" VALUES ({marks})', stored)


def _column(field: field_types.FieldType) -> str:
    """Return the column as PocketBase declares it."""
    if field.type_name == "number":
        return "NUMERIC DEFAULT 0 NOT NULL"
    if field.type_name == "bool":
        return "BOOLEAN DEFAULT FALSE NOT NULL"
    if field.type_name in ("json", "geoPoint") or field.is_multiple:
        return "JSON DEFAULT NULL"
    return "TEXT PRIMARY KEY NOT NULL" if field.name == "id" else "TEXT DEFAULT '' NOT NULL"
