"""``read``: all questions about a change are asked of one state of the database."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from collections_app.records import rows, service
from core_app.transactions import read, write
from tests.makers import make_collection, make_record, text

pytestmark = [
    pytest.mark.usefixtures("db"),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no such state"),
]


def elsewhere(act):
    """Do something on another connection, and wait for it."""

    def work():
        act()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert not thread.is_alive(), "who only reads holds no writer"


def test_what_others_commit_is_seen_after(db):
    posts = make_collection("posts", text("title"))
    record = make_record(posts, title="old")
    at = posts.columns.index("title")

    def title():
        row = rows.fetch_by_id(posts, record.id)
        return row and row[at]

    with read():
        assert title() == "old"
        elsewhere(lambda: service.update(posts, record.id, {"title": "new"}))
        assert title() == "old"
        elsewhere(lambda: service.delete(posts, record.id))
        assert title() == "old"
    assert title() is None


def test_it_ends_whatever_happens(db):
    def fail():
        with read():
            assert connection.connection.in_transaction
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not connection.connection.in_transaction


def test_inside_a_transaction_it_is_a_part_of_it(db):
    posts = make_collection("posts", text("title"))
    with write():
        with read():
            record = make_record(posts, title="a")
        assert connection.connection.in_transaction
    assert rows.fetch_by_id(posts, record.id) is not None
