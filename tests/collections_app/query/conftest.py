"""One world for all query tests, in each database; nothing changes it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from unittest import mock

import pytest

from collections_app.query import macros
from tests.collections_app.query.postgres_world import (
    PostgresThings,
    PostgresWorld,
    absent,
    database,
)
from tests.collections_app.query.things import Things
from tests.collections_app.query.world import World


def pytest_collection_modifyitems(items):
    """They have worlds of their own in either database, wherever the suite runs."""
    for item in items:
        if "tests/collections_app/query/" in item.path.as_posix():
            item.add_marker(pytest.mark.sqlite)


@pytest.fixture(scope="module")
def one_moment():
    """Whoever is asked, and however often, is asked in the same millisecond."""
    value = partial(macros.value, now=datetime(2026, 2, 28, 23, 4, 5, 678000, tzinfo=UTC))
    with mock.patch.object(macros, "value", value):
        yield


@pytest.fixture(scope="session")
def postgres():
    """A connection to an empty database of its own; without a server, tests are skipped."""
    reason = absent()
    if reason:
        pytest.skip(reason)
    with database() as connection:
        yield connection


@pytest.fixture(scope="session")
def world():
    return World()


@pytest.fixture(scope="session")
def postgres_world(postgres):
    return PostgresWorld(postgres)


@pytest.fixture(
    scope="session",
    params=["world", pytest.param("postgres_world", marks=pytest.mark.postgres)],
)
def any_world(request):
    """The world on SQLite, then on PostgreSQL: for tests that look at rows."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def things():
    return Things()


@pytest.fixture(scope="session")
def postgres_things(postgres):
    return PostgresThings(postgres)
