"""Any text either compiles or is refused, and none of it ever becomes SQL."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collections_app.query.errors import FilterError
from collections_app.query.parse import MAX_DEPTH, parse
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import FIELDS, NAMES, World, caller

WORLD = World()
ROOT = RequestInfo(auth=caller("su"), query={"q": "zzq"}, body={"selm": ["zzq"], "title": "zzq"})
INFOS = [None, RequestInfo(), RequestInfo(auth=caller("u1"), body={"title": "zzq"}), ROOT]

_SIGNS = ["=", "!=", "~", "!~", ">", "<=", "?=", "?!~"]
_PATHS = [
    "title",
    "n",
    "tag1.name",
    "tagm.rank",
    "comments_via_posts.text",
    "j.a.b",
    "selm:each",
    "selm:length",
    "title:lower",
    "cat.owner.email",
    "@request.query.q",
    "@request.body.title:changed",
    "@request.auth.friend.name",
    "@collection.tags:zzq.name",
    "@collection.tags:zzq.id",
    "geoDistance(g.lon,1,n,2)",
    "strftime('zzq%Y',d,'zzq')",
]
_LITERALS = ["'zzq'", '"zzq%"', "''", "-98765.4321", "null", "true", "@now", "'zz\\'q'"]
_OPERANDS = st.sampled_from(_PATHS + _LITERALS)
_LEAVES = st.tuples(_OPERANDS, st.sampled_from(_SIGNS), _OPERANDS).map(" ".join)
FILTERS = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)
_WORDS = st.sampled_from(
    [*_PATHS, *_LITERALS, *_SIGNS, "&&", "||", "(", ")", " ", "//", "\n", ".", ":", "@", ",", "\\"]
)
NONSENSE = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=12).map("".join))

#: everything that may stand in SQL: our own words, the schema's names, aliases and marks
_NAMES = {"id", "email", "emailVisibility", "verified", "tokenKey", "password", *NAMES.values()} | {
    field["name"] for fields in FIELDS.values() for field in fields
}
_OURS = re.compile(
    r"""\s+|"(?:\#\d+|\w+)"|[().,=<>*+-]|\|\||\?|'(?:|%|pb|array|\[\]|\\)'|\d+
    | LEFT|JOIN|AS|ON|IN|SELECT|FROM|WHERE|NOT|EXISTS|AND|OR|IS|NULL|LIKE|ESCAPE|CASE|WHEN|THEN
    | ELSE|END|COALESCE|LOWER|TRUE|FALSE|json_each|json_valid|json_type|json_array_length
    | json_array|json_extract|json_object|iif|value|acos|cos|sin|radians|min|max|strftime
    | instr|COUNT|MIN|GLOB|LIMIT|id|'\#'|'\*\[\^0-9A-Za-z_-\]\*'""",
    re.VERBOSE,
)


def compiled(filter: str, info: RequestInfo | None, *, is_list: bool = False):
    try:
        return WORLD.selection(filter, info=info, is_list=is_list)
    except FilterError:
        return None


@given(NONSENSE)
@example("'" * 3)
@example("a='\\")
@example("\0")
@example("((((")
@settings(max_examples=300)
def test_any_text_is_read_or_refused(source):
    for info in INFOS:
        compiled(source, info)


@given(FILTERS)
@settings(max_examples=300)
def test_what_compiles_runs(filter):
    for info in INFOS:
        selection = compiled(filter, info, is_list=True)
        if selection is not None:
            WORLD.rows(selection)


@given(FILTERS)
@settings(max_examples=300)
def test_no_text_of_a_client_becomes_sql(filter):
    made = [compiled(filter, info) for info in INFOS]
    for selection in (*made, compiled(filter, None, is_list=True)):
        if selection is None:
            continue
        for part in (selection.joins, selection.where):
            assert "zzq" not in part.text
            assert _OURS.sub("", part.text) == ""
            names = set(re.findall(r'"(\w+)"', part.text))
            assert names <= _NAMES
            assert part.text.count("?") == len(part.params)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_quoted_text_is_a_value(value):
    value = value.replace("\0", "")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    selection = WORLD.selection(f"title = '{escaped}' || title ?= \"{value.encode().hex()}\"")
    assert selection.where.params[: bool(value)] == ((value,) if value else ())


@given(FILTERS)
@settings(max_examples=200)
def test_shape_stands_for_the_whole_statement(filter):
    """What the cache gives for another text of the same shape is what compiling it would give."""
    fresh = WORLD.changed()
    other = filter.replace("zzq", "other").replace("-98765.4321", "7")
    WORLD.selection(filter)
    assert WORLD.selection(other) == fresh.selection(other) or "@now" in other


@pytest.mark.parametrize("depth", [1, 50, 900])
def test_nesting_does_not_exhaust_the_stack(depth):
    assert WORLD.ids("(" * depth + "n=1" + ")" * depth, info=RequestInfo()) == "p1"


@pytest.mark.parametrize(
    "leaf",
    [
        "tagm.meta.a:lower != strftime('%Y',tagm.meta.a,'+1 day')",
        "geoDistance(tagm.meta.a,tagm.meta.a,1,2) != comments_via_posts.posts:length",
    ],
)
@pytest.mark.parametrize(
    "around", ["{leaf} || {leaf} && ({inner})", "({inner}) && {leaf} || {leaf}"]
)
def test_deepest_brackets_that_are_read_can_run(leaf, around):
    filter = f"{leaf} || {leaf}"
    for _ in range(MAX_DEPTH - 1):
        filter = around.format(leaf=leaf, inner=filter)
    WORLD.ids(filter)


def test_order_of_deep_brackets_does_not_change_what_is_meant():
    inner = "n = 1 || n = 0"
    for _ in range(6):
        inner = f"n = 10 || b = true && ({inner})"
    assert parse(inner).depth == 7
    assert WORLD.ids(inner) == "p1 p4"
