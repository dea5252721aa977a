"""On PostgreSQL the server stops what runs too long."""

from __future__ import annotations

from unittest import mock

import pytest
from django.db import utils

from core_app import time_limit
from tests.collections_app.query import postgres_world

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(settings, django_db_blocker):
    """A connection of Django's to PostgreSQL, watched with a limit of 0.2 s."""
    reason = postgres_world.absent()
    if reason:
        pytest.skip(reason)
    from django.db.backends.postgresql.base import DatabaseWrapper
    from psycopg.conninfo import conninfo_to_dict

    settings.HOLDALL_QUERY_TIMEOUT = 0.2
    given = conninfo_to_dict(postgres_world.URL)
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    wanted = {name: str(given.get(key, "")) for name, key in names.items()}
    defaults = {"NAME": "postgres", "OPTIONS": {}, "TIME_ZONE": None, "AUTOCOMMIT": True}
    rest = {"CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": None, "ATOMIC_REQUESTS": False}
    connection = DatabaseWrapper({**defaults, **rest, **wanted}, "limited")
    with django_db_blocker.unblock():
        yield connection
        connection.close()


def test_long_statement_is_stopped_and_the_next_is_not(database):
    with database.cursor() as cursor:
        with pytest.raises(utils.OperationalError) as stopped:
            cursor.execute("SELECT pg_sleep(20)")
        assert time_limit.ran_out(stopped.value)
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_migration_takes_its_time(database):
    with mock.patch.object(time_limit, "connections", {"limited": database}):
        database.ensure_connection()
        time_limit._lift("limited")
        with database.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
        time_limit._restore("limited")
        with database.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("200ms",)


def test_other_errors_are_no_stops(database):
    with database.cursor() as cursor, pytest.raises(utils.ProgrammingError) as refused:
        cursor.execute("SELECT nothing FROM nowhere")
    assert not time_limit.ran_out(refused.value)
