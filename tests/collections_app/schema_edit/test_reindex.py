"""Indexes that call functions of ours are built anew when these give something else."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from tests.makers import json_field, text

migration = import_module("collections_app.migrations.0002_json_texts")


def test_indexes_are_built_anew(make_collection):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's indexes call SQLite's functions alone")
    make_collection(
        "boxes",
        json_field("j"),
        text("t"),
        indexes=["CREATE INDEX of_json ON boxes (lower(j))", "CREATE INDEX of_text ON boxes (t)"],
    )
    before = _file("of_json"), _file("of_text")
    with connection.schema_editor() as editor:
        migration._reindex(apps, editor)
    assert _file("of_json") != before[0]
    assert _file("of_text") == before[1]


def _file(index):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode(%s::regclass)", [index])
        return cursor.fetchone()[0]
