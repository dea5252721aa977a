"""Connecting receivers for the length of one test, and a database that really commits."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import connection
from django.test import TransactionTestCase


@pytest.fixture
def committing_db(django_db_setup, django_db_blocker):
    """The database with no transaction around the test; afterwards it is put back as it was.

    Django's own way (flushing every table) knows nothing of the tables of collections.
    """
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            yield
            TransactionTestCase._fixture_teardown(None)
            return
        connection.ensure_connection()
        before = sqlite3.connect(":memory:")
        connection.connection.backup(before)
        yield
        before.backup(connection.connection)
        before.close()


@pytest.fixture
def listen():
    """``listen(signal, receiver, sender)``: connected until the test ends."""
    connected = []

    def connect(signal, receiver, sender=None):
        signal.connect(receiver, sender=sender, weak=False)
        connected.append((signal, receiver, sender))

    yield connect
    for signal, receiver, sender in connected:
        signal.disconnect(receiver, sender=sender)
