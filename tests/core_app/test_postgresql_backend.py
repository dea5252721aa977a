"""The short ways into PostgreSQL's transactions and out of them leave what psycopg's own do."""

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from config.databases import postgresql

psycopg = pytest.importorskip("psycopg")

pytestmark = pytest.mark.postgres

IDLE, INTRANS = psycopg.pq.TransactionStatus.IDLE, psycopg.pq.TransactionStatus.INTRANS


@pytest.fixture
def other(url):
    """A second connection, which sees what is committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('DROP TABLE IF EXISTS "numbers"')
        connection.execute('CREATE TABLE "numbers" (value int)')
        yield connection


@pytest.fixture
def wrapper(url, other, django_db_blocker):
    wrapper = ConnectionHandler({"default": postgresql(url)})["default"]
    with django_db_blocker.unblock():
        wrapper.ensure_connection()
        yield wrapper
        wrapper.close()


def put(wrapper, value):
    with wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO numbers VALUES (%s)", [value])


def numbers(connection):
    return [value for [value] in connection.execute("SELECT value FROM numbers ORDER BY value")]


def state(wrapper):
    held = wrapper.connection
    return wrapper.get_autocommit(), held.autocommit, held.info.transaction_status


def test_commit(wrapper, other):
    wrapper.set_autocommit(False)
    assert state(wrapper) == (False, False, IDLE)
    put(wrapper, 1)
    assert (state(wrapper), numbers(other)) == ((False, False, INTRANS), [])
    wrapper.commit()
    assert (state(wrapper), numbers(other)) == ((False, False, IDLE), [1])
    wrapper.set_autocommit(True)
    assert state(wrapper) == (True, True, IDLE)
    put(wrapper, 2)
    assert numbers(other) == [1, 2]


def test_rollback(wrapper, other):
    wrapper.set_autocommit(False)
    put(wrapper, 1)
    wrapper.rollback()
    wrapper.set_autocommit(True)
    assert (state(wrapper), numbers(other)) == ((True, True, IDLE), [])


def test_commit_of_nothing(wrapper, other):
    wrapper.set_autocommit(False)
    wrapper.commit()
    wrapper.commit()
    wrapper.set_autocommit(True)
    assert state(wrapper) == (True, True, IDLE)


def test_transaction_is_not_left_by_a_switch(wrapper):
    wrapper.set_autocommit(False)
    put(wrapper, 1)
    with pytest.raises(Exception, match="can't change 'autocommit' now"):
        wrapper.set_autocommit(True)
    assert state(wrapper) == (False, False, INTRANS)
    wrapper.rollback()


def test_commit_on_a_connection_that_broke(wrapper, other):
    wrapper.set_autocommit(False)
    put(wrapper, 1)
    [[process]] = wrapper.connection.execute("SELECT pg_backend_pid()").fetchall()
    other.execute("SELECT pg_terminate_backend(%s)", [process])
    with pytest.raises(OperationalError):
        wrapper.commit()
    assert numbers(other) == []
