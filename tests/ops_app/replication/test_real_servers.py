"""Servers that replicate: killed, restored, and followed over everything that happens to them."""

import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import orjson
import psutil
import pytest

from ops_app.replication import litestream
from tests.makers import number
from tests.s3_server import ACCESS_KEY, REGION, SECRET
from tests.servers import Holdall
from tests.waiting import until

# Litestream copies SQLite's files; PostgreSQL has standbys of its own
pytestmark = [pytest.mark.server, pytest.mark.sqlite]

NOTES = {"name": "notes", "type": "base", "fields": [number("n")], "createRule": "", "listRule": ""}
RECORDS = "/api/collections/notes/records"


def replica(server):
    return server.http.get("/api/health").json()["data"].get("replica") or {}


def caught_up(server):
    """Wait until all that has been answered so far is in the replica."""
    now = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())}.999Z"
    until(lambda: replica(server).get("upTo", "") > now)
    return replica(server)["upTo"]


def processes(server):
    parent = psutil.Process(server.process.pid)
    return [parent, *parent.children(recursive=True)]


def litestreams(server):
    return [found for found in processes(server) if found.name() == "litestream"]


def kill_all(server):
    """What a power cut does to the processes."""
    for process in processes(server):
        process.kill()
    server.process.wait()


def numbers(path):
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [int(n) for (n,) in database.execute("SELECT n FROM notes ORDER BY n")]


def test_killed_while_clients_write(tmp_path):
    """Every write that was answered before the reported position is in the replica."""
    folder = tmp_path / "replica"
    with Holdall(tmp_path / "a" / "data", "--workers", "2", "--replicate", str(folder)) as server:
        server.http.post("/api/collections", json=NOTES).raise_for_status()
        answered, asked = {}, [0]
        lock, stop = threading.Lock(), threading.Event()

        def write():
            with httpx.Client(base_url=server.url, timeout=30) as client:
                while not stop.is_set():
                    with lock:
                        asked[0] += 1
                        n = asked[0]
                    try:
                        made = client.post(RECORDS, json={"n": n})
                    except httpx.TransportError:
                        return  # killed under it
                    if made.status_code == 200:
                        answered[n] = time.time()

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        began = caught_up(server)
        until(lambda: len(answered) > 500)
        until(lambda: replica(server)["upTo"] > began)
        kill_all(server)
        stop.set()
        for thread in threads:
            thread.join()
        up_to = orjson.loads((server.data / ".replica").read_bytes())["up_to"]

    (tmp_path / "b" / "data").mkdir(parents=True)
    (tmp_path / "b" / "data" / "data.db").write_bytes(b"what the disk has made of it" * 100)
    again = Holdall(tmp_path / "b" / "data", "--workers", "1", "--replicate", str(folder))
    done = again.manage("restore", "--from", str(folder), "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    found = numbers(again.data / "data.db")
    assert len(found) == len(set(found))
    assert set(found) <= set(range(1, asked[0] + 1))
    owed = {n for n, moment in answered.items() if moment < up_to}
    assert len(owed) > 100
    assert owed <= set(found)

    again.has_superuser = True  # it came with the replica
    with again:  # and goes on with it
        again.http.post(RECORDS, json={"n": 0}).raise_for_status()
        caught_up(again)
    copy = tmp_path / "copy.db"
    litestream.restore(f"file://{folder}", copy)
    assert numbers(copy) == [0, *found]


def test_followed_in_a_bucket(tmp_path, s3_server):
    """Litestream dies, a backup is restored, the server stops: the replica follows all of it."""
    bucket = s3_server.bucket()
    query = {"endpoint": bucket.endpoint, "region": REGION, "forcePathStyle": "true"}
    url = f"s3://{bucket.name}/app?{urlencode(query)}"
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    data = tmp_path / "data"
    with Holdall(data, "--workers", "1", HOLDALL_REPLICATE=url, **keys) as server:
        server.http.post("/api/collections", json=NOTES).raise_for_status()
        server.http.post(RECORDS, json={"n": 1}).raise_for_status()
        caught_up(server)
        assert replica(server)["url"] == f"s3://{bucket.name}/app"
        assert bucket.names()

        [first] = litestreams(server)
        first.kill()
        server.http.post(RECORDS, json={"n": 2}).raise_for_status()
        until(lambda: [found.pid for found in litestreams(server)] not in ([], [first.pid]))
        caught_up(server)
        assert "litestream has ended with status -9" in server.log.read_text()
        early = datetime.now(UTC)

        server.http.post("/api/backups", json={"name": "a.zip"}).raise_for_status()
        server.http.post(RECORDS, json={"n": 3}).raise_for_status()
        caught_up(server)
        done = server.manage("backup", "restore", "a.zip", "--yes")
        assert (done.returncode, done.stderr) == (0, "")
        until(lambda: server.http.post(RECORDS, json={"n": 4}).status_code == 200)
        [last] = litestreams(server)
        server.http.post(RECORDS, json={"n": 5}).raise_for_status()
    assert not last.is_running()
    for name, moment, expected in (("now", None, [1, 2, 4, 5]), ("then", early, [1, 2])):
        fresh = Holdall(tmp_path / name / "data", **keys)
        fresh.data.parent.mkdir()
        when = ["--at", moment.isoformat()] if moment else []
        done = fresh.manage("restore", "--from", url, *when, "--yes")
        assert (done.returncode, done.stderr) == (0, "")
        assert numbers(fresh.data / "data.db") == expected
