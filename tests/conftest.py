"""Fixtures for all tests: makers, the API client, and real servers (ours and PocketBase)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core_app import read_cache
from tests import makers, servers
from tests.postgres import drop_databases, fresh_copy
from tests.s3_server import Moto
from tests.servers import Holdall, PocketBase

# on a busy machine everything is slow, and that is no fault of what is tested
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")


def pytest_collection_modifyitems(items):
    """Let every test that has a database have both of them."""
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql_backend")
    for item in items:
        if on_postgres and item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason="about SQLite alone"))
        names = getattr(item, "fixturenames", ())
        if not {"db", "transactional_db"} & set(names) and not item.get_closest_marker("django_db"):
            continue
        marker = item.get_closest_marker("django_db")
        options = dict(marker.kwargs) if marker else {}
        if "databases" not in options:
            options["databases"] = "__all__"
            item.add_marker(pytest.mark.django_db(**options), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Keep a copy of the fresh databases for tests that really commit.

    Django would empty every table instead, but tables of collections are not known to it.
    """
    if connections["default"].vendor == "postgresql":
        with django_db_blocker.unblock(), fresh_copy() as restore:
            TransactionTestCase._fixture_teardown = lambda self: restore()
            yield
        return
    folder = tmp_path_factory.mktemp("fresh")
    with django_db_blocker.unblock():
        kept = {
            connection.alias: _copied(connection, folder / f"{connection.alias}.db")
            for connection in connections.all()
        }
    TransactionTestCase._fixture_teardown = lambda self: _restore(kept)
    yield


def _copied(connection, path: Path) -> Path:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return path


def _restore(kept: dict[str, Path]) -> None:
    for alias, path in kept.items():
        connection = connections[alias]
        connection.ensure_connection()
        with sqlite3.connect(path) as fresh:
            fresh.backup(connection.connection)
        fresh.close()
    # SQLite counts no change where a connection has been the target of a backup
    read_cache._kept.forget(None)


@pytest.fixture(scope="session")
def tmp_path_factory(tmp_path_factory):
    """Pytest's own; databases on PostgreSQL that belong to data folders go with them."""
    servers.for_patterns = tmp_path_factory.mktemp("patterns")
    yield tmp_path_factory
    drop_databases(tmp_path_factory.getbasetemp())


@pytest.fixture
def tmp_path(tmp_path):
    """Pytest's own; databases on PostgreSQL that belong to data folders go with them."""
    yield tmp_path
    drop_databases(tmp_path)


@pytest.fixture
def make_collection(db):
    return makers.make_collection


@pytest.fixture
def make_record(db):
    return makers.make_record


@pytest.fixture
def make_user(db):
    return makers.make_user


@pytest.fixture
def make_superuser(db):
    return makers.make_superuser


@pytest.fixture
def api(db):
    """A guest; ``api.as_(record)`` is somebody."""
    return makers.Api()


@pytest.fixture
def root_api(db):
    """A client signed in as a superuser."""
    return makers.Api().as_(makers.make_superuser())


@pytest.fixture(scope="session")
def pocketbase(tmp_path_factory):
    """The real PocketBase, started once, with a superuser; tests without it are skipped."""
    reason = PocketBase.absent()
    if reason:
        pytest.skip(reason)
    with PocketBase(tmp_path_factory.mktemp("pocketbase")) as running:
        yield running


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """A server that speaks the S3 API, started once; ``s3_server.bucket()`` makes a bucket."""
    with Moto(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def server(tmp_path):
    """``manage.py serve`` on a free port with a data folder of its own, and a superuser."""
    with Holdall(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One ``manage.py serve`` for all tests that need a real server but leave no traces."""
    with Holdall(tmp_path_factory.mktemp("holdall") / "data") as running:
        yield running
