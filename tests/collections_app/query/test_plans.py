"""SQLite's plans for the queries of the benchmark: what has an index is not scanned.

SQLite plans without looking at the data, so that empty tables tell as much as full ones.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.db import connection

from collections_app.query.select import select
from collections_app.records import rows
from collections_app.schema import snapshot as snapshots
from collections_app.schema.lookup import find
from collections_app.schema_edit import service
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import Caller

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench"))

from pbbench import seed


@pytest.fixture
def bench(db):
    """The collections of the benchmark."""
    service.update(find("users"), {"listRule": "", "viewRule": ""})
    ids = {"users": find("users").id}
    for make in seed.collections(ids):
        data = make()
        ids[data["name"]] = service.create(data).id


def plan(name: str, filter: str = "", sort: str = "-at", *, total: bool = False, **asked) -> str:
    """Return the steps of a list's plan, or of its count's, one a line."""
    collection = find(name)
    selection = select(
        snapshots.current(),
        collection,
        asked.pop("info", RequestInfo()),
        filter=filter,
        sort="" if total else sort,
        is_list=True,
        **asked,
    )
    joins, where, order, distinct = selection
    table = f'"{collection.table}"'
    text = f"FROM {table} {joins.text}" + (f" WHERE {where.text}" if where.text else "")
    if total:
        text = f"SELECT COUNT(DISTINCT {table}.id) {text}"
    else:
        start = rows.selected(collection).partition(" FROM ")[0]
        start = start.replace("SELECT", "SELECT DISTINCT") if distinct else start
        text = f"{start} {text} ORDER BY {order.text} LIMIT 30"
    params = (*joins.params, *where.params, *(() if total else order.params))
    steps = connection.connection.execute(f"EXPLAIN QUERY PLAN {text}", params)
    return "\n".join(step[3] for step in steps)


def test_filter_and_sort(bench):
    steps = plan("messages", "channel = 'x' && at >= '2020-01-01 06:00:00.000Z'")
    assert steps == "SEARCH messages USING INDEX idx_messages_channel_at (channel=? AND at>?)"


def test_filter_along_a_relation(bench):
    scan, search = plan("messages", "channel.title ~ 'alpha'").splitlines()
    assert scan == "SCAN messages USING INDEX idx_messages_at"  # in the order that is asked for
    assert search.startswith("SEARCH #1 USING INDEX sqlite_autoindex_channels_1 (id=?)")


def test_back_relation(bench):
    steps = plan("products", "orders_via_product.status ?= 'paid'", "sku")
    assert "SEARCH #1 USING INDEX idx_orders_status (status=?)" in steps
    assert "SEARCH products USING INDEX sqlite_autoindex_products_1 (id=?)" in steps
    steps = plan("products", "orders_via_product.status != 'paid'", "sku")
    assert "SCAN products USING INDEX idx_products_sku" in steps
    assert steps.count("USING INDEX idx_orders_product (product=?)") == 2
    assert "AUTOMATIC" not in steps


def test_rule_about_the_caller(bench, make_user):
    steps = plan("orders", rule=seed.OWN, info=RequestInfo(auth=caller(make_user())))
    assert steps == "SEARCH orders USING INDEX idx_orders_sender_at (sender=?)"


@pytest.mark.parametrize("total", [False, True])
def test_every_one_of_several_relations(bench, total):
    steps = plan("articles", "tags.name = 'red'", total=total)
    assert "SCAN articles" in steps
    assert "USING INDEX idx_tags_name (name=?)" in steps
    assert "SEARCH #4 USING INDEX sqlite_autoindex_tags_1 (id=?)" in steps
    assert "SCAN #2" not in steps
    assert "AUTOMATIC" not in steps


@pytest.mark.parametrize("total", [False, True])
def test_rule_about_another_collection(bench, make_user, total):
    info = RequestInfo(auth=caller(make_user()))
    steps = plan("tasks", rule=seed.MEMBER, info=info, total=total)
    scan, once, search = steps.splitlines()
    assert scan == ("SCAN tasks" if total else "SCAN tasks USING INDEX idx_tasks_at")
    assert once.startswith("LIST SUBQUERY")  # not CORRELATED: the caller's channels, looked up once
    assert search == "SEARCH #1 USING COVERING INDEX idx_members_user_channel (user=?)"


def test_back_relation_under_a_rule(bench, make_user):
    """Of the orders, those that the caller may list are looked up."""
    filter = "orders_via_product.number ?= 'ORD-0000003'"
    steps = plan("products", filter, "sku", info=RequestInfo(auth=caller(make_user())))
    assert "SEARCH #1 USING INDEX idx_orders_sender_at (sender=?)" in steps
    assert "SCAN" not in steps


def caller(user) -> Caller:
    """Return the record as a request has it."""
    return Caller(user.id, user.collection_id, user.collection_name, user.values())
