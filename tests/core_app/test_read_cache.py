"""Rows are given again while nothing was written, and never when something was."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.db import connection, transaction

from collections_app import records
from collections_app.records import rows
from collections_app.schema import lookup
from collections_app.schema.snapshot import pinned
from collections_app.schema_edit import service as schema
from core_app import read_cache, sql
from tests.makers import make_collection, make_record, number, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

COUNT = 'SELECT COUNT(*) FROM "notes"'


@contextmanager
def statements():
    """Give the list of the reading statements that reach SQLite in the block."""
    seen: list[str] = []
    raw = connection.connection
    raw.set_trace_callback(lambda text: seen.append(text) if text.startswith("SELECT") else None)
    try:
        yield seen
    finally:
        raw.set_trace_callback(None)


@pytest.fixture
def notes():
    made = make_collection("notes", text("title"), number("size"))
    make_record(made, title="a", size=1)
    return made


def asked(times: int = 3) -> int:
    """Count notes several times; return how often SQLite was asked."""
    with statements() as seen:
        for _ in range(times):
            read_cache.fetch_all(COUNT)
    return len(seen)


def counted() -> int:
    [[total]] = read_cache.fetch_all(COUNT)
    return int(total)


def test_what_is_asked_a_third_time_comes_from_memory(notes):
    assert asked(5) == 2
    assert asked(5) == 0
    assert counted() == 1


def test_a_write_of_this_connection_is_seen(notes):
    asked()
    make_record(notes, title="b", size=2)
    assert counted() == 2
    assert asked(5) == 1


def test_a_write_of_another_process_is_seen(notes):
    asked()
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other, other:
        other.execute("""INSERT INTO "notes" ("id", "title") VALUES ('fromelsewhere00', 'x')""")
    assert counted() == 2
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other, other:
        other.execute('DELETE FROM "notes"')
    assert counted() == 0


def test_nothing_is_kept_that_others_write_beside(notes):
    for total in range(2, 6):
        make_record(notes, title="b", size=2)
        with statements() as seen:
            assert counted() == total
        assert len(seen) == 1


def test_a_transaction_sees_what_it_wrote(notes):
    asked()
    with transaction.atomic():
        sql.execute('DELETE FROM "notes"')
        assert counted() == 0
        transaction.set_rollback(True)
    assert counted() == 1


def test_values_tell_statements_apart(notes):
    make_record(notes, title="b", size=2)
    text = 'SELECT "size" FROM "notes" WHERE "title" = ?'
    for _ in range(3):
        assert read_cache.fetch_all(text, ("a",)) == [(1.0,)]
        assert read_cache.fetch_all(text, ("b",)) == [(2.0,)]


def test_what_does_not_fit_is_asked_again(notes, monkeypatch):
    monkeypatch.setattr(read_cache._kept, "limit", 300)
    make_record(notes, title="x" * 300, size=2)
    with statements() as seen:
        for _ in range(4):
            read_cache.fetch_all('SELECT "title" FROM "notes"')
            read_cache.fetch_all(COUNT)
    assert len(seen) == 4 + 2


def test_a_limit_of_nothing_turns_it_off(notes, monkeypatch):
    monkeypatch.setattr(read_cache._kept, "limit", 0)
    assert asked(3) == 3


def test_records_of_a_changed_schema_are_read_anew(notes):
    def titles():
        return [item.get("title") for item in records.find("notes", "size > 0")]

    assert [titles() for _ in range(3)] == [["a"]] * 3
    schema.update(notes, {"fields": [text("title", id=_id_of(notes, "title"))]})
    schema.update(lookup.get("notes"), {"fields": [text("title"), number("size")]})
    assert titles() == []


def test_the_clock_and_chance_are_asked_every_time(notes):
    make_collection("steady", type="view", viewQuery="SELECT id, title FROM notes")
    make_collection(
        "moving", type="view", viewQuery="SELECT id, strftime('%s', 'now') AS at FROM notes"
    )
    make_collection("above", type="view", viewQuery="SELECT id, at FROM moving")

    def read(collection: str, filter: str = "", sort: str = "") -> int:
        with pinned():
            records.find(collection, filter, sort=sort)
            with statements() as seen:
                for _ in range(4):
                    records.find(collection, filter, sort=sort)
        return len(seen)

    assert read("notes") == 1
    assert read("steady") == 1
    assert read("notes", "title ~ 'a'") == 1
    assert read("moving") == 4
    assert read("above") == 4
    assert read("notes", "@collection.moving.id ?= id") == 4
    assert read("notes", sort="@random") == 4
    assert read("notes", "strftime('%Y', 'now') > '2000'") == 4


def _id_of(collection, name):
    return next(field.options.id for field in collection.fields if field.options.name == name)


def test_lists_are_the_same_rows(notes):
    with pinned():
        found = [rows.fetch(lookup.get("notes"), None, 30, 0) for _ in range(4)]
    assert found[1:] == found[:-1]
    assert found[2] is found[3]
