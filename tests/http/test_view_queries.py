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
