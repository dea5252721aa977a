"""Requests that are worked through before their commits, which then are one transaction."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest
from django.db import connection, connections
from django.db.models.signals import pre_save

from collections_app import hooks
from collections_app.records import service
from collections_app.schema import snapshot
from config import thread_pool
from config.sync_handler import SyncHandler
from core_app.dialects import late_commits
from ops_app.logs import middleware as log
from tests.makers import number, relation, text

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "/api/collections/words/records"


@pytest.fixture(autouse=True)
def on_postgresql(db, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite commits one by one")
    monkeypatch.setattr(thread_pool, "PATIENCE_S", 60)  # on a busy machine, short jobs may be long
    monkeypatch.setenv("HOLDALL_LANES", "1")


@pytest.fixture
def words(make_collection, make_record):
    places = make_collection("places", text("name"), view_rule="")
    made = make_collection(
        "words",
        text("word"),
        number("count"),
        relation("place", places),
        indexes=["CREATE UNIQUE INDEX `words_word` ON `words` (`word`)"],
        **{f"{act}_rule": "" for act in ("list", "view", "create", "update", "delete")},
    )
    make_record(places, id="placeplaceplace", name="here")
    return made


@pytest.fixture
async def send(words, exchange):
    """Send requests ``(method, path, body, query)`` at once; return the statuses and bodies."""
    handler = SyncHandler(2)
    handler.pool.start(asyncio.get_running_loop())

    async def one(method, path, body=None, query=""):
        sent = [json.dumps(body).encode()] if body is not None else [b""]
        asked = exchange(method, path, *sent, query=query, content_type="application/json")
        await handler(asked.scope, asked.receive, asked.send)
        return asked.status, json.loads(asked.content) if asked.content else None

    async def act(*requests):
        return await asyncio.gather(*(one(*request) for request in requests))

    yield act
    await asyncio.to_thread(handler.pool.stop)


def create(word, **values):
    return "POST", WORDS, {"word": word, **values}


async def rows(what="count(*)"):
    def read():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM words")
            return cursor.fetchall()

    return await asyncio.to_thread(lambda: _closing(read))


def _closing(read):
    try:
        return read()
    finally:
        connections.close_all()


@pytest.fixture
def noted(monkeypatch):
    """The statuses of the requests that are noted for the log."""
    statuses = []
    monkeypatch.setattr(log.writer, "add", lambda entry: statuses.append(entry.status))
    return statuses


async def test_what_comes_at_once_is_one_transaction(send, noted):
    answers = await send(*(create(f"word {number}", count=number) for number in range(10)))
    assert [status for status, _ in answers] == [200] * 10
    assert [shown["word"] for _, shown in answers] == [f"word {number}" for number in range(10)]
    stored = await rows("word, id, count")
    assert sorted(stored) == sorted(
        (shown["word"], shown["id"], shown["count"]) for _, shown in answers
    )
    # the first may have been alone when it ended
    [[transactions]] = await rows("count(DISTINCT xmin::text)")
    assert transactions <= 2
    assert noted == [200] * 10


async def test_who_fails_fails_alone_with_an_error_of_its_own(send, noted):
    answers = await send(
        create("one"),
        create("two"),
        create("one"),
        create("three", place="nowherenowheren"),
        create("four", place="placeplaceplace"),
        create("", id="short"),
        create("five"),
    )
    assert [status for status, _ in answers] == [200, 200, 400, 400, 200, 400, 200]
    assert answers[2][1]["data"] == {
        "word": {"code": "validation_not_unique", "message": "Value must be unique."}
    }
    assert answers[3][1]["data"]["place"]["code"] == "validation_missing_rel_records"
    assert sorted(await rows("word")) == [("five",), ("four",), ("one",), ("two",)]
    assert Counter(noted) == {200: 4, 400: 3}


async def test_what_fails_is_counted_once(send, root_api):
    rule = {"label": "*:create", "maxRequests": 7, "duration": 1000, "audience": ""}
    limits = {"enabled": True, "rules": [rule], "excludedIPs": []}
    saved = await asyncio.to_thread(
        lambda: _closing(lambda: root_api.patch("/api/settings", {"rateLimits": limits}))
    )
    assert saved.status_code == 200, saved.content
    answers = await send(*(create("same") for _ in range(7)))
    assert Counter(status for status, _ in answers) == {200: 1, 400: 6}
    [[status, _]] = await send(create("another"))
    assert status == 429
    assert await rows("word") == [("same",)]


async def test_several_changes_of_one_row(send):
    [[_, made]] = await send(create("one", count=1))
    answers = await send(*(("PATCH", f"{WORDS}/{made['id']}", {"count+": 1}) for _ in range(8)))
    assert [status for status, _ in answers] == [200] * 8
    assert sorted(shown["count"] for _, shown in answers) == list(range(2, 10))
    assert await rows("count") == [(9,)]


async def test_what_is_asked_after_the_commit_comes_after_it(send, noted):
    answers = await send(
        *(
            (*create(f"word {number}", place="placeplaceplace"), "expand=place")
            for number in (1, 2, 1, 3)
        )
    )
    assert [status for status, _ in answers] == [200, 200, 400, 200]
    assert answers[3][1]["expand"]["place"]["name"] == "here"
    assert sorted(await rows("word")) == [("word 1",), ("word 2",), ("word 3",)]
    assert Counter(noted) == {200: 3, 400: 1}


async def test_changes_and_deletions_beside_each_other(send):
    made = [shown for _, shown in await send(*(create(f"word {number}") for number in range(6)))]
    answers = await send(
        ("DELETE", f"{WORDS}/{made[0]['id']}"),
        ("PATCH", f"{WORDS}/{made[1]['id']}", {"word": "changed"}),
        create("changed"),
        ("PATCH", f"{WORDS}/{made[2]['id']}", {"word": "word 3"}),
        ("GET", f"{WORDS}/{made[3]['id']}"),
        ("DELETE", f"{WORDS}/{made[0]['id']}"),
    )
    assert [status for status, _ in answers] == [204, 200, 400, 400, 200, 404]
    assert sorted(await rows("word")) == [
        ("changed",), ("word 2",), ("word 3",), ("word 4",), ("word 5",)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "signal",
    [hooks.record_create_request, hooks.before_record_create, hooks.record_validating, pre_save],
)
async def test_hooks_are_called_once(send, words, signal):
    heard = []

    def listen(**told):
        record = told["instance"] if signal is pre_save else told["event"].record
        heard.append(record["word"])

    sender = snapshot.current().model(words) if signal is pre_save else "words"
    signal.connect(listen, sender=sender)
    try:
        answers = await send(*(create(word) for word in ("one", "two", "one", "three")))
    finally:
        signal.disconnect(listen, sender=sender)
    assert [status for status, _ in answers] == [200, 200, 400, 200]
    assert heard == ["one", "two", "one", "three"]


async def test_what_a_hook_writes_when_a_record_is_refused(send, words):
    told = []

    def listen(event, **_):
        made = service.create(words, {"word": "refused", "count": len(told)})
        told.append(made.id)

    hooks.record_create_failed.connect(listen, sender="words")
    try:
        answers = await send(create("", id="short"), create("one"), create("", id="short"))
    finally:
        hooks.record_create_failed.disconnect(listen, sender="words")
    assert [status for status, _ in answers] == [400, 200, 400]
    assert len(told) == 1, "the second breaks the unique index, which a receiver's bug may do"
    assert sorted(await rows("word, count")) == [("one", 0), ("refused", 0)]


async def test_a_connection_that_breaks_before_the_commit(send, monkeypatch, noted):
    settle = late_commits.settle

    def without_a_server(waiting):
        from psycopg import OperationalError

        monkeypatch.setattr(late_commits, "settle", settle)
        with pytest.raises(OperationalError):
            connection.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return settle(waiting)

    monkeypatch.setattr(late_commits, "settle", without_a_server)
    answers = await send(create("one"), create("two"), create("three"))
    lost = [answer for answer in answers if answer[0] != 200]
    assert lost, "somebody's commit met the broken connection"
    assert {status for status, _ in lost} == {503}
    stored = {word for [word] in await rows("word")}
    assert stored == {shown["word"] for status, shown in answers if status == 200}
    assert [status for status, _ in await send(create("four"))] == [200]


async def test_not_where_somebody_else_sees_the_answer_first(settings, words):
    assert SyncHandler(1)._commits_late
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.common.CommonMiddleware"]
    assert not SyncHandler(1)._commits_late


def test_without_a_commit_that_waits(words):
    done = []
    late_commits.then(lambda: done.append(1))
    late_commits.hurry()
    assert done == [1]
    assert late_commits.work(len, "abc") == (3, None)


async def test_a_column_that_goes_before_the_commit(send, words, monkeypatch):
    settle = late_commits.settle

    def without_a_column(waiting):
        monkeypatch.setattr(late_commits, "settle", settle)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE words RENAME COLUMN count TO number")
        outcomes = settle(waiting)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE words RENAME COLUMN number TO count")
        return outcomes

    monkeypatch.setattr(late_commits, "settle", without_a_column)
    answers = await send(create("one", count=1), create("two", count=2))
    assert [status for status, _ in answers] == [200, 200]
    assert sorted(await rows("word, count")) == [("one", 1), ("two", 2)]
