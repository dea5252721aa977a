"""Backups and restores of servers with several workers, while clients write."""

import sqlite3
import threading
import zipfile
from contextlib import closing

import httpx
import pytest

from tests.makers import file, number
from tests.servers import Holdall, PocketBase
from tests.waiting import until

# zips of data.db; what PostgreSQL has instead is test_postgresql.py's
pytestmark = [pytest.mark.server, pytest.mark.sqlite]

NOTES = {"name": "notes", "type": "base", "fields": [number("n"), file("f")], "createRule": ""}
RECORDS = "/api/collections/notes/records"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One server; each test finds it with what the one before has left."""
    with Holdall(tmp_path_factory.mktemp("backups") / "data", "--workers", "2") as server:
        server.http.post("/api/collections", json=NOTES).raise_for_status()
        yield server


def total(server):
    return server.http.get(RECORDS).json().get("totalItems")


def idle(server):
    return server.http.get("/api/health").json()["data"].get("canBackup")


def back_up(server, key):
    """Make a backup; return where it lies."""
    server.http.post("/api/backups", json={"name": key}).raise_for_status()
    return server.data / "backups" / key


def delete_all(server):
    for item in server.http.get(RECORDS, params={"perPage": 1000}).json()["items"]:
        server.http.delete(f"{RECORDS}/{item['id']}").raise_for_status()


def restore(server, key):
    (server.data / ".restored").unlink(missing_ok=True)
    response = server.http.post(f"/api/backups/{key}/restore")
    assert (response.status_code, response.content) == (204, b"")
    until(lambda: (server.data / ".restored").exists())  # it begins after a second
    until(lambda: idle(server))


def test_made_while_clients_write(running, tmp_path):
    """Every record in a backup has its file, and their numbers have no holes."""
    delete_all(running)
    stop, counted = threading.Event(), []

    def write(who):
        with httpx.Client(base_url=running.url, timeout=30) as client:
            n = 0
            while not stop.is_set():
                sent = {"n": n * 10 + who}
                made = client.post(RECORDS, data=sent, files={"f": ("a.txt", b"x" * 100)})
                assert made.status_code == 200
                if n % 3 == 0:
                    gone = f"{RECORDS}/{made.json()['id']}"
                    assert running.http.delete(gone).status_code == 204
                n += 1
            counted.append(n)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(2)]
    for thread in threads:
        thread.start()
    try:
        for key in ("one.zip", "two.zip"):
            back_up(running, key)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(counted) == 2
    for key in ("one.zip", "two.zip"):
        folder = tmp_path / key
        with zipfile.ZipFile(running.data / "backups" / key) as packed:
            packed.extractall(folder)
        with closing(sqlite3.connect(folder / "data.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = database.execute("SELECT id, CAST(n AS INT), f FROM notes").fetchall()
            [(collection,)] = database.execute("SELECT id FROM _collections WHERE name = 'notes'")
        for record, _, name in rows:
            assert (folder / "storage" / collection / record / name).read_bytes() == b"x" * 100
        for who in range(2):
            mine = {n // 10 for _, n, _ in rows if n % 10 == who}
            assert mine >= {n for n in range(max(mine, default=0)) if n % 3}


def test_restored_in_all_workers(running):
    delete_all(running)
    sent = {"data": {"n": 1}, "files": {"f": ("a.txt", b"first")}}
    record = running.http.post(RECORDS, **sent).json()
    back_up(running, "a.zip")
    assert running.http.delete(f"{RECORDS}/{record['id']}").status_code == 204
    assert running.http.post(RECORDS, json={"n": 2}).status_code == 200
    fields = [*NOTES["fields"], number("later")]
    assert running.http.patch("/api/collections/notes", json={"fields": fields}).status_code == 200
    restore(running, "a.zip")
    for _ in range(20):  # each on a connection of its own, so both workers answer
        with httpx.Client(base_url=running.url) as client:
            client.headers = running.http.headers
            assert client.get(RECORDS).json()["items"] == [record]
    path = f"/api/files/notes/{record['id']}/{record['f']}"
    assert running.http.get(path).content == b"first"
    assert running.http.post(RECORDS, json={"n": 3}).status_code == 200
    assert running.process.poll() is None
    assert not (running.data / ".restore").exists()
    assert "a.zip has been restored" in running.log.read_text()


def test_data_that_does_not_work_goes_out_again(running):
    """It looks whole, but tables cannot be brought up to date: the old data comes back."""
    before = total(running)
    with zipfile.ZipFile(back_up(running, "whole.zip")) as packed:
        packed.extract("data.db", running.data.parent)
    broken = running.data.parent / "data.db"
    with closing(sqlite3.connect(broken)) as database:
        database.execute("DELETE FROM django_migrations")
        database.execute("DROP TABLE _versions")
        database.execute("CREATE VIEW _versions AS SELECT 1 AS id")
        database.commit()
    with zipfile.ZipFile(running.data / "backups" / "broken.zip", "w") as packed:
        packed.write(broken, "data.db")
    restore(running, "broken.zip")
    assert total(running) == before
    assert "the data is what it was before" in running.log.read_text()
    assert running.http.post(RECORDS, json={"n": 4}).status_code == 200


def test_command_line(running):
    made = running.manage("backup", "create", "cli.zip")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("Made cli.zip (")
    before = total(running)
    running.http.post(RECORDS, json={"n": 5}).raise_for_status()
    refused = running.manage("backup", "restore", "cli.zip", input="\n")
    assert "The server restarts." in refused.stdout
    assert "Nothing has changed." in refused.stdout
    assert total(running) == before + 1
    done = running.manage("backup", "restore", "cli.zip", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Restored cli.zip.\n", "")
    assert until(lambda: total(running)) == before
    wrong = running.manage("backup", "restore", "nope.zip", "--yes")
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "CommandError: there is no backup nope.zip; see: manage.py backup list\n",
    )


@pytest.mark.pocketbase
def test_pocketbases_backup(tmp_path):
    """A zip that PocketBase made becomes our data; its superuser signs in. No server runs."""
    if PocketBase.absent():
        pytest.skip(PocketBase.absent())
    with PocketBase(tmp_path / "pb") as theirs:
        theirs.http.post("/api/collections", json=NOTES).raise_for_status()
        theirs.http.post(RECORDS, data={"n": 7}, files={"f": ("a.txt", b"pb")}).raise_for_status()
        theirs.http.post("/api/backups", json={"name": "pb.zip"}).raise_for_status()
    server = Holdall(tmp_path / "data", "--workers", "1")
    key = server.manage("backup", "list") and (server.data / "secret_key").read_text()
    done = server.manage("backup", "restore", str(tmp_path / "pb/backups/pb.zip"), "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert (server.data / "secret_key").read_text() == key
    server.has_superuser = True
    with server:
        [record] = server.http.get(RECORDS).json()["items"]
        assert record["n"] == 7
        path = f"/api/files/notes/{record['id']}/{record['f']}"
        assert server.http.get(path).content == b"pb"


def test_a_broken_database_is_replaced(running, tmp_path):
    """Nothing of the old one has to be readable."""
    archive = back_up(running, "good.zip")
    broken = Holdall(tmp_path / "data", "--workers", "1")
    broken.data.mkdir()
    (broken.data / "data.db").write_bytes(b"once upon a time this was a database" * 100)
    told = broken.manage("backup", "list")
    assert (told.returncode, told.stderr) == (1, "CommandError: file is not a database\n")
    done = broken.manage("backup", "restore", str(archive), "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (broken.data / ".restore").exists()
    with closing(sqlite3.connect(broken.data / "data.db")) as database:
        assert database.execute("SELECT COUNT(*) FROM notes").fetchone()[0] >= 0
