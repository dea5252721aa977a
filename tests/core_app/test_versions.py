"""How long what a thread has read of the versions holds, and who waits for that."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from core_app import sql, versions
from core_app.transactions import write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lease(settings):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite every request looks")

    def set_to(seconds):
        settings.HOLDALL_VERSIONS_LEASE = seconds

    set_to(1000)
    yield set_to
    set_to(0)
    versions.leased()  # what comes next begins with a look


def bump_elsewhere():
    """Change a version as another process would, which nothing here gets to know."""
    statement = 'UPDATE "_versions" SET "schema" = "schema" + 1'
    with write():
        sql.execute(statement)


def test_look_holds_for_a_lease(lease, django_assert_num_queries):
    before = versions.read()
    bump_elsewhere()
    with django_assert_num_queries(0):
        assert versions.leased() == before
    lease(0)
    assert versions.leased().schema == before.schema + 1


def in_another_thread(function):
    """Return what the function returns in a thread with a connection of its own."""
    found = []

    def run():
        found.append(function())
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_look_of_another_thread_holds_here_too(lease, django_assert_num_queries):
    before = versions.read()
    bump_elsewhere()
    assert in_another_thread(versions.read).schema == before.schema + 1
    with django_assert_num_queries(0):
        assert versions.leased().schema == before.schema + 1


def test_thread_that_the_server_has_left_looks(lease):
    before = versions.read()
    bump_elsewhere()
    [[process]] = sql.fetch_all("SELECT pg_backend_pid()")
    in_another_thread(lambda: sql.fetch_all(f"SELECT pg_terminate_backend({process}, 10000)"))
    with pytest.raises(OperationalError):
        versions.leased()
    connection.close()
    assert versions.leased().schema == before.schema + 1


def test_thread_without_a_connection_looks(lease):
    before = versions.read()
    bump_elsewhere()
    connection.close()
    assert versions.leased().schema == before.schema + 1


def test_what_a_transaction_may_take_back_is_no_lease(lease):
    before = versions.read()
    with transaction.atomic():
        versions.bump("schema")
        assert versions.read().schema > before.schema
        transaction.set_rollback(True)
    assert versions.leased() == before


def test_who_changes_a_version_waits_once_for_leases(lease, monkeypatch):
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    lease(0.25)
    with write():
        versions.bump("schema")
        versions.bump("settings")
        assert waited == []
    assert waited == [0.25]


def test_sqlite_looks_and_nobody_waits(monkeypatch, settings):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's")
    settings.HOLDALL_VERSIONS_LEASE = 1000
    before = versions.read()
    bump_elsewhere()
    assert versions.leased().schema == before.schema + 1
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with write():
        versions.bump("schema")
    assert waited == []
