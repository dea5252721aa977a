"""A primary and its streaming replica: where reads go, and what nobody may miss."""

from __future__ import annotations

import httpx
import psycopg
import pytest

from tests.makers import text
from tests.postgres import Cluster, Standby, place
from tests.servers import Holdall
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.server]

RECORDS = "/api/collections/posts/records"


@pytest.fixture
def clusters():
    with place() as folder:
        primary = Cluster(folder / "primary")
        primary.start()
        standby = Standby(folder / "standby", primary)
        (folder / "postgres.log").rename(folder / "primary.log")
        standby.start("-c", "log_statement=all")
        yield primary, standby
        for cluster in (standby, primary):
            if cluster.process.poll() is None:
                cluster.stop()


def guest(server, address):
    """A client that comes from another address of this machine."""
    return httpx.Client(
        base_url=server.url, transport=httpx.HTTPTransport(local_address=address), timeout=30
    )


def test_reads_from_a_replica(tmp_path, clusters):
    primary, standby = clusters
    urls = {"DATABASE_URL": primary.url, "DATABASE_REPLICA_URL": standby.url}

    def asked_there():
        return standby.folder.with_name("postgres.log").read_text().count('FROM "posts"')

    def said(words):
        return server.log.read_text().count(words)

    def titles(client):
        return [item["title"] for item in client.get(RECORDS).raise_for_status().json()["items"]]

    def reads_there():
        before = asked_there()
        assert titles(other)[0] == "first"
        return asked_there() > before

    with (
        Holdall(tmp_path / "data", "--workers", "2", **urls) as server,
        guest(server, "127.0.0.2") as other,
        psycopg.connect(standby.url, autocommit=True) as control,
    ):
        rules = {"listRule": "", "viewRule": "", "createRule": ""}
        body = {"name": "posts", "fields": [text("title")], **rules}
        server.http.post("/api/collections", json=body).raise_for_status()
        view = {"name": "seen", "type": "view", "viewQuery": "SELECT id, title FROM posts"}
        server.http.post("/api/collections", json={**view, "listRule": ""}).raise_for_status()
        server.guest.post(RECORDS, json={"title": "first"}).raise_for_status()
        until(reads_there)

        control.execute("SELECT pg_wal_replay_pause()")
        for number in range(8):
            # new connections, so that both workers have their turn
            with guest(server, "127.0.0.3") as writer, guest(server, "127.0.0.3") as reader:
                record = writer.post(RECORDS, json={"title": str(number)}).json()
                assert reader.get(f"{RECORDS}/{record['id']}").json() == record
                assert titles(reader) == ["first", *map(str, range(number + 1))]
        # nobody reads what is old for long
        until(lambda: len(titles(other)) == 9 and said("bytes behind"))
        control.execute("SELECT pg_wal_replay_resume()")
        until(reads_there)

        # what the replica has is the old view, with the same columns
        control.execute("SELECT pg_wal_replay_pause()")
        view["viewQuery"] += " WHERE title = '7'"
        server.http.patch("/api/collections/seen", json=view).raise_for_status()
        found = other.get("/api/collections/seen/records").json()
        assert [item["title"] for item in found["items"]] == ["7"]
        control.execute("SELECT pg_wal_replay_resume()")
        until(reads_there)

        control.close()
        standby.stop()
        for _ in range(8):
            assert len(titles(other)) == 9
        record = server.guest.post(RECORDS, json={"title": "alone"}).json()
        assert other.get(f"{RECORDS}/{record['id']}").status_code == 200
        standby.start("-c", "log_statement=all")
        until(reads_there)
        assert titles(other)[-1] == "alone"
        # each worker says it when it goes and when it is back, not for each request
        assert 1 <= said("the replica is not used") <= 6
