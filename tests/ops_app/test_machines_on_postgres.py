"""Two machines on one PostgreSQL and one bucket, with and without Redis; and a server that goes."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from tests.makers import file, text
from tests.postgres import Cluster, empty_database, place
from tests.realtime.sse import Sse
from tests.realtime.test_workers import create, subscribe
from tests.servers import Holdall

pytestmark = [pytest.mark.postgres, pytest.mark.server]
KEY = "a secret that both machines have"
JOB = (
    "from datetime import UTC, datetime; from core_app import cron_runs;"
    "print(cron_runs.take('job', datetime(2030, 1, 1, tzinfo=UTC)))"
)


def machine(folder, url, **environment):
    return Holdall(
        folder / "data", "--workers", "1", DATABASE_URL=url, HOLDALL_SECRET_KEY=KEY, **environment
    )


@pytest.fixture
def machines(tmp_path):
    """Two machines with one database."""
    with ExitStack() as stack:
        url = stack.enter_context(empty_database())
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        one = stack.enter_context(machine(tmp_path / "one", url))
        two = machine(tmp_path / "two", url)
        two.has_superuser = True
        stack.enter_context(two)
        assert two.http.get("/api/settings").status_code == 200
        yield one, two


def test_two_machines(machines, s3_server):
    one, two = machines
    assert one.http.get("/api/settings", headers=dict(two.http.headers)).status_code == 200

    bucket = s3_server.bucket()
    changed = {"s3": bucket.settings, "meta": {"appName": "Two"}}
    assert one.http.patch("/api/settings", json=changed).status_code == 200
    assert two.http.get("/api/settings").json()["meta"]["appName"] == "Two"

    fields = [text("title"), file("doc")]
    body = {"name": "posts", "fields": fields, "listRule": "", "viewRule": ""}
    made = one.http.post("/api/collections", json=body)
    assert made.status_code == 200, made.text
    assert two.guest.get("/api/collections/posts/records").json()["items"] == []

    upload = {"doc": ("a.txt", b"by the first", "text/plain")}
    record = one.http.post("/api/collections/posts/records", files=upload).json()
    path = f"/api/files/posts/{record['id']}/{record['doc']}"
    assert two.guest.get(path).content == b"by the first"

    streams = [Sse(one), Sse(two)]
    for stream in streams:
        subscribe(stream, stream.server.guest, "posts")
    for number in range(20):
        create((one, two)[number % 2].http, "posts", title=str(number))
    for stream in streams:
        titles = [told["title"] for _, _, told in stream.records(20)]
        assert titles == [str(number) for number in range(20)]
        stream.close()

    taken = [server.manage("shell", "-c", JOB).stdout.split()[-1] for server in (one, two, one)]
    assert taken == ["True", "False", "False"]


def test_change_holds_on_the_other_machine_for_what_follows_its_answer(machines):
    one, two = machines
    path = "/api/collections/posts/records"
    body = {"name": "posts", "fields": [text("t0")], "listRule": "", "createRule": ""}
    fields = one.http.post("/api/collections", json=body).json()["fields"]
    create(one.guest, "posts", t0="a")
    for number in range(8):
        changed, other = (one, two) if number % 2 else (two, one)
        for _ in range(8):  # every thread has just looked
            [record] = other.guest.get(path).json()["items"]
            assert record[f"t{number}"] == "a"
        fields[1]["name"] = f"t{number + 1}"
        renamed = changed.http.patch("/api/collections/posts", json={"fields": fields})
        assert renamed.status_code == 200, renamed.text
        [record] = other.guest.get(path).json()["items"]
        assert record[f"t{number + 1}"] == "a"
        name = {"meta": {"appName": f"App {number}"}}
        assert changed.http.patch("/api/settings", json=name).status_code == 200
        assert other.http.get("/api/settings").json()["meta"]["appName"] == f"App {number}"


@pytest.fixture
def cluster():
    with place() as folder:
        made = Cluster(folder / "cluster")
        made.start()
        yield made
        made.stop()


def test_the_database_goes_and_comes_back(tmp_path, cluster):
    records = "/api/collections/posts/records"
    with machine(tmp_path, cluster.url) as server:
        body = {"name": "posts", "fields": [text("title")], "listRule": "", "createRule": ""}
        assert server.http.post("/api/collections", json=body).status_code == 200
        kept = [create(server.guest, "posts", title="before")]
        stream = Sse(server)
        subscribe(stream, server.guest, "posts")
        cluster.stop()
        away = {
            "data": {},
            "message": "The database cannot be reached. Try again.",
            "status": 503,
        }
        for _ in range(8):  # more than there are threads
            assert server.guest.get(records).json() == away
            assert server.guest.post(records, json={"title": "lost"}).json() == away
        ready = server.guest.get("/api/health/ready")
        failed = {"data": "failed", "logs": "failed", "disk": "ok", "restore": "ok"}
        assert (ready.status_code, ready.json()["data"]) == (503, failed)
        assert server.guest.get("/api/health/live").status_code == 200
        cluster.start()
        deadline = time.monotonic() + 60
        while server.guest.get(records).status_code != 200:
            assert time.monotonic() < deadline
        for number in range(8):
            kept.append(create(server.guest, "posts", title=str(number)))
        found = server.guest.get(records).json()["items"]
        assert [item["id"] for item in found] == [item["id"] for item in kept]
        assert stream.records(1)[0][2]["title"] == "0"
        stream.close()
