import os
import sqlite3
import zipfile
from contextlib import closing

import pytest

from ops_app.backups import staging
from ops_app.backups.busy import Progress
from ops_app.backups.errors import BadBackup

pytestmark = pytest.mark.sqlite


@pytest.fixture
def unpack(tmp_path):
    """Pack files (name -> bytes, or a ``ZipInfo`` -> bytes) and unpack them again."""

    def act(files, damage=lambda raw: raw):
        archive, into = tmp_path / "x.zip", tmp_path / "into"
        into.mkdir()
        with zipfile.ZipFile(archive, "w") as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        archive.write_bytes(damage(archive.read_bytes()))
        staging.unpack(archive, into, Progress("check", "x.zip", -1))
        return sorted(str(path.relative_to(into)) for path in into.rglob("*") if path.is_file())

    return act


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def test_everything_but_what_stays(unpack):
    files = {"data.db": b"", "storage/a/b.txt": b"x", "backups/y.zip": b"", ".notify/z": b""}
    assert unpack(files) == ["data.db", "storage/a/b.txt"]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "data.db file is missing"),
        ({"sub/data.db": b""}, "data.db file is missing"),
        ({"data.pgdump": b""}, "it is a backup of PostgreSQL, and the data here is in SQLite"),
        ({"data.db": b"", "../evil": b""}, "leads elsewhere"),
        ({"data.db": b"", "storage/../../evil": b""}, "leads elsewhere"),
        ({"data.db": b"", "/etc/evil": b""}, "leads elsewhere"),
        ({"data.db": b"", "a\\..\\evil": b""}, "leads elsewhere"),
        ({"data.db": b"", link("storage"): b"/etc"}, "not a file"),
    ],
)
def test_refused(unpack, tmp_path, files, why):
    with pytest.raises(BadBackup, match=why):
        unpack(files)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.replace(b"content", b"c0ntent"),
        lambda raw: b"not a zip",
    ],
    ids=["cut", "changed", "other"],
)
def test_damaged(unpack, damage):
    with pytest.raises(BadBackup, match="damaged"):
        unpack({"data.db": b"content " * 1000}, damage)


def test_too_large_for_the_disk(unpack, monkeypatch):
    usage = type("Usage", (), {"free": 65 << 20})
    monkeypatch.setattr(staging.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(BadBackup, match="2 MiB are needed, and the disk has 65 MiB left"):
        unpack({"data.db": bytes(2 << 20)})


def database(path, *statements):
    with closing(sqlite3.connect(path)) as made:
        for statement in statements:
            made.execute(statement)
        made.commit()


TABLES = ("CREATE TABLE _collections(id)", "CREATE TABLE _params(id)")


def test_check(tmp_path, db):
    database(tmp_path / "data.db", *TABLES)
    staging.check(tmp_path)
    database(tmp_path / "auxiliary.db", "CREATE TABLE _logs(id)")
    staging.check(tmp_path)


def test_no_database_of_ours(tmp_path, db):
    database(tmp_path / "data.db", TABLES[0])
    with pytest.raises(BadBackup, match="no table _params"):
        staging.check(tmp_path)


def test_no_database_at_all(tmp_path, db):
    (tmp_path / "data.db").write_bytes(os.urandom(5000))
    with pytest.raises(BadBackup, match=r"data\.db cannot be read"):
        staging.check(tmp_path)


def test_damaged_database(tmp_path, db):
    path = tmp_path / "data.db"
    database(path, *TABLES, "CREATE TABLE t(a)", "INSERT INTO t VALUES (zeroblob(50000))")
    raw = bytearray(path.read_bytes())
    raw[8192 : 8192 + 4096] = os.urandom(4096)
    path.write_bytes(raw)
    with pytest.raises(BadBackup, match=r"data\.db"):
        staging.check(tmp_path)


def test_of_a_newer_version(tmp_path, db):
    database(
        tmp_path / "data.db",
        *TABLES,
        "CREATE TABLE django_migrations(app, name)",
        "INSERT INTO django_migrations VALUES ('core_app', '9999_later'), ('gone', '0001_x')",
    )
    with pytest.raises(BadBackup, match=r"newer version .* core_app\.9999_later"):
        staging.check(tmp_path)
