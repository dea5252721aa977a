"""Filters and sorts over what views make of JSON."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.http import view_queries

pytestmark = pytest.mark.pocketbase

QUERIES = {
    "made": "select id, json_object('name', name, 'score', score, 'tags', json(tags), 'b', 2,"
    " 'a', 1) as v, json_extract(meta, '$.a') as a, json_extract(meta, '$.b') as b,"
    " json_array_length(tags) as n from customers",
    "items": "select (c.id || e.key) as id, e.key, e.value, e.type"
    " from customers c, json_each(c.meta) e",
    "grouped": "select c.id, json_group_array(json_object('t', o.total, 's', o.status)) as orders,"
    " max(o.total) as top from customers c left join Orders o on o.customer = c.id group by c.id",
    "changed": "select id, json_set(coalesce(meta, '{}'), '$.name', name) as v,"
    " (meta ->> 'a') as a, (meta -> 'b') as b, meta, tags from customers",
    "above": "select id, json_object('v', v, 'a', a) as w, a, max(a, 2) as m from made",
}

FILTERS = {
    "made": (
        "v.name = 'Ann'", "v.score > 2", "v.tags ~ 'b'", "v.tags:length > 1", "a = 1", "a > 0",
        "a = null", "a != ''", "b.c = 'x'", "b ~ 'x'", "b = ''", "n > 1", "v ~ '\"b\":2'",
        "v ~ 'Ann'", "v.a = v.b", "a = '1'", "n = '2'", "v.name:lower = 'ann'",
    ),
    "items": (
        "value = 1", "value = 'two'", "value ~ 't'", "key = 'a'", "key = 0", "key > 0",
        "type = 'integer'", "value.c = 'x'", "value > 1", "value = null", "value != null",
    ),
    "grouped": (
        "orders ~ 'open'", "orders:length > 1", "top > 9", "orders.0.t = 10", "top = null",
        "orders.0.s = 'done'", "orders ~ '{\"t\":10'", "orders = '[{\"t\":100,\"s\":\"Done\"}]'",
    ),
    "changed": (
        "v.name = 'Ann'", "a = 1", "b.c = 'x'", "meta.a = 1", "tags ?= 'b'", "meta ~ 'list'",
        "b ~ 'x'", "v.list:length > 1", "tags:length > 1", "tags:each = 'b'", "meta = ''",
    ),
    "above": ("w.v.name = 'Ann'", "w.a = 1", "a = 1", "m > 1", "w ~ 'tags'"),
}  # fmt: skip

SORTS = {
    "made": ("v", "-v", "a", "-a", "b", "n", "-n,id", "v.score", "-v.name"),
    "items": ("value,id", "-value,id", "key,id", "type,-id"),
    "grouped": ("orders", "-top", "orders.0.t,id"),
    "changed": ("v", "-meta", "b,id", "tags,id", "-a,id"),
    "above": ("w", "-a,id"),
}


def test_filters_and_sorts(both):
    for request in view_queries.requests():
        both(*request)
    for name, query in QUERIES.items():
        view = {"id": f"id{name}", "name": name, "type": "view", "viewQuery": query}
        both("POST", "/api/collections", view)
        path = f"/api/collections/{name}/records?perPage=100"
        both("GET", path)
        for filter in FILTERS[name]:
            both("GET", f"{path}&sort=id&filter={quote(filter)}")
        for sort in SORTS[name]:
            both("GET", f"{path}&sort={sort}")
