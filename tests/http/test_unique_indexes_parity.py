"""Which of several unique indexes is told that a record breaks, alone and in a batch."""

from __future__ import annotations

from itertools import product

import pytest

from tests.makers import number, text

pytestmark = pytest.mark.pocketbase

PATH = "/api/collections/uqs/records"
STORED = [{"a": "1", "b": "1", "n": 1}, {"a": "x", "b": "1", "n": 2}]
#: some are the values of one stored record, some of both, some of none
VALUES = [
    {"a": a, "b": b, "n": n} for a, b, n in product(("1", "X", "", "new"), ("1", "new"), (1, 2, 3))
]
INDEXES = {
    "one": ["CREATE UNIQUE INDEX uq_a ON uqs (a COLLATE NOCASE) WHERE a != ''"],
    "several": [
        "CREATE UNIQUE INDEX uq_a ON uqs (a COLLATE NOCASE) WHERE a != ''",
        "CREATE INDEX uq_not ON uqs (a, b, n)",
        "CREATE UNIQUE INDEX uq_b ON uqs (b, n)",
        "CREATE UNIQUE INDEX uq_n ON uqs (n) WHERE n < 2",
    ],
}


@pytest.fixture(params=INDEXES)
def collection(both, request):
    both("PATCH", "/api/settings?fields=batch.enabled", {"batch": {"enabled": True}})
    body = {
        "id": "iduqs", "name": "uqs", "fields": [text("a"), text("b"), number("n")],
        "createRule": "", "updateRule": "",
    }  # fmt: skip
    both("POST", "/api/collections", body)
    for at, values in enumerate(STORED):
        both("POST", PATH, {"id": an_id(at), **values})
    both("PATCH", "/api/collections/uqs", {"indexes": INDEXES[request.param]})
    both("POST", PATH, {"id": "other0000000000", "a": "other", "b": "other", "n": 9})


def an_id(at):
    return f"stored{at:09}"


def batch(both, *items):
    requests = [{"method": method, "url": url, "body": body} for method, url, body in items]
    both("POST", "/api/batch", {"requests": requests})


def test_creates_and_updates(both, collection):
    for values in VALUES:
        both("POST", PATH, {"id": an_id(0), **values})
        both("POST", PATH, {"id": "made00000000000", **values})
        both("DELETE", f"{PATH}/made00000000000")
        both("PATCH", f"{PATH}/other0000000000", values)
        both("PATCH", f"{PATH}/other0000000000", {"a": "other", "b": "other", "n": 9})


def test_in_a_batch(both, collection):
    first = ("POST", PATH, {"id": "first0000000000", "a": "first", "b": "first", "n": 7})
    for values in VALUES:
        for body in ({"id": an_id(0), **values}, {"id": "made00000000000", **values}):
            batch(both, first, ("POST", PATH, body), ("POST", PATH, body))
            batch(both, first, ("PUT", PATH, body))
        batch(both, first, ("PATCH", f"{PATH}/other0000000000", values))
        both("GET", f"{PATH}?sort=id")
        for path in ("first0000000000", "made00000000000"):
            both("DELETE", f"{PATH}/{path}")
        both("PATCH", f"{PATH}/other0000000000", {"a": "other", "b": "other", "n": 9})


def test_what_a_batch_itself_has_written(both, collection):
    made = {"a": "made", "b": "made", "n": 0}
    for again in (
        {},
        {"a": "MADE"},
        {"a": "n"},
        {"a": "n", "b": "n"},
        {"n": 5},
        {"a": "n", "n": 5},
    ):
        body = {**made, **again}
        batch(
            both,
            ("POST", PATH, {"id": "made00000000000", **made}),
            ("POST", PATH, {"id": "again0000000000", **body}),
        )
        batch(
            both,
            ("POST", PATH, {"id": "made00000000000", **made}),
            ("PATCH", f"{PATH}/other0000000000", body),
        )
        batch(
            both,
            ("DELETE", f"{PATH}/{an_id(0)}", None),
            ("POST", PATH, {"id": an_id(0), **STORED[0], **again}),
            ("POST", PATH, {"id": an_id(0), **STORED[0], **again}),
        )
        both("GET", f"{PATH}?sort=id")
        for path in ("made00000000000", "again0000000000", an_id(0)):
            both("DELETE", f"{PATH}/{path}")
        both("POST", PATH, {"id": an_id(0), **STORED[0]})
        both("PATCH", f"{PATH}/other0000000000", {"a": "other", "b": "other", "n": 9})
