"""Statements that run too long are stopped, short ones and the next ones are not."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import connection

from core_app import sql, time_limit

pytestmark = pytest.mark.sqlite

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"


@pytest.fixture
def short_limit(db, settings):
    """A limit of 0.2 s for this connection."""
    settings.HOLDALL_QUERY_TIMEOUT = 0.2
    connection.ensure_connection()
    time_limit.watch(connection)
    yield
    settings.HOLDALL_QUERY_TIMEOUT = 30
    time_limit.watch(connection)


def test_endless_statement_is_stopped(short_limit):
    with pytest.raises(sqlite3.OperationalError) as stopped:
        sql.fetch_all(ENDLESS)
    assert time_limit.ran_out(stopped.value)


def test_connection_goes_on_after_a_stop(short_limit):
    with pytest.raises(sqlite3.OperationalError):
        sql.fetch_one(ENDLESS)
    assert sql.fetch_one("SELECT 1") == (1,)


def test_many_short_statements_are_none_long_one(short_limit, monkeypatch):
    monkeypatch.setattr("core_app.dialects.sqlite.STEPS", 10)
    time_limit.watch(connection)
    for _ in range(3):
        sql.fetch_all(f"{ENDLESS.removesuffix(' FROM c')} FROM (SELECT x FROM c LIMIT 1000)")


def test_what_is_not_read_here_may_take_its_time(short_limit):
    counted = ENDLESS.replace("FROM c)", "FROM c WHERE x < 3000000)")
    with connection.cursor() as cursor:
        cursor.execute(counted)
        assert cursor.fetchone() == (3_000_000,)


def test_no_limit(db, settings):
    settings.HOLDALL_QUERY_TIMEOUT = 0
    time_limit.watch(connection)
    assert sql.fetch_one(ENDLESS.replace("FROM c)", "FROM c WHERE x < 200000)")) == (200_000,)


def test_other_errors_are_no_stops(db):
    with pytest.raises(sqlite3.OperationalError) as refused:
        sql.fetch_all("SELECT nothing FROM nowhere")
    assert not time_limit.ran_out(refused.value)
