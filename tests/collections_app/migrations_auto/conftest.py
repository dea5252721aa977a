"""A folder of migrations for each test, and another machine to apply them on."""

from __future__ import annotations

import importlib
import sys

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from collections_app.migrations_auto import writer
from collections_app.schema import snapshot
from collections_app.schema.present import collection_json
from collections_app.schema_edit import service
from tests.databases import described


@pytest.fixture
def folder(transactional_db, settings, tmp_path):
    """The ``schema`` folder, empty, with the automatic on."""
    settings.HOLDALL_SCHEMA_DIR = str(tmp_path / "schema")
    settings.HOLDALL_AUTOMIGRATE = True
    forget()
    yield tmp_path / "schema"
    forget()


@pytest.fixture
def history(folder):
    """Do something and return the names of the migrations there are then."""

    def run(act, *args, **kwargs):
        act(*args, **kwargs)
        return writer.names_on_disk()

    return run


@pytest.fixture
def migrate(folder):
    """Run ``manage.py migrate schema …``."""

    def run(*target):
        forget()
        call_command("migrate", "schema", *target, verbosity=0)

    return run


@pytest.fixture
def other_machine(folder):
    """Turn the database into a fresh one."""

    def run():
        TransactionTestCase._fixture_teardown(None)

    return run


@pytest.fixture
def state(folder):
    """Return all that must be the same on two machines: rows without moments, and tables."""

    def read():
        collections = {}
        for item in snapshot.current().collections:
            shown = collection_json(item)
            if item.is_view:
                shown["fields"] = [{**field, "id": ""} for field in shown["fields"]]
            collections[item.name] = {**shown, "created": "", "updated": ""}
        return collections, tables()

    return read


def tables():
    """Return columns and indexes of every table; the order of columns means nothing."""
    if connection.vendor == "postgresql":
        return described()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_schema"
            " WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
        )
        found = {}
        for kind, name, sql in cursor.fetchall():
            found[kind, name] = sql
            if kind == "table":
                cursor.execute(f"PRAGMA table_info(`{name}`)")
                found[kind, name] = sorted(row[1:] for row in cursor.fetchall())
        return found


def forget():
    """Let Python forget the package, as another process would not know it."""
    for name in [name for name in sys.modules if name.split(".")[0] == "schema"]:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def create(history):
    """Create a collection and return its definition."""

    def run(name, *fields, **options):
        made = []
        data = {"name": name, "type": "base", "fields": list(fields), **options}
        history(lambda: made.append(service.create(data)))
        return made[0]

    return run
