"""Collections, fields and indexes with names longer than a database keeps: PocketBase and us."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.makers import json_field, number, relation, select, text

pytestmark = pytest.mark.pocketbase

COLLECTIONS = "/api/collections"
TABLE, RENAMED, VIEW, OTHER = "t" * 90, "u" * 90, "v" * 80, "t" * 89 + "o"
#: they differ behind what is kept
TITLE, COUNT, JSON, TAGS, LINK = "f" * 80, "f" * 79 + "n", "f" * 79 + "j", "S" * 70, "l" * 70
INDEXES = [
    f"CREATE UNIQUE INDEX `{'i' * 80}1` ON `{TABLE}` (`{TITLE}`)",
    f"CREATE UNIQUE INDEX {'i' * 80}2 ON {TABLE} ({COUNT}, {TITLE})",
    f"CREATE INDEX `{'i' * 80}3` ON `{TABLE}` (lower({TITLE})) WHERE {COUNT} > 1",
]


def records(name):
    return f"{COLLECTIONS}/{name}/records"


@pytest.fixture
def collections(both):
    fields = [text(TITLE), number(COUNT), json_field(JSON), select(TAGS, "a", "b", maxSelect=2)]
    body = {"id": "idlong", "name": TABLE, "fields": fields, "indexes": INDEXES, "listRule": ""}
    both("POST", COLLECTIONS, body)
    links = [relation(LINK, "idlong"), relation(f"{LINK}s", "idlong", maxSelect=3)]
    both("POST", COLLECTIONS, {"id": "idother", "name": OTHER, "fields": links})
    for name, title, number_ in (("a", "x", 1), ("b", "x", 1), ("c", "y", 1), ("d", "Z", 2)):
        values = {TITLE: title, COUNT: number_, JSON: {"k": number_}, TAGS: ["b", "a"][:number_]}
        both("POST", records(TABLE), {"id": name * 15, **values})
    both("POST", records(OTHER), {"id": "o" * 15, LINK: "a" * 15, f"{LINK}s": ["c" * 15, "d" * 15]})


def test_records(both, collections):
    for filter in (
        f"{COUNT} > 1", f"{TITLE} ~ 'x'", f"{TITLE}:lower = 'z'", f"{JSON}.k = 1",
        f"{TAGS}:each ?= 'a'", f"{TAGS}:length = 2", f"{OTHER}_via_{LINK}.id ?= '{'o' * 15}'",
        f"@collection.{OTHER}.{LINK}s.{TITLE} ?= {TITLE}",
        f"{OTHER}_via_{LINK}s.{LINK}.{COUNT} = 1",
    ):  # fmt: skip
        both("GET", f"{records(TABLE)}?sort=-{TITLE}&filter={quote(filter)}")
    both("GET", f"{records(OTHER)}?expand={LINK},{LINK}s&sort={LINK}.{TITLE}")
    for body in ({TITLE: "x"}, {COUNT: 1, TITLE: "y"}, {f"{COUNT}+": 5}, {f"{TAGS}-": "a"}):
        both("PATCH", f"{records(TABLE)}/{'d' * 15}", body)
    both("DELETE", f"{records(TABLE)}/{'a' * 15}")
    both("GET", f"{records(OTHER)}?sort=id")


def test_views(both, collections):
    query = (
        f"select id, {TITLE}, {COUNT}, {TITLE} as {'q' * 80}, count({COUNT}) as {'z' * 70}"
        f" from {TABLE} group by id"
    )
    both("POST", COLLECTIONS, {"name": VIEW, "type": "view", "listRule": "", "viewQuery": query})
    both("GET", f"{COLLECTIONS}/{VIEW}")
    for asked in (f"sort=-{'q' * 80}", f"filter={quote('z' * 70 + ' = 1')}", f"fields={TITLE}"):
        both("GET", f"{records(VIEW)}?{asked}")
    for query in (
        f"select o.id, t.{COUNT} from {OTHER} o join `{TABLE}` t on t.id = o.{LINK}",
        f"select {TABLE}.id, {TABLE}.{TITLE} as {TITLE} from {TABLE}",
        f"select id, {TITLE}x from {TABLE}",
        f"select id from {TABLE}x",
    ):
        both("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})


def test_changes(both, collections):
    made = both("PATCH", f"{COLLECTIONS}/{TABLE}", {"name": RENAMED})
    both("GET", f"{records(RENAMED)}?sort={TITLE}")
    renamed = [{**field, "name": field["name"].replace("f", "g")} for field in made["fields"]]
    both("PATCH", f"{COLLECTIONS}/{RENAMED}", {"fields": renamed})
    both("GET", f"{records(RENAMED)}?sort=id")
    wider = [*renamed, text("g" * 80 + "x"), text("G" * 80)]
    both("PATCH", f"{COLLECTIONS}/{RENAMED}?fields=name", {"fields": wider})
    both("PATCH", f"{COLLECTIONS}/{RENAMED}?fields=name", {"fields": renamed[:2], "indexes": []})
    both("GET", f"{records(RENAMED)}?sort=id")
    same = [{"name": OTHER, "indexes": [f"CREATE INDEX `{'i' * 80}` ON x (`{LINK}`)"]}]
    both("PATCH", f"{COLLECTIONS}/{OTHER}?fields=indexes", same[0])
    both("PATCH", f"{COLLECTIONS}/{RENAMED}?fields=indexes", {"indexes": same[0]["indexes"]})
    both("DELETE", f"{COLLECTIONS}/{RENAMED}/truncate")
    for name in (RENAMED, OTHER, RENAMED):
        both("DELETE", f"{COLLECTIONS}/{name}")
