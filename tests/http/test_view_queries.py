"""Views written for SQLite show the same on every database."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.http import view_queries


@pytest.fixture
def send(root_api):
    def send(method, path, body=None):
        response = root_api.request(method, path, body)
        return response.json() if response.content else None

    for request in view_queries.requests():
        made = send(*request)
        assert "id" in made, made
    return send


@pytest.mark.parametrize("subject", view_queries.RECORDED)
def test_what_pocketbase_shows(send, subject):
    recorded = view_queries.RECORDED[subject]
    assert recorded == [view_queries.shown(send, case["query"]) for case in recorded]


def test_rows_keep_their_numbers_when_others_change(send):
    query = "select (row_number() over ()) as id, name from customers"
    before = view_queries.shown(send, query)["rows"]
    for at in (2, 0, 1):
        send(
            "PATCH", f"/api/collections/customers/records/{view_queries.customer(at)}", {"raw": ""}
        )
    assert view_queries.shown(send, query)["rows"] == before
    assert [name for _, name in before] == ["Ann", "bob", "Cid_1", "dora 50%"]


def test_what_is_rounded_is_the_binary_number(send):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's versions differ, and Python's may be an older one than PocketBase's")
    query = (
        "select id, round(total * 1.19, 2) as a, round(total * 1.005, 2) as b,"
        " printf('%.1f!', total * 0.05) as c, round(0.285, 2) as d, round(-2.5) as e from Orders"
    )
    assert [row[1:] for row in view_queries.shown(send, query)["rows"]] == [
        [11.9, 10.05, "0.5!", 0.28, -3],
        [6.54, 5.53, "0.3!", 0.28, -3],
        [8.33, 7.03, "0.4!", 0.28, -3],
        [119, 100.5, "5.0!", 0.28, -3],
        [0, 0, "0.0!", 0.28, -3],
        [3.57, 3.01, "0.2!", 0.28, -3],
    ]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("select id, name, raw from customers", [0, 1, 2, 3]),
        (
            "select c.id, c.name from customers as c left join users u on u.id = c.name",
            [0, 1, 2, 3],
        ),
        ("with x as (select 1) select customers.id from customers, x", [0, 1, 2, 3]),
        ("select c.id, count(*) as n from customers c group by c.id", [0, 1, 2, 3]),
        ("select id from customers order by name desc", [3, 1, 2, 0]),
        ("select id from customers limit 2 offset 1", [1, 2]),
    ],
)
def test_rows_come_in_the_order_of_their_table(send, query, ids):
    view = {"name": "seen", "type": "view", "viewQuery": query, "listRule": ""}
    assert "id" in send("POST", "/api/collections", view)
    above = {**view, "name": "above", "viewQuery": "select id from seen"}
    assert "id" in send("POST", "/api/collections", above)
    for at in (2, 0, 1):
        record = f"/api/collections/customers/records/{view_queries.customer(at)}"
        send("PATCH", record, {"raw": "changed"})
    wanted = [view_queries.customer(at) for at in ids]
    for name in ("seen", "above"):
        path = f"/api/collections/{name}/records"
        assert [item["id"] for item in send("GET", path)["items"]] == wanted
        pages = [send("GET", f"{path}?perPage=1&page={at + 1}") for at in range(len(ids))]
        assert [page["items"][0]["id"] for page in pages] == wanted
        kept = send("GET", f"{path}?filter=id!='{wanted[0]}'&sort=@random")["items"]
        assert {item["id"] for item in kept} == set(wanted[1:])
        assert set(send("GET", path)["items"][0]) <= {
            *("id", "name", "raw", "n", "collectionId", "collectionName")
        }


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("select id, abs(name) as n from customers", "PostgreSQL has no such function"),
        ("select id, (score + created + meta) as n from customers", "CAST(… AS REAL)"),
        (
            "with x as (select id, score as v from customers union select id, name from customers)"
            " select id, v from x",
            "write CAST(… AS TEXT)",
        ),
        ("select id, (tags + name) as n from customers where score + 1 and name", "CAST(… AS"),
    ],
)
def test_what_is_not_understood_says_what_to_write(send, query, advice):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite understands it, or says so in its own words")
    refused = view_queries.shown(send, query)["refused"]
    assert refused["data"]["viewQuery"]["code"] == "validation_invalid_view_query"
    assert advice in refused["data"]["viewQuery"]["message"]
