"""Commits of several threads on PostgreSQL: what is one transaction, and what fails alone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

psycopg = pytest.importorskip("psycopg")

pytestmark = pytest.mark.postgres

INSERT = 'INSERT INTO "notes" (id, num) VALUES (%s, %s)'
UPDATE = 'UPDATE "notes" SET num = %s WHERE id = %s'


@pytest.fixture
def other(url):
    """A connection of somebody else, who sees what is committed and may lock rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('DROP TABLE IF EXISTS "notes"')
        connection.execute('CREATE TABLE "notes" (id text UNIQUE, num int)')
        connection.execute("""INSERT INTO "notes" VALUES ('locked', 0)""")
        yield connection


@pytest.fixture
def commits(url, other):
    """Start commits, each in a thread with a connection of its own."""
    made = Commits(url)
    yield made
    made.close()


class Commits:
    def __init__(self, url):
        from core_app.dialects.joint_commits import JointCommits

        self.joint = JointCommits()
        self._url = url
        self._threads = ThreadPoolExecutor(16)
        self._connections = []

    def start(self, text, params, row):
        """Return the future of a commit that has come as far as it gets by itself."""
        connection = psycopg.connect(self._url, autocommit=True)
        self._connections.append(connection)
        arrived = threading.Event()
        future = self._threads.submit(self._run, connection, arrived, text, params, row)
        arrived.wait()
        return future

    def insert(self, name, num=1):
        return self.start(INSERT, (name, num), name)

    def _run(self, connection, arrived, text, params, row):
        from core_app.dialects.postgresql_statements import Statements, change_of

        statements, change = Statements(connection), change_of(text, params, row)
        arrived.set()
        return self.joint.run(statements, change)

    def wait_for(self, count):
        """Return when ``count`` commits wait for the one that is under way."""
        until = time.monotonic() + 10
        while len(self.joint._waiting) != count:
            assert time.monotonic() < until, self.joint._waiting
            time.sleep(0.001)

    def close(self):
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()


@pytest.fixture
def locked(other, commits, monkeypatch):
    """The row ``locked`` is somebody else's: who changes it waits, and all others wait for them.

    Call it to give the row back.
    """
    monkeypatch.setattr("core_app.dialects.joint_commits.PATIENCE_S", 60)
    other.autocommit = False
    other.execute("""SELECT 1 FROM "notes" WHERE id = 'locked' FOR UPDATE""")
    yield other.commit
    other.commit()


def stored(other):
    """Return the transactions by the ids of the rows that they wrote."""
    return dict(other.execute('SELECT id, xmin::text FROM "notes"').fetchall())


def test_who_comes_alone_commits_alone(commits, other):
    for name in "ab":
        assert commits.insert(name).result() is True
    rows = stored(other)
    assert rows["a"] != rows["b"]


def test_who_wait_commit_together(commits, locked, other):
    first = commits.start(UPDATE, (1, "locked"), "locked")
    others = [commits.insert(name) for name in "abc"]
    commits.wait_for(3)
    locked()
    assert [future.result() for future in (first, *others)] == [True] * 4
    rows = stored(other)
    assert rows["a"] == rows["b"] == rows["c"] != rows["locked"]


def test_one_that_fails_fails_alone(commits, locked, other):
    commits.start(UPDATE, (1, "locked"), "locked")
    kept = commits.insert("a")
    taken = commits.insert("locked")
    zero = commits.start(f"{INSERT} RETURNING 1 / %s", ("zero", 1, 0), "zero")
    wrong = commits.insert("wrong", "no number")
    commits.wait_for(4)
    locked()
    assert kept.result() is True
    assert zero.result() is False
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        taken.result()
    assert refused.value.diag.constraint_name == "notes_id_key"
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        wrong.result()
    assert sorted(stored(other)) == ["a", "locked"]


def test_who_waits_for_a_row_holds_nobody_up(commits, locked, other):
    first = commits.start("SELECT pg_advisory_lock(1), pg_advisory_unlock(1)", (), "")
    first.result()
    other.execute("SELECT pg_advisory_lock(1)")
    begun = commits.start("SELECT pg_advisory_lock(1), pg_advisory_unlock(1)", (), "")
    waits = commits.start(UPDATE, (1, "locked"), "locked")
    free = [commits.insert(name) for name in "ab"]
    commits.wait_for(3)
    other.execute("SELECT pg_advisory_unlock(1)")
    assert [future.result() for future in (begun, *free)] == [True] * 3
    assert not waits.done()
    locked()
    assert waits.result() is True
    assert sorted(stored(other)) == ["a", "b", "locked"]


def test_a_commit_that_takes_long_is_overtaken(commits, locked, other, monkeypatch):
    slow = commits.start(UPDATE, (1, "locked"), "locked")
    monkeypatch.setattr("core_app.dialects.joint_commits.PATIENCE_S", 0.001)
    assert [commits.insert(name).result() for name in "ab"] == [True, True]
    assert not slow.done()
    locked()
    assert slow.result() is True
    assert commits.insert("c").result() is True
    assert (commits.joint._under_way, commits.joint._waiting) == (0, [])


def test_rows_are_locked_in_the_same_order_everywhere(commits, locked, other):
    """Else two transactions might each wait for a row that the other one has locked."""
    commits.start(UPDATE, (1, "locked"), "locked")
    for waiting, name in enumerate("cab", start=1):
        commits.insert(name)
        commits.wait_for(waiting)
    locked()
    commits.insert("d").result()
    written = other.execute("""SELECT id FROM "notes" WHERE id <> 'locked' ORDER BY ctid""")
    assert [name for [name] in written.fetchall()] == ["a", "b", "c", "d"]


def test_all_are_told_that_the_connection_broke(commits, locked, other):
    commits.start(UPDATE, (1, "locked"), "locked")
    sleeps = 'WITH changed AS (INSERT INTO "notes" VALUES (%s, 1)) SELECT pg_sleep(30)'
    futures = [commits.start(sleeps, (name,), name) for name in "abc"]
    commits.wait_for(3)
    locked()
    until = time.monotonic() + 10
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    other.autocommit = True
    while not other.execute(ended).fetchall():
        assert time.monotonic() < until
    for future in futures:
        with pytest.raises(psycopg.OperationalError):
            future.result()
    assert sorted(stored(other)) == ["locked"]
    assert commits.insert("d").result() is True
