"""What is told without the database is what the databases say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collections_app.query import dialects, judge
from collections_app.query.errors import FilterError
from collections_app.query.select import NEW_ROW, known_of, select
from core_app.request_info import RequestInfo
from tests.collections_app.query import things as made_up_things
from tests.collections_app.query.test_safety import FILTERS
from tests.collections_app.query.world import caller, key

ANN = RequestInfo(auth=caller("u1"), context="realtime", query={"n": "1", "t": "alpha", "e": ""})
INFOS = [RequestInfo(), RequestInfo(auth=caller("u2")), ANN]

_OPERANDS = [
    "id", "title", "n", "b", "d", "sel1", "owner", "self", "hid", "selm", "j", "title:lower",
    "owner.name", "tagm.rank", "comments_via_posts.text", "'alpha'", "''", "'a'", "1", "0", "-2.5",
    "true", "false", "null", "@now", "@request.auth.id", "@request.auth.verified",
    "@request.auth.email", "@request.auth.name", "@request.query.t", "@request.query.n",
    "@request.query.e", "@request.query.none", "@request.context", "@request.query.t:isset",
    f"'{key('u1')}'", "'\\0'", "@request.body.title",
]  # fmt: skip
_SIGNS = ["=", "!=", "<", "<=", ">", ">=", "~", "!~", "?=", "?!=", "?<"]
_LEAVES = st.tuples(
    st.sampled_from(_OPERANDS), st.sampled_from(_SIGNS), st.sampled_from(_OPERANDS)
).map(" ".join)
RULES = st.recursive(
    st.one_of(_LEAVES, _LEAVES, FILTERS),
    lambda inner: st.lists(st.tuples(st.sampled_from(["&&", "||"]), inner), min_size=2, max_size=4)
    .map(lambda parts: "(" + " ".join(" ".join(part) for part in parts)[3:] + ")"),
    max_leaves=8,
)  # fmt: skip
QUICK = settings(max_examples=120)


def stored(world, collection):
    """Return the stored values of each record, by id."""
    found = {}
    for record in world.records_of(collection):
        values = {**record, "id": key(record["id"])}
        found[values["id"]] = {
            field.name: field.to_stored(
                field.prepare(values[field.name]) if field.name in values else field.zero()
            )
            for field in collection.fields
        }
    return found


def passes_as_values(world, collection, rule, info, values):
    """Whether a row of values passes, as SQLite says."""
    joins, where, _, _ = select(
        world.snapshot, collection, info, rule=rule, new_row=NEW_ROW, was_stored=True
    )
    dialect = dialects.of("sqlite")
    table = dialect.quote_name(NEW_ROW)
    text = judge.values_row(dialect, table, collection, collection.columns)
    text += f" SELECT 1 FROM {table} {joins.text} WHERE {where.text} LIMIT 1"
    params = (*values.values(), *joins.params, *where.params)
    return world.database.execute(text, params).fetchone() is not None


def agree(world, name, rule, info):
    """Check every record; return how many answers were known."""
    collection = world.collection(name)
    try:
        says, needs = known_of(world.snapshot, collection, info, rule)
        passing = set(world.rows(world.selection("", collection=name, rule=rule, info=info), name))
    except FilterError:
        return 0
    count = 0
    for id_, values in stored(world, collection).items():
        answer = says(values)
        if answer is not None:
            count += 1
            assert answer is (id_ in passing), (rule, values)
        if needs is not None and values[needs[0]] != needs[1]:
            assert answer is False
            assert id_ not in passing
        if says({}) is not None:
            assert says({}) is answer
    return count


@given(RULES, st.sampled_from(INFOS))
@QUICK
def test_rules(any_world, rule, info):
    agree(any_world, "posts", rule, info)


@given(RULES, st.sampled_from(INFOS))
@QUICK
def test_rows_of_values(world, rule, info):
    collection = world.collection("posts")
    try:
        says = known_of(world.snapshot, collection, info, rule).says
    except FilterError:
        return
    for values in stored(world, collection).values():
        answer = says(values)
        if answer is not None:
            assert answer is passes_as_values(world, collection, rule, info, values), rule


@pytest.mark.parametrize(
    "fixture", ["things", pytest.param("postgres_things", marks=pytest.mark.postgres)]
)
def test_values(fixture, request):
    world, source = request.getfixturevalue(fixture), random.Random(11)
    known = 0
    for _ in range(600):
        left = source.choice(["t", "u", "n", "m", "b", "d", "s", made_up_things.literal(source)])
        right = source.choice(["t", "u", "n", "m", "b", "d", "s", made_up_things.literal(source)])
        rule = f"{left} {source.choice(made_up_things.SIGNS)} {right}"
        known += bool(agree(world, "things", rule, RequestInfo()))
    assert known > 100


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        ("owner = @request.auth.id", 5),
        ("@request.auth.id != '' && owner = @request.auth.id", 5),
        ("title = 'alpha' || n > 5 || b = true", 5),
        ("@request.context = 'realtime' && sel1 != ''", 5),
        ("@request.query.t = title", 5),
        # the database is asked only about those that the rest of the rule leaves
        ("owner = @request.auth.id && owner.name = 'Ann'", 3),
        ("owner = @request.auth.id || title ~ 'a'", 2),
        ("title:lower = 'alpha'", 0),
        ("d < @now", 0),
        ("title < 'b'", 0),
        ("@request.auth.name = 'Ann'", 0),
        ("n = ''", 0),
        ("selm = 'a'", 0),
    ],
)
def test_how_much_is_known(rule, known, any_world):
    assert agree(any_world, "posts", rule, ANN) == known


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        ("owner = @request.auth.id", ("owner", key("u1"))),
        ("@request.auth.id = owner && title ~ 'x'", ("owner", key("u1"))),
        ("(@request.auth.id != '' && (n = 1 && owner = @request.auth.id))", ("owner", key("u1"))),
        ("owner = @request.auth.id || n = 1", None),
        ("(n = 1 || owner = @request.auth.id) && b = true", None),
        ("owner != @request.auth.id", None),
        ("owner ~ @request.auth.id", None),
        ("owner.friend = @request.auth.id", None),
        ("title = 'alpha'", None),
        ("n = @request.query.n", None),
    ],
)
def test_what_a_row_needs(rule, needs, world):
    assert known_of(world.snapshot, world.collection("posts"), ANN, rule).needs == needs


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_database_takes_stays_open(text, world):
    info = RequestInfo(query={"t": text})
    for rule in (
        "title = @request.query.t",
        "title != @request.query.t",
        "n=1||hid=@request.query.t",
    ):
        says, needs = known_of(world.snapshot, world.collection("posts"), info, rule)
        assert (says({"title": "a", "n": 2, "hid": ""}), needs) == (None, None)
