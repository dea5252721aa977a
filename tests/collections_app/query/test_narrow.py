"""The quick test before conditions over lists of relations changes no answer."""

from __future__ import annotations

import json

import pytest

from tests.collections_app.query.world import World, key

ODD_IDS = ['a"b', "a\\b", "<a>", "ä", "a b", "a'b", "#", "*", "a_b-C9"]


@pytest.fixture
def odd():
    """Posts o0x, o1x, … that name tags with odd ids, written with and without JSON's escapes."""
    world = World()
    for at, tag in enumerate(ODD_IDS):
        world.database.execute(
            "INSERT INTO tags (id, name, rank) VALUES (?, ?, ?)", (tag, f"odd {at}", 900 + at)
        )
        for name, text in (
            (f"o{at}x", json.dumps([tag], ensure_ascii=True).replace("<", "\\u003c")),
            (f"q{at}x", json.dumps([key("t2"), tag], ensure_ascii=False)),
            (f"r{at}x", tag),
        ):
            world.database.execute("INSERT INTO posts (id, tagm) VALUES (?, ?)", (name, text))
    return world


@pytest.mark.parametrize("at", range(len(ODD_IDS)))
def test_ids_that_json_escapes(odd, at):
    assert odd.ids(f"tagm.name ?= 'odd {at}'") == f"o{at}x q{at}x r{at}x"
    assert odd.ids(f"tagm.name = 'odd {at}'") == f"o{at}x r{at}x"
    assert odd.ids(f"tagm.rank ?= {900 + at}") == f"o{at}x q{at}x r{at}x"


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("tagm.name ?= 'none of them'", ""),
        ("tagm.name ?~ 'odd'", 3 * len(ODD_IDS)),
        ("tagm.rank ?> 2 && tagm.rank ?< 900", "p3"),
        ("'blue' ?= tagm.name", "p3"),
        ("3 ?<= tagm.rank && tagm.rank ?< 900", "p3"),
        ("tagm.name:lower ?= 'green' && n = 1", "p1"),
        ("tagm.name !~ 'e' && tagm.name ~ 'o'", 2 * len(ODD_IDS)),
        ("tagm.name = 'blue' || n = 10", "p4"),
    ],
)
def test_rows(odd, filter, found):
    ids = odd.ids(filter)
    assert (len(ids.split()) if isinstance(found, int) else ids) == found


@pytest.mark.parametrize(
    "filter",
    [
        "tagm.name != 'red'",  # true of posts without tags
        "tagm.name = ''",
        "tagm.name = title",
        "tagm.meta.a.b = 1",
        "tagm.parent.name = 'red'",
        "tag1.name = 'red'",
        "cat.tags.name = 'red'",
        "tagm.name = null",
    ],
)
def test_nothing_quick_about_others(world, filter):
    assert "instr" not in world.selection(filter).where.text


def test_related_records_are_looked_at_once(odd):
    """However many posts there are, the tags are searched once for each statement."""
    joins, where, *_ = odd.selection("tagm.name = 'blue'")
    plan = odd.database.execute(
        f"EXPLAIN QUERY PLAN SELECT posts.id FROM posts {joins.text} WHERE {where.text}",
        (*joins.params, *where.params),
    ).fetchall()
    quick = [step[3] for step in plan if step[3].startswith("SCALAR SUBQUERY")]
    assert len(quick) == 1
