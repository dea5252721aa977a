"""Backups and restores of a server whose data is in PostgreSQL."""

import shutil
import subprocess
import zipfile

import httpx
import pytest

from tests.makers import file, number
from tests.postgres import empty_database
from tests.servers import Holdall
from tests.waiting import until

pytestmark = [
    pytest.mark.server,
    pytest.mark.postgres,
    pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed"),
]

NOTES = {"name": "notes", "type": "base", "fields": [number("n"), file("f")]}
LATER = {"name": "later", "type": "base", "fields": [number("n")]}
DUMP = ["pg_dump", "-Fc", "--no-owner", "-n", "public", "-n", "auxiliary"]
RECORDS = "/api/collections/notes/records"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One server; a test finds it with what others may have left."""
    data = tmp_path_factory.mktemp("backups") / "data"
    with (
        empty_database() as url,
        Holdall(data, "--workers", "2", DATABASE_URL=url) as server,
    ):
        server.http.post("/api/collections", json=NOTES).raise_for_status()
        yield server


def items(server):
    return server.http.get(RECORDS).json().get("items")


def backup(server, name):
    """Make a backup and return its file."""
    assert server.http.post("/api/backups", json={"name": name}).status_code == 204
    return server.data / "backups" / name


def restored(server, name):
    done = server.manage("backup", "restore", name, "--yes")
    until(lambda: items(server) is not None)
    return done


def test_brought_back(running):
    """Records, files and collections are what they were; what came later is gone, its table too."""
    running.http.delete("/api/collections/later")
    sent = {"data": {"n": 1}, "files": {"f": ("a.txt", b"first")}}
    record = running.http.post(RECORDS, **sent).json()
    before = items(running)
    with zipfile.ZipFile(backup(running, "a.zip")) as packed:
        names = packed.namelist()
    assert names[0] == "data.pgdump"
    assert not [name for name in names if name.endswith(".db")]
    assert running.manage("backup", "check", "a.zip").stdout == "a.zip can be restored.\n"

    running.http.delete(f"{RECORDS}/{record['id']}").raise_for_status()
    running.http.post(RECORDS, json={"n": 2}).raise_for_status()
    running.http.post("/api/collections", json=LATER).raise_for_status()
    done = restored(running, "a.zip")
    assert (done.returncode, done.stderr) == (0, "")
    for _ in range(10):  # each on a connection of its own, so both workers answer
        with httpx.Client(base_url=running.url) as client:
            client.headers = running.http.headers
            assert client.get(RECORDS).json()["items"] == before
    path = f"/api/files/notes/{record['id']}/{record['f']}"
    assert running.http.get(path).content == b"first"
    assert running.http.get("/api/collections/later").status_code == 404
    running.http.post("/api/collections", json=LATER).raise_for_status()
    running.http.post("/api/collections/later/records", json={"n": 1}).raise_for_status()
    assert not (running.data / "data.pgdump").exists()
    assert not (running.data / ".restore").exists()


def test_damaged_or_of_the_other_kind(running, tmp_path):
    before = items(running)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(backup(running, "b.zip")) as packed:
        content = packed.read("data.pgdump")
    for name, text, said in (
        ("data.pgdump", content[: len(content) // 2], "data.pgdump is damaged"),
        ("data.db", b"x", "it is a backup of SQLite, and the data here is in PostgreSQL"),
    ):
        with zipfile.ZipFile(bad, "w") as packed:
            packed.writestr(name, text)
        done = running.manage("backup", "restore", str(bad), "--yes")
        assert done.returncode == 1
        assert said in done.stderr
        assert items(running) == before


def test_a_database_that_does_not_work_goes_out_again(running, tmp_path):
    """It looks whole, but tables cannot be brought up to date: the old data comes back."""
    before = items(running)
    archive, broken = tmp_path / "data.pgdump", tmp_path / "broken.zip"
    with zipfile.ZipFile(backup(running, "c.zip")) as packed:
        packed.extract("data.pgdump", tmp_path)
    with empty_database() as url:
        subprocess.run(["psql", "-q", url, "-c", "DROP SCHEMA public"], check=True)
        subprocess.run(["pg_restore", "--no-owner", "-d", url, archive], check=True)
        spoil = (
            "DELETE FROM django_migrations; DROP TABLE _versions; CREATE VIEW _versions AS SELECT 1"
        )
        subprocess.run(["psql", "-q", url, "-c", spoil], check=True)
        subprocess.run([*DUMP, "-f", archive, url], check=True)
    with zipfile.ZipFile(broken, "w") as packed:
        packed.write(archive, "data.pgdump")
    done = restored(running, str(broken))
    assert done.returncode == 1
    assert "the restored data does not work" in done.stderr
    assert items(running) == before
    running.http.post(RECORDS, json={"n": 4}).raise_for_status()
