"""Every rule and filter that the page about them shows is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collections_app.fields import base as field_types
from collections_app.query.check import check_rule
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from tests.makers import (
    boolean,
    date,
    file,
    geo_point,
    json_field,
    number,
    relation,
    select,
    text,
)

PAGE = (Path(__file__).resolve().parents[2] / "docs/rules.md").read_text()
#: what the examples speak of
FIELDS = {
    "teams": [text("name"), relation("owner", "users")],
    "users": [text("name"), text("role"), relation("team", "teams")],
    "members": [relation("user", "users"), relation("team", "teams"), text("role")],
    "tags": [text("name"), number("rank")],
    "comments": [text("text"), relation("post", "posts")],
    "posts": [
        *(text("title"), text("status"), number("likes"), number("total"), boolean("done")),
        *(date("created"), date("published"), json_field("meta"), geo_point("place")),
        *(relation("owner", "users"), relation("author", "users"), relation("team", "teams")),
        relation("members", "users", maxSelect=9),
        relation("readers", "users", maxSelect=9),
        relation("tags", "tags", maxSelect=9),
        select("colours", "red", "blue", maxSelect=2),
        file("photos", maxSelect=9),
        text("field"),
    ],
}
_SIGN = re.compile(r"[^ ]+ \??(=|!=|~|!~|>=?|<=?) ")


def _examples():
    fences = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    yield from (text for language, text in fences if not language and "expression =" not in text)
    without_fences = re.sub(r"^```.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`]+)`", without_fences)
    yield from (span.replace("\n", " ") for span in spans if _SIGN.match(span))


def test_there_are_examples():
    assert len(list(_examples())) > 30


@pytest.mark.parametrize("rule", list(_examples()))
def test_example_compiles(db, rule):
    collections = [
        CollectionDef(
            id=name,
            name=name,
            type_name="auth" if name == "users" else "base",
            fields=tuple(field_types.from_json(each) for each in [text("id"), *fields]),
        )
        for name, fields in FIELDS.items()
    ]
    held = Snapshot(1, collections)
    check_rule(held, held.by_id["posts"], rule)
