"""Zip files that are no backup of ours, sent to four workers: refused, and nothing is touched."""

import hashlib
import io
import sqlite3
import zipfile
from contextlib import closing

import httpx
import pytest

from tests.makers import file, number
from tests.servers import Holdall, PocketBase
from tests.waiting import until

# a data.db that cannot be one is refused by what is in it; dumps of PostgreSQL: test_postgresql.py
pytestmark = [pytest.mark.server, pytest.mark.sqlite]

NOTES = {"name": "notes", "type": "base", "fields": [number("n"), file("f")], "createRule": ""}
RECORDS = "/api/collections/notes/records"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("foreign") / "data"
    with Holdall(data, "--workers", "4") as server:
        server.http.post("/api/collections", json=NOTES).raise_for_status()
        sent = {"data": {"n": 1}, "files": {"f": ("a.txt", b"ours")}}
        server.http.post(RECORDS, **sent).raise_for_status()
        yield server


def zipped(data=None, **others):
    made = io.BytesIO()
    files = others if data is None else {"data.db": data, **others}
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def database(tmp_path, *statements):
    path = tmp_path / "made.db"
    with closing(sqlite3.connect(path)) as made:
        for statement in statements:
            made.execute(statement)
        made.commit()
    return path.read_bytes()


def state(server):
    """Every file of the app but what a running server notes for itself, and all records."""
    files = {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in server.data.rglob("*")
        if path.is_file() and not str(path.relative_to(server.data)).startswith((".", "aux"))
    }
    return files, server.http.get(RECORDS).json(), server.http.get("/api/collections").json()


DAMAGED = "the zip file is damaged: "


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda _: zipped(), "data.db file is missing"),
        (lambda _: zipped(readme="hello"), "data.db file is missing"),
        (
            lambda _: zipped(data="hello"),
            "data.db cannot be read: file is not a database",
        ),
        (
            lambda path: zipped(data=database(path, "CREATE TABLE t (a)")),
            "data.db has no table _collections: it is not of Holdall or PocketBase",
        ),
        (
            lambda path: zipped(
                data=database(
                    path,
                    *("CREATE TABLE _collections (id)", "CREATE TABLE _params (id)"),
                    "CREATE TABLE django_migrations (app, name)",
                    "INSERT INTO django_migrations VALUES ('core_app', '9999_later')",
                )
            ),
            "a newer version has made it: its migration core_app.9999_later is not known here",
        ),
        (
            lambda path: zipped(database(path), **{"../evil": "x"}),
            "the zip file has a name that leads elsewhere: '../evil'",
        ),
        (lambda _: zipped(data="x" * 5000)[:3000], f"{DAMAGED}File is not a zip file"),
    ],
    ids=["empty", "other", "text", "database", "newer", "leads out", "cut"],
)
def test_refused(running, tmp_path, request, make, why):
    key = f"{request.node.callspec.id.replace(' ', '_')}.zip"
    sent = {"file": (key, make(tmp_path), "application/zip")}
    assert running.http.post("/api/backups/upload", files=sent).status_code == 204
    before = state(running)
    response = running.http.post(f"/api/backups/{key}/restore")
    assert (response.status_code, response.content) == (204, b"")
    line = f"{key} was not restored; nothing has changed: {why}"
    until(lambda: line in running.log.read_text())
    until(lambda: running.http.get("/api/health").json()["data"]["canBackup"])
    told = running.manage("backup", "restore", key, "--yes")
    assert (told.returncode, told.stderr) == (1, f"CommandError: {why}\n")
    assert state(running) == before
    assert not (running.data / ".restore").exists()
    assert "Traceback" not in running.log.read_text()
    assert running.http.delete(f"/api/backups/{key}").status_code == 204


@pytest.mark.pocketbase
def test_backup_of_pocketbase(running, tmp_path):
    """All workers go by its data; its superuser signs in."""
    if PocketBase.absent():
        pytest.skip(PocketBase.absent())
    with PocketBase(tmp_path / "pb") as theirs:
        theirs.http.post("/api/collections", json=NOTES).raise_for_status()
        sent = {"data": {"n": 7}, "files": {"f": ("b.txt", b"theirs")}}
        record = theirs.http.post(RECORDS, **sent).json()
        theirs.http.post("/api/backups", json={"name": "pb.zip"}).raise_for_status()
        content = (theirs.data / "backups" / "pb.zip").read_bytes()
    sent = {"file": ("pb.zip", content, "application/zip")}
    assert running.http.post("/api/backups/upload", files=sent).status_code == 204
    assert running.http.post("/api/backups/pb.zip/restore").status_code == 204
    until(lambda: "pb.zip has been restored" in running.log.read_text())
    running.http.headers["Authorization"] = running.token()
    for _ in range(20):  # each on a connection of its own
        with httpx.Client(base_url=running.url, headers=running.http.headers) as client:
            assert client.get(RECORDS).json()["items"] == [record]
    path = f"/api/files/notes/{record['id']}/{record['f']}"
    assert running.http.get(path).content == b"theirs"
