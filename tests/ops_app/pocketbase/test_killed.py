"""An import that is really killed half way, and run again, ends as one that was not."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.db import connection

from tests.makers import file, number, text
from tests.ops_app.pocketbase.app import contents
from tests.ops_app.pocketbase.folders import Folder
from tests.servers import ROOT, Holdall

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True), pytest.mark.server]

RECORDS, FILES = 45_000, 300


@pytest.fixture
def pb(tmp_path):
    made = Folder(tmp_path / "app" / "pb_data")
    notes = made.add(
        name="notes",
        fields=[text("title"), number("n"), file("doc")],
        indexes=["CREATE UNIQUE INDEX `idx_title` ON `notes` (`title`)"],
    )
    with closing(sqlite3.connect(made.path / "data.db")) as database, database:
        database.executemany(
            "INSERT INTO notes (id, title, n, doc) VALUES (?, ?, ?, ?)",
            (
                (f"record{n:09}", f"title {n * 7919 % RECORDS}", n, f"{n}.txt" * (n < FILES))
                for n in range(RECORDS)
            ),
        )
    for n in range(FILES):
        made.put_file(notes, f"record{n:09}", f"{n}.txt", b"%d" % n * 100)
    return made


def killed(ours, path, line):
    """Start an import and kill it when it says ``line``."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "import_pocketbase", str(path)],
        env=ours.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process.stdout as said:
        reached = any(found.startswith(line) for found in said)
        process.kill()
    assert process.wait() == -9
    return reached


def data(folder):
    """All statements that make the database, but moments of this installation's own."""
    with closing(sqlite3.connect(folder / "data.db")) as database:
        return [
            statement
            for statement in database.iterdump()
            if not statement.startswith(('INSERT INTO "_versions"', 'INSERT INTO "_params"'))
        ]


def test_killed_twice(pb, tmp_path):
    connection.close()
    ours, other = Holdall(tmp_path / "data"), Holdall(tmp_path / "other")
    assert ours.manage("migrate", "-v", "0").returncode == 0
    shutil.copytree(ours.data, other.data)
    before, original = data(ours.data), contents(pb.path)

    assert killed(ours, pb.path, "files: 1, 1 of them copied")
    assert data(ours.data) == before
    copied = len(list((ours.data / "storage").rglob("*.txt")))
    assert 0 < copied < FILES

    assert killed(ours, pb.path, "notes: 20,000 of 45,000 records")
    assert data(ours.data) == before
    assert len(list((ours.data / "storage").rglob("*.txt"))) == FILES

    last = ours.manage("import_pocketbase", str(pb.path))
    whole = other.manage("import_pocketbase", str(pb.path))
    assert (last.returncode, whole.returncode) == (0, 0), last.stderr + whole.stderr
    assert f"{RECORDS:,} records, 0 files" in last.stdout
    assert f"{RECORDS:,} records, {FILES} files" in whole.stdout
    assert sorted(set(data(ours.data)) ^ set(data(other.data))) == []
    assert _files(ours) == _files(other)
    assert contents(pb.path) == original


def _files(ours):
    return {name: digest for name, (_, digest) in contents(ours.data / "storage").items()}
