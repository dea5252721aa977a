"""Reading from Python: filters with parameters, sorts, pages, counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collections_app import records
from collections_app.query import select
from collections_app.query.errors import FilterError
from collections_app.schema.lookup import UnknownCollection, find
from tests.makers import date, json_field, number, relation, text


@pytest.fixture
def orders(make_collection, make_record, make_user):
    """Four orders: Ann's of 5 and 20, Bob's of 7 and 30."""
    held = make_collection(
        "orders",
        text("note", hidden=True),
        number("total"),
        date("due"),
        json_field("meta"),
        relation("user", find("users").id, maxSelect=1),
        list_rule=None,
    )
    ann, bob = make_user(name="Ann x"), make_user("bob@example.com", name='Bob "q" \\ %')
    for note, total, user in (("a", 5, ann), ("b", 7, bob), ("c", 20, ann), ("d", 30, bob)):
        make_record(
            held,
            note=note,
            total=total,
            user=user["id"],
            due=f"2026-01-{total:02} 00:00:00.000Z",
            meta=[total, note],
        )
    return held


def notes(*args, **asked) -> str:
    return "".join(record["note"] for record in records.find("orders", *args, **asked))


def test_parameters_of_a_filter(orders):
    assert notes("total > {:min} && user.name ~ {:q}", min=10, q="x", sort="-total") == "c"
    assert notes("total > {:min} && user.name ~ {:q}", min=1, q="x", sort="-total") == "ca"


@pytest.mark.parametrize(
    ("filter", "value", "found"),
    [
        ("total = {:v}", 7, "b"),
        ("total = {:v}", 7.0, "b"),
        ("note = {:v}", "c", "c"),
        ("user.name = {:v}", 'Bob "q" \\ %', "bd"),
        ("note = {:v}", "' || 1=1 || '", ""),
        ("note = {:v} || note = 'a'", '" || "1"="1', "a"),
        ("due >= {:v}", datetime(2026, 1, 20, tzinfo=UTC), "cd"),
        ("meta = {:v}", [7, "b"], "b"),
        ("meta.5 = {:v}", None, "abcd"),
        ("{:v} = true", True, "abcd"),
    ],
)
def test_values_of_every_kind(orders, filter, value, found):
    assert notes(filter, v=value, sort="note") == found


def test_pages_and_the_first(orders):
    assert notes(sort="-total", limit=2) == "dc"
    assert notes(sort="-total", limit=2, offset=1) == "cb"
    assert records.first("orders", "total > {:n}", n=5, sort="total")["note"] == "b"
    assert records.first("orders", "total > {:n}", n=500) is None
    assert records.count("orders") == 4
    assert records.count("orders", "user.name ~ {:q}", q="ann") == 2


def test_nothing_is_hidden(orders):
    assert notes("note = 'a' && user.tokenKey != ''") == "a"
    assert notes("@collection.orders.total ?= 30 && note = {:n}", n="b") == "b"


def test_collections_by_name_id_or_definition(orders):
    for collection in ("orders", "ORDERS", orders.id, orders):
        assert records.count(collection) == 4
    with pytest.raises(UnknownCollection):
        records.find("nowhere")


@pytest.mark.parametrize(
    ("filter", "sort"), [("note = {:missing}", ""), ("nope = 1", ""), ("", "nope"), (" ", "")]
)
def test_wrong_texts(orders, filter, sort):
    with pytest.raises(FilterError):
        records.find("orders", filter, sort=sort)


def test_other_values_compile_nothing(orders, monkeypatch):
    assert notes("total > {:n} && user.name ~ {:q}", n=1, q="ann", sort="note") == "ac"
    for step in ("compile_plan", "parse", "condition"):
        monkeypatch.setattr(select, step, None)
    assert notes("total > {:n} && user.name ~ {:q}", n=6, q="bob", sort="note") == "bd"
