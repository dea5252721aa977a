"""Our way into transactions and out of them leaves what Django's does: state, order, errors."""

import sqlite3
import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core_app import sql

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

COUNT = "SELECT COUNT(*) FROM numbers"


@pytest.fixture(autouse=True)
def numbers():
    sql.execute("CREATE TABLE numbers (value INTEGER UNIQUE)")
    yield
    sql.execute("DROP TABLE numbers")


def put(value):
    sql.execute("INSERT INTO numbers VALUES (?)", (value,))


def seen_by_others():
    with sqlite3.connect(connection.settings_dict["NAME"], timeout=0) as other:
        [(count,)] = other.execute(COUNT)
    other.close()
    return count


def is_idle():
    raw = connection.connection
    return (
        connection.get_autocommit()
        and not connection.in_atomic_block
        and not connection.run_on_commit
        and not raw.in_transaction
        and raw.isolation_level is None
    )


def test_commit():
    steps = []
    with transaction.atomic():
        put(1)
        transaction.on_commit(lambda: steps.append((seen_by_others(), is_idle())))
        assert (seen_by_others(), connection.get_autocommit()) == (0, False)
    assert (steps, seen_by_others(), is_idle()) == ([(1, True)], 1, True)


@transaction.atomic
def put_and_fail(value, step):
    put(value)
    transaction.on_commit(step)
    raise KeyError


def test_rollback_of_all_and_of_a_part():
    steps = []
    with pytest.raises(KeyError):
        put_and_fail(1, lambda: steps.append("never"))
    assert (seen_by_others(), steps, is_idle()) == (0, [], True)
    with transaction.atomic():
        put(1)
        with pytest.raises(KeyError):
            put_and_fail(2, lambda: steps.append("never"))
        put(3)
        transaction.on_commit(lambda: steps.append("once"))
    assert (sql.fetch_all("SELECT value FROM numbers"), steps) == ([(1,), (3,)], ["once"])


def test_transactions_begin_with_the_lock_of_the_writer():
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    with transaction.atomic(), pytest.raises(sqlite3.OperationalError, match="is locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_begin_that_fails():
    sql.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
            pytest.fail("the transaction began")
    finally:
        other.close()
        sql.execute("PRAGMA busy_timeout = 10000")
    assert is_idle()
    with transaction.atomic():
        put(1)
    assert seen_by_others() == 1


def test_a_commit_that_fails():
    sql.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
    sql.execute(
        "CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)"
    )
    steps = []
    block = transaction.atomic()
    block.__enter__()
    put(1)
    sql.execute("INSERT INTO children VALUES (7)")
    transaction.on_commit(lambda: steps.append("never"))
    try:
        with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
            block.__exit__(None, None, None)
        assert (seen_by_others(), steps, is_idle()) == (0, [], True)
    finally:
        sql.execute("DROP TABLE children")
        sql.execute("DROP TABLE parents")


def test_what_is_watched_shows_begin_and_commit():
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        put(1)
    assert [query["sql"] for query in queries] == [
        "BEGIN IMMEDIATE",
        "INSERT INTO numbers VALUES (1)",
        "COMMIT",
    ]


def test_every_thread_has_connections_of_its_own():
    found = []

    def look():
        found.append(connections["default"])
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found[0] is not connections["default"]
    assert connections["default"] is connections["default"]
