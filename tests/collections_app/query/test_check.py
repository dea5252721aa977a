"""Which rules may be saved, and what the error says."""

from __future__ import annotations

import pytest

from collections_app.query.check import check_rule
from collections_app.query.errors import FilterError
from tests.collections_app.query.world import POSTS, definition

FINE = [
    None,
    "",
    "title = 'x' // why",
    "@request.auth.anything = 1",
    "@request.body.anything != ''",
    "@request.auth.id:isset = true",
    "@request.body.title:changed = true",
    "hid = 'x' && lock.secret != '' && owner.email ~ 'x'",
    "title ~ @request.body.selm:each",
    "comments_via_post.text ?= 'x'",
]
REFUSED = [
    ("nope = 1", 'invalid left operand "nope" - unknown field "nope"'),
    ("1 = nope", 'invalid right operand "nope" - unknown field "nope"'),
    ("title = 1 && nope:x = 1", 'invalid left operand "nope:x" - unknown modifier in "nope:x"'),
    ("@now.x = 1", 'invalid left operand "@now.x" - failed to resolve field "@now.x"'),
    ("null:lower = 1", 'invalid left operand "null:lower" - unknown field "null"'),
    ("lower(title) = 1", 'invalid left operand "lower" - unknown function "lower"'),
    ("@x(1) = 1", 'invalid left operand "@x" - unknown function "@x"'),
    (
        "@collection.x.y = 1",
        'invalid left operand "@collection.x.y" - failed to load collection "x" from field path'
        ' "@collection.x.y"',
    ),
    (
        "geoDistance(1,2,3) = 1",
        'invalid left operand "geoDistance" - [geoDistance] expected 4 arguments, got 3',
    ),
    (
        "geoDistance('a',1,2,3) = 1",
        'invalid left operand "geoDistance" - [geoDistance] argument 0 must be an identifier or'
        " number",
    ),
    (
        "geoDistance(1,2,3,nope) = 1",
        'invalid left operand "geoDistance" - [geoDistance] failed to resolve argument 3: unknown'
        ' field "nope"',
    ),
    (
        "strftime() = 1",
        'invalid left operand "strftime" - [strftime] expected at least 1 arguments, got 0',
    ),
    (
        "strftime(title) = 1",
        'invalid left operand "strftime" - [strftime] expects the first argument to be a format'
        " string",
    ),
    (
        "strftime('%Y',strftime('%Y')) = 1",
        'invalid left operand "strftime" - [strftime] expects the second argument to be of a valid'
        " time-value type",
    ),
    (
        "strftime('%Y',nope) = 1",
        'invalid left operand "strftime" - [strftime] failed to resolve time-value argument:'
        ' unknown field "nope"',
    ),
    (
        "strftime('%Y',d,title) = 1",
        'invalid left operand "strftime" - [strftime] invalid modifier argument 0 - can be only'
        " string",
    ),
    (
        "strftime('%Y'" + ",'1'" * 10 + ") = 1",
        'invalid left operand "strftime" - [strftime] too many arguments (max allowed 10, got 11)',
    ),
    ("&&".join(["n=1"] * 201), "max filter expressions limit reached"),
    (" ", "empty filter expression"),
]


@pytest.mark.parametrize("rule", FINE)
def test_fine(world, rule):
    check_rule(world.snapshot, world.collection("posts"), rule)


@pytest.mark.parametrize(("rule", "reason"), REFUSED)
def test_refused(world, rule, reason):
    with pytest.raises(FilterError) as error:
        check_rule(world.snapshot, world.collection("posts"), rule)
    assert error.value.reason == reason


def test_two_hundred_comparisons_are_allowed(world):
    check_rule(world.snapshot, world.collection("posts"), "&&".join(["n=1"] * 200))


def test_draft_counts_instead_of_the_stored_collection(world):
    draft = definition(POSTS, fields=world.collection("tags").fields)
    check_rule(world.snapshot, draft, "rank > 1 && @collection.posts.rank > 1")
    with pytest.raises(FilterError):
        check_rule(world.snapshot, draft, "title = ''")


def test_collection_that_is_not_stored_yet(world):
    draft = definition(POSTS, id="new", name="drafts")
    check_rule(world.snapshot, draft, "@collection.drafts.title = title")
