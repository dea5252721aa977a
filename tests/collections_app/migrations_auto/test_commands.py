from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from collections_app.migrations_auto import writer
from collections_app.records import service as records
from collections_app.schema import lookup
from collections_app.schema_edit import bulk_import, journal, service
from tests.collections_app.migrations_auto.conftest import forget
from tests.collections_app.migrations_auto.test_history import CHANGES, fields_of, update
from tests.makers import number, relation, select, text


def run(command, *arguments):
    forget()
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, no_color=True)
    return out.getvalue()


def test_preview_counts_rows_and_changes_nothing(history, create, migrate, state):
    create("orders", text("title"), number("total"), select("tags", "a", "b", maxSelect=2))
    history(
        update,
        "orders",
        name="sales",
        fields=[
            *(
                {**item, "maxSelect": 1} if item["name"] == "tags" else item
                for item in fields_of("orders")
                if item["name"] != "total"
            ),
            text("note"),
        ],
        listRule="",
    )
    history(lambda: service.delete(lookup.get("sales")))
    migrate("0001")
    for values in ({"total": 5}, {"total": 6, "tags": ["a", "b"]}, {"tags": ["a"]}):
        records.create(lookup.get("orders"), values)
    before = state()
    assert (
        run("schema_preview")
        == """\
0002_orders_rename_to_sales (would be applied)
  orders: rename to "sales"; remove field "total" with its values; add field "note" (text); \
change maxSelect of field "tags"; list rule: superusers only -> everyone
    renames table "orders" to "sales", 3 rows
    drops column "total": 2 of 3 rows lose a value
    rewrites column "tags": 1 of 3 rows keep their last value alone
    adds column "note", empty in 3 rows
0003_sales_delete (would be applied)
  delete the collection "sales" with all its records
    drops table "sales" with 3 rows
"""
    )
    assert state() == before
    assert (
        run("schema_preview", "zero")
        == """\
0001_orders_create (would be undone)
  delete the collection "orders" with all its records
    drops table "orders" with 3 rows
"""
    )
    assert run("schema_preview", "0001") == (
        "Nothing to do: the tables are as the migrations say.\n"
    )
    with pytest.raises(CommandError, match='no schema migration begins with "0009"'):
        run("schema_preview", "0009")


def test_preview_says_what_would_fail(history, create, migrate, state):
    create("posts", text("a"))
    history(update, "posts", listRule="a = 1")
    migrate("0001")
    with journal.paused():
        update("posts", fields=[])
    before = state()
    with pytest.raises(CommandError, match="0002_posts_rules cannot be applied"):
        run("schema_preview")
    assert state() == before


def test_snapshot_of_everything_arrives_at_the_same(history, other_machine, migrate, state, folder):
    for change in CHANGES[:14]:
        history(change)
    names = writer.names_on_disk()
    there = state()
    assert run("schema_snapshot") == f"Wrote {folder}/0015_snapshot.py\n"
    migrate()
    assert state() == there

    other_machine()
    migrate()
    assert state() == there
    rows = MigrationRecorder(connection).migration_qs.filter(app="schema")
    assert {row.name for row in rows} == {*names, "0015_snapshot"}
    assert history(update, "articles", listRule=None)[-1] == "0016_articles_rules"


def test_snapshot_of_a_project_without_history(other_machine, migrate, state, folder):
    with journal.paused():
        service.delete(lookup.get("users"))
        bulk_import.run(
            [
                {"id": "aaa", "name": "a", "fields": [relation("b", "bbb")]},
                {"id": "bbb", "name": "b", "fields": [relation("a", "aaa"), relation("b", "bbb")]},
            ]
        )
    there = state()
    run("schema_snapshot")
    assert writer.names_on_disk() == ["0001_snapshot"]
    other_machine()
    migrate()
    assert state() == there
    migrate("zero")
    assert lookup.find("a") is None
    assert lookup.get("users").is_auth


def test_snapshot_may_delete_what_it_replaces(history, create, other_machine, migrate):
    create("a")
    create("b")
    run("schema_snapshot", "--delete-replaced")
    assert writer.names_on_disk() == ["0003_snapshot"]
    migrate()
    other_machine()
    migrate()
    assert lookup.get("b").id == "pbc_2883395316" or lookup.find("b")


def test_snapshot_of_less_than_the_history_is_refused(create, other_machine, folder):
    create("a")
    other_machine()
    with pytest.raises(CommandError, match="0001_a_create"):
        run("schema_snapshot")


def test_snapshot_with_a_view_that_cannot_be_made_is_refused(history, create, folder):
    create("posts", text("title"))
    create("seen", type="view", viewQuery="select id, title from posts")
    history(update, "posts", name="articles")
    names = writer.names_on_disk()
    with pytest.raises(CommandError, match=r"these views first: seen \(.*posts"):
        run("schema_snapshot")
    assert writer.names_on_disk() == names
