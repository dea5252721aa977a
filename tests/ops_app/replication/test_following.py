import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import httpx
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.management import CommandError
from django.http import HttpResponse
from django.test import RequestFactory

from config.databases import state_of_replica
from core_app.errors import ServiceUnavailable
from core_app.transactions import READ_ONLY, write
from ops_app.management.commands.serve import _follower, _replicator
from ops_app.replication import following
from ops_app.replication.following import Follower, State
from ops_app.replication.litestream import ReplicaError
from ops_app.replication.reading import Reading
from tests.makers import number
from tests.ops_app.replication.test_real_servers import RECORDS, kill_all, until
from tests.servers import Holdall

#: what the registry sees of a server
SERVER = """
import fcntl, os, sys
descriptor = os.open(f"{sys.argv[1]}/{os.getpid()}", os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""
REFUSED = {"data": {}, "message": READ_ONLY, "status": 503}
pytestmark = pytest.mark.sqlite

STATE = State("s3://bucket/app", "0000000000000005", 1_800_000_000.25, 1_800_000_001.5, "no route")


@pytest.fixture
def data(settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path / "data"
    settings.HOLDALL_DATA_DIR.mkdir()
    settings.HOLDALL_FOLLOW = "s3://bucket/app"
    return settings.HOLDALL_DATA_DIR


@pytest.mark.parametrize(
    ("method", "path", "passes"),
    [
        ("GET", "/api/collections/notes/records", True),
        ("HEAD", "/api/health", True),
        ("OPTIONS", "/api/batch", True),
        ("POST", "/api/collections/users/auth-refresh", True),
        ("POST", "/api/files/token", True),
        ("POST", "/api/collections/notes/records", False),
        ("PATCH", "/api/collections/notes/records/a", False),
        ("DELETE", "/api/collections/notes/records/auth-refresh", False),
        ("POST", "/api/collections/users/auth-with-password", False),
        ("POST", "/api/collections/users/records/auth-refresh", False),
        ("POST", "/api/batch", False),
        ("POST", "/_/login/", False),
        ("GET", "/api/realtime", False),
    ],
)
def test_what_is_let_through(data, db, method, path, passes, monkeypatch):
    monkeypatch.setattr(Reading, "_turn_to_newest", lambda self: None)
    answer = Reading(lambda request: HttpResponse("asked"))(RequestFactory().generic(method, path))
    assert answer.status_code == (200 if passes else 503)


def test_elsewhere_nothing_stands_in_the_way():
    with pytest.raises(MiddlewareNotUsed):
        Reading(lambda request: HttpResponse())


def test_what_a_hook_writes_is_refused(data, db):
    with pytest.raises(ServiceUnavailable, match="send this request to the primary"), write():
        raise AssertionError("it was let in")


def test_sqlite_refuses_every_write_and_needs_nothing_beside(tmp_path):
    path = tmp_path / "a b%.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (n)")
    options = state_of_replica(path)["OPTIONS"]
    with closing(sqlite3.connect(options["database"], uri=True)) as database:
        database.executescript(options["init_command"])
        assert database.execute("SELECT count(*) FROM t").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            database.execute("INSERT INTO t VALUES (1)")
        assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_health_and_metrics_say_how_old(root_api, settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path
    following._write(STATE)
    assert "following" not in root_api.get("/api/health").json()["data"]
    assert b"holdall_follower" not in root_api.get("/api/metrics").content
    settings.HOLDALL_FOLLOW = "s3://bucket/app"
    told = root_api.get("/api/health").json()["data"]["following"]
    assert told.pop("behind") >= 0
    assert told == {
        "url": "s3://bucket/app",
        "changed": "2027-01-15 08:00:00.250Z",
        "checked": "2027-01-15 08:00:01.500Z",
        "error": "no route",
    }
    text = root_api.get("/api/metrics").content.decode()
    assert "\nholdall_follower_changed_timestamp_seconds 1.80000000025e+09\n" in text
    assert "\nholdall_follower_checked_timestamp_seconds 1.8000000015e+09\n" in text
    assert "\nholdall_follower_follows 0.0\n" in text


def test_a_database_of_our_own_is_left_alone(data):
    (data / "data.db").write_bytes(b"ours")
    with pytest.raises(CommandError, match="is a database of its own"):
        _follower()
    assert [found.name for found in data.iterdir()] == ["data.db"]


def test_without_a_replica_there_is_nothing_to_serve(data, settings, tmp_path):
    settings.HOLDALL_FOLLOW = str(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="no matching backup"):
        _follower()
    assert list(data.iterdir()) == []


def test_not_both_ways(data):
    with pytest.raises(CommandError, match="take --replicate away"):
        _replicator("s3://bucket/app")


def test_a_follower_is_not_taken_over_while_it_runs(data, settings):
    following._write(STATE)
    settings.HOLDALL_FOLLOW = ""
    (data / ".servers").mkdir()
    command = [sys.executable, "-c", SERVER, str(data / ".servers")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout.readline() == b"locked\n"
        with pytest.raises(CommandError, match="stop it first"):
            _replicator("")
        settings.HOLDALL_FOLLOW = "s3://bucket/app"
        with pytest.raises(CommandError, match="another server"):
            _replicator("")
        settings.HOLDALL_FOLLOW = ""
        server.stdin.close()
    assert _replicator("") is None
    (data / "data.db").write_bytes(b"ours")
    with pytest.raises(ReplicaError, match="is a database of its own"):
        Follower("s3://bucket/app").catch_up()


def test_the_last_state_is_served_while_the_replica_is_away(data, tmp_path):
    following._write(STATE)
    (data / "data.db").write_bytes(b"a state")
    Follower(f"file://{tmp_path}/nowhere").start()
    assert "no matching backup" in following.read().error
    assert following.read().checked == STATE.checked
    assert (data / "data.db").read_bytes() == b"a state"


NOTES = {
    "name": "notes",
    "type": "base",
    "fields": [number("n")],
    "createRule": "",
    "listRule": "",
    "viewRule": "@request.auth.id != ''",
}


@pytest.mark.server
def test_followed_until_it_takes_over(tmp_path):
    """A follower serves what was written, refuses to write, outlives the primary, replaces it."""
    replica = str(tmp_path / "replica")
    primary = Holdall(tmp_path / "a" / "data", "--workers", "1", "--replicate", replica)
    primary.data.parent.mkdir()
    options = ("--workers", "2", "--follow", replica)
    second = Holdall(tmp_path / "b" / "data", *options, HOLDALL_FOLLOW_EVERY="1")
    second.data.parent.mkdir()
    with primary, httpx.Client(base_url=second.url, timeout=30) as follower:
        primary.http.post("/api/collections", json=NOTES).raise_for_status()
        made = primary.http.post(RECORDS, json={"n": 1}).json()
        until(lambda: primary.http.get("/api/health").json()["data"]["replica"]["upTo"])
        second.start()
        follower.headers = primary.http.headers
        until(lambda: _numbers(follower) == [1])
        stop, answers = threading.Event(), []
        reader = threading.Thread(target=_read_on, args=(second.url, stop, answers))
        reader.start()
        primary.http.post(RECORDS, json={"n": 2}).raise_for_status()
        until(lambda: _numbers(follower) == [1, 2])
        fields = [number("n"), number("m")]
        primary.http.patch("/api/collections/notes", json={"fields": fields}).raise_for_status()
        primary.http.patch(f"{RECORDS}/{made['id']}", json={"m": 7}).raise_for_status()
        until(lambda: follower.get(f"{RECORDS}/{made['id']}").json().get("m") == 7)
        made = primary.http.get(f"{RECORDS}/{made['id']}").json()
        stop.set()
        reader.join()
        assert set(answers) == {200}
        assert len(answers) > 10
        kill_all(primary)

        assert httpx.get(f"{second.url}{RECORDS}/{made['id']}").status_code == 404
        assert follower.get(f"{RECORDS}/{made['id']}").json() == made
        refused = follower.post(RECORDS, json={"n": 3})
        assert (refused.status_code, refused.json()) == (503, REFUSED)
        assert follower.get("/api/realtime").json() == REFUSED
        assert follower.post("/api/collections/_superusers/auth-refresh").status_code == 200
        assert follower.get("/api/logs").json()["items"] == []
        assert follower.get("/api/health/ready").status_code == 200
        told = follower.get("/api/health").json()["data"]["following"]
        assert (told["error"], told["behind"] < 600) == ("", True)
        assert _numbers(follower) == [1, 2]
        assert second.stop() == 0
    assert {"data.db-wal", "data.db-shm"}.isdisjoint(path.name for path in second.data.iterdir())

    second.options, second.has_superuser = ("--workers", "1"), True  # the accounts came along
    with second:
        second.http.post(RECORDS, json={"n": 3}).raise_for_status()
        assert _numbers(second.http) == [1, 2, 3]
    assert not (second.data / ".following").exists()


def _numbers(client):
    answer = client.get(RECORDS, params={"sort": "n"})
    return [item["n"] for item in answer.json().get("items", [])]


def _read_on(url, stop, answers):
    with httpx.Client(base_url=url, timeout=30) as client:
        while not stop.is_set():
            answers.append(client.get(RECORDS).status_code)
