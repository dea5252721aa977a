"""Queries of views as apps write them for SQLite, and what PocketBase shows of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.makers import boolean, date, email, json_field, number, relation, select, text

#: by subject, queries with the types of their fields and their rows, recorded from PocketBase
RECORDED: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("view_queries.json").read_text()
)
COLLECTIONS = "/api/collections"

_CUSTOMERS = [
    ("Ann", "ann@a.co", True, ["a", "b"], 10, {"a": 1, "b": {"c": "x"}, "list": [1, 2]}),
    ("bob", "bob+x@b.co", False, [], 2.5, [1, "two", None]),
    ("Cid_1", "cid@a.co", True, ["c"], -3, None),
    ("dora 50%", "", False, ["b", "c"], 0, "s"),
]
_MORE = [
    ('{"a":"t","n":5}', "2024-01-05 10:00:00.000Z"),
    ("", "2024-02-29 23:59:59.500Z"),
    ("plain", ""),
    ("[1,2,3]", "2023-12-31 00:00:00.000Z"),
]
_ORDERS = [
    (0, 10, 2, True, "done", "2024-01-10 08:00:00.000Z", [0, 1]),
    (0, 5.5, 1, False, "open", "2024-02-11 09:30:00.000Z", [1]),
    (1, 7, 3, True, "done", "2024-01-20 00:00:00.000Z", []),
    (2, 100, 1, True, "Done", "2023-12-31 12:00:00.000Z", [2, 0]),
    (None, 0, 0, False, "", "", []),
    (1, 3, 7, False, "open", "2024-03-01 00:00:00.000Z", [3]),
]

_numbers = itertools.count()


def requests() -> Iterator[tuple[str, str, Any]]:
    """Give what makes customers and orders; at last rows that have moved on PostgreSQL."""
    customers = {
        "id": "idcustomers",
        "name": "customers",
        "fields": [
            text("name"),
            email("email"),
            boolean("active"),
            select("tags", "a", "b", "c", maxSelect=3),
            number("score"),
            json_field("meta"),
            text("raw"),
            date("created"),
        ],
    }
    orders = {
        "id": "idorders",
        "name": "Orders",
        "fields": [
            relation("customer", "idcustomers"),
            number("total"),
            number("quantity"),
            boolean("paid"),
            text("status"),
            date("orderDate"),
            relation("many", "idcustomers", maxSelect=5),
        ],
    }
    for collection in (customers, orders):
        yield "POST", COLLECTIONS, collection
    for at, (customers_values, more) in enumerate(zip(_CUSTOMERS, _MORE, strict=True)):
        names = ("name", "email", "active", "tags", "score", "meta", "raw", "created")
        body = {"id": customer(at), **dict(zip(names, (*customers_values, *more), strict=True))}
        yield "POST", f"{COLLECTIONS}/customers/records", body
    for at, (owner, *values, many) in enumerate(_ORDERS):
        body = {
            "id": f"ordr{at:011}",
            "customer": "" if owner is None else customer(owner),
            **dict(zip(("total", "quantity", "paid", "status", "orderDate"), values, strict=True)),
            "many": [customer(one) for one in many],
        }
        yield "POST", f"{COLLECTIONS}/Orders/records", body
    yield "PATCH", f"{COLLECTIONS}/customers/records/{customer(0)}", {"name": "Ann"}
    yield "PATCH", f"{COLLECTIONS}/Orders/records/ordr{1:011}", {"quantity": 1}


def customer(at: int) -> str:
    return f"cust{at:011}"


def shown(send: Callable[..., Any], query: str) -> dict[str, Any]:
    """Return what is shown of a passing view of ``query``, in the form of what is recorded."""
    # a name of its own: PocketBase may count by the view that had the name before
    name = f"seen{next(_numbers)}"
    made = send("POST", COLLECTIONS, {"name": name, "type": "view", "viewQuery": query})
    if "fields" not in made or "type" not in made:
        return {"query": query, "refused": made}
    found = send("GET", f"{COLLECTIONS}/{name}/records?perPage=100")
    send("DELETE", f"{COLLECTIONS}/{name}")
    fields = {field["name"]: field["type"] for field in made["fields"]}
    rows = [[item.get(name) for name in fields] for item in found.get("items", [found])]
    return {"query": query, "fields": fields, "rows": rows}
