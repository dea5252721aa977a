"""Match-all and match-any, by the reference's own table.

P1 has the tags red and Green, P2 red, P3 red and blue, P4 and P5 none.
"""

from __future__ import annotations

import pytest

ROWS = [
    ("tagm.name = 'red'", "p2"),
    ("tagm.name ?= 'red'", "p1 p2 p3"),
    ("tagm.name != 'red'", "p4 p5"),
    ("tagm.name ?!= 'red'", "p1 p3 p4 p5"),
    ("tagm.name = ''", "p4 p5"),
    ("tagm.name != ''", "p1 p2 p3"),
    ("tagm.name !~ 'zz'", "p1 p2 p3"),
    ("tagm.rank > 1", ""),
    ("tagm.rank ?> 1", "p1 p3"),
    ("tagm.id = 't1'", "p2"),
    ("tagm:each ?= 't1'", "p1 p2 p3"),
    ("tagm.name = tagm.name", "p2 p4 p5"),
    ("tagm.name ?= tagm.name", "p1 p2 p3 p4 p5"),
    ("'red' = tagm.name", "p2"),
    ("tagm.meta.a.b != 'x'", "p1 p2 p3 p4 p5"),
    ("tagm.meta.a.b = 1", "p2"),
    ("tagm.parent.name = 'Green'", "p3"),
    ("tagm.parent.name ?= 'Green'", "p3"),
    ("tagm.name:lower ?= 'green'", "p1"),
    ("comments_via_post.id = ''", "p3 p4 p5"),
    ("comments_via_post.id ?!= ''", "p1 p2"),
    ("comments_via_post.stars >= 1", "p1 p2"),
    ("comments_via_post.stars > 1", "p2"),
    ("comments_via_posts.text ?= ''", "p1 p4 p5"),
    ("comments_via_posts.text = ''", "p4 p5"),
    ("notes_via_post.name = 'only'", "p1"),
    ("@collection.tags.name = 'red'", ""),
    ("@collection.tags.name ?= 'red'", "p1 p2 p3 p4 p5"),
    ("@collection.tags.rank <= 3", "p1 p2 p3 p4 p5"),
    ("selm:each = 'a'", "p2"),
    ("selm:each ?= 'a'", "p1 p2 p4"),
    ("selm:each != 'c'", "p1 p2 p3 p5"),
    ("selm:each = ''", "p3"),
    ("sel1:each = 'a'", "p1"),
    ("strftime('%Y', tag1.name) = ''", "p1 p2 p3 p4 p5"),
    ("strftime('%Y', comments_via_post.stars) = '-4713'", "p1 p2"),
    ("cat.tags.name ?= 'red'", "p1 p4"),
    ("cat.tags.name = 'blue'", "p2"),
    ("self.tagm.name ?= 'Green'", "p2"),
    ("self.comments_via_post.text ?= 'second'", "p2"),
    ("tagm ~ tagm.id", "p1 p2 p3"),
    ("tagm.posts_via_tag1.title ?= 'alpha'", "p1 p2 p3"),
]


@pytest.mark.parametrize(("filter", "ids"), ROWS)
def test_rows(any_world, filter, ids):
    filter = filter.replace("'t1'", "'t10000000000000'")
    assert any_world.ids(filter) == ids


SHARED = [
    ("tagm.name ?= 'red' && tagm.name ?= 'blue'", ""),
    ("tagm.name ?= 'red' && tagm.rank ?= 1", "p1 p2 p3"),
    ("tagm.name ?= 'red' && tagm.rank ?= 2", ""),
    ("tagm:each ?= 't10000000000000' && tagm.name ?= 'blue'", ""),
    ("tagm ~ 't1' && tagm ~ 't3'", "p3"),
    (
        "tagm ?~ @collection.tags:a.id && @collection.tags:a.name ?= 'red' &&"
        " tagm ?~ @collection.tags:b.id && @collection.tags:b.name ?= 'blue'",
        "p3",
    ),
    # by name and by id are two rows
    ("comments_via_post.text ?= 'first' && comments_via_post.stars ?= 1", ""),
    ("comments_via_post.text ?= 'first' && pbc_comments000_via_post.stars ?= 1", "p1"),
]


@pytest.mark.parametrize(("filter", "ids"), SHARED)
def test_conditions_on_one_path_share_its_rows(any_world, filter, ids):
    assert any_world.ids(filter) == ids


def test_rule_and_filter_share_rows(any_world):
    assert any_world.ids("tagm.name ?= 'Green'", rule="tagm.name ?= 'red'") == ""
    assert any_world.ids("tagm.rank ?= 1", rule="tagm.name ?= 'red'") == "p1 p2 p3"


def test_copies_are_shared_with_nothing(any_world):
    assert any_world.ids("tagm.name != 'blue' && tagm.name ?= 'red'") == "p1 p2"


#: one alias for two collections: the later one counts, also where it was read before
NAMESAKES = [
    ("@collection.tags:a.name ?= 'red' && @collection.people:a.name ?= 'Ann'", ""),
    ("@collection.tags:a.name ?= 'Ann' && @collection.people:a.name ?= 'Ann'", "p1 p2 p3 p4 p5"),
    ("@collection.tags:a.name ?= 'red' && @collection.people:a.name != 'Ann'", ""),
    ("@collection.tags:a.name ?~ 'n' && @collection.notes:a.name ?!= 'x'", "p1 p2 p3 p4 p5"),
    ("@collection.tags:a.name != 'Ann' && @collection.people:a.name ?= 'Ann'", ""),
    ("@collection.cats:a.title ?= title || @collection.posts:a.title ?= 'x'", "p1 p2 p3 p4 p5"),
    ("@collection.posts:a.title ?= @collection.cats:a.title", "p1 p2 p3 p4 p5"),
    (
        "@collection.tags:a.name ?= 'red' && @collection.people:a.name ?!= 'x'"
        " && @collection.tags:a.name ?= 'red'",
        "p1 p2 p3 p4 p5",
    ),
]


@pytest.mark.parametrize(("filter", "ids"), NAMESAKES)
def test_one_alias_for_two_collections(any_world, filter, ids):
    assert any_world.ids(filter) == ids


def test_names_that_differ_in_case_alone_are_refused(any_world):
    from collections_app.query.errors import FilterError

    with pytest.raises(FilterError):
        any_world.ids("@collection.tags:a.name ?= 'red' && @collection.cats:A.title ?= 'x'")
    with pytest.raises(FilterError):
        any_world.ids("COMMENTS_via_post.text ?= 'first' && comments_via_post.stars ?= 5")


def test_sql(world):
    where = world.selection("tagm.name = 'red'").where
    assert where.text == (
        '(instr("posts"."tagm", (SELECT CASE WHEN COUNT(*) = 0 THEN \'#\' WHEN COUNT(*) = 1'
        " AND MIN(id) NOT GLOB '*[^0-9A-Za-z_-]*' THEN MIN(id) ELSE '' END FROM"
        ' (SELECT "#5"."id" AS id FROM "tags" AS "#5" WHERE "#5"."name" = ? LIMIT 2))) > 0 AND'
        ' ("#2"."name" = ? AND NOT EXISTS (SELECT 1 FROM (SELECT 1)'
        ' LEFT JOIN json_each(CASE WHEN iif(json_valid("posts"."tagm"), json_type("posts".'
        '"tagm") = \'array\', 0) THEN "posts"."tagm" ELSE json_array("posts"."tagm") END)'
        ' AS "#3" LEFT JOIN "tags" AS "#4" ON "#4"."id" = "#3".value'
        ' WHERE NOT ("#4"."name" = ?))))'
    )
    assert where.params == ("red", "red", "red")
