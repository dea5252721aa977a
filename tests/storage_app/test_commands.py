"""``storage_copy`` and ``storage_check``, on the disk and in a bucket."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command

from collections_app import records
from core_app.settings_store import store
from storage_app import checking, choose, thumbs
from storage_app.backends.s3 import S3Backend
from storage_app.backends.sidecar import SidecarBackend
from storage_app.local import LocalStorage
from tests.makers import file, make_collection, make_record, upload
from tests.storage_app.samples import image


@pytest.fixture
def disk(db, tmp_path, monkeypatch):
    """An empty folder, where files are while S3 is off."""
    holder = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": holder})
    return Path(holder.path(""))


@pytest.fixture
def bucket(disk, s3_server):
    """An empty bucket that the settings name; S3 is off."""
    made = s3_server.bucket()
    store.update({"s3": {**made.settings, "enabled": False}})
    return made


@pytest.fixture
def docs(disk):
    return make_collection("docs", file("one"), file("many", maxSelect=5))


def run(command, *arguments):
    """Return what a command says, and what it fails with."""
    out, error = StringIO(), ""
    try:
        call_command(command, *arguments, stdout=out, stderr=out)
    except CommandError as failure:
        error = str(failure)
    return out.getvalue(), error


def keys(folder):
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".attrs"
    )


def age(folder):
    """Let all files in ``folder`` be two hours old."""
    for path in folder.rglob("*"):
        if path.is_file():
            old = path.stat().st_mtime - 7200
            os.utime(path, (old, old))


# storage_copy


def test_copy_there_and_back(docs, disk, bucket):
    record = make_record(docs, one=upload("My Photo.png", image("PNG")))
    thumbs.ensure(choose.backend().find(f"{docs.id}/{record.id}/{record['one']}"), "100x100")
    make_record(docs, many=[upload("a.txt", b"a"), upload("b.txt", b"bb")])
    before = keys(disk)
    out, error = run("storage_copy", "--to", "s3")
    assert (out.splitlines()[-1].split(" (")[0], error) == ("4 of 4 files copied", "")
    assert bucket.names() == before
    head = bucket.head(f"{docs.id}/{record.id}/{record['one']}")
    assert head["ContentType"] == "image/png"
    assert head["Metadata"] == {"original-filename": "My%20Photo.png"}
    assert store.current().s3.enabled is False
    attributes = {path: path.read_bytes() for path in disk.rglob("*.attrs")}
    for path in [*disk.rglob("*.txt"), *attributes]:
        path.unlink()
    out, error = run("storage_copy", "--to", "local")
    assert (out.splitlines()[-1].split(" (")[0], error) == ("2 of 4 files copied", "")
    assert keys(disk) == before
    written = [path for path in attributes if path.name.endswith(".txt.attrs")]
    assert {path: path.read_bytes() for path in written} == {
        path: attributes[path] for path in written
    }


def test_copy_goes_on_where_it_was_stopped(docs, disk, bucket, monkeypatch):
    record = make_record(docs, many=[upload(f"{name}.txt", b"12345") for name in "abcd"])
    folder = f"{docs.id}/{record.id}"
    bucket.put(f"{folder}/{record['many'][0]}", b"12345")
    bucket.put(f"{folder}/{record['many'][1]}", b"123")  # half
    write = S3Backend.write

    def broken(self, key, *arguments):
        if key.endswith(record["many"][2]):
            raise OSError("the line is down")
        write(self, key, *arguments)

    monkeypatch.setattr(S3Backend, "write", broken)
    out, error = run("storage_copy", "--to", "s3", "--switch", "--threads", "1")
    assert "2 of 4 files copied (10 bytes of 20 bytes)" in out
    assert f"{folder}/{record['many'][2]}: the line is down" in out
    assert error == "1 files were not copied; run it again"
    assert store.current().s3.enabled is False
    monkeypatch.setattr(S3Backend, "write", write)
    out, error = run("storage_copy", "--to", "s3", "--switch")
    assert "1 of 4 files copied (5 bytes of 20 bytes)" in out
    assert (store.current().s3.enabled, error) == (True, "")
    assert {len(bucket.read(key)) for key in bucket.names()} == {5}
    run("storage_copy", "--to", "local", "--switch")
    assert store.current().s3.enabled is False


def test_copy_that_arrives_short_is_no_copy(docs, disk, bucket, monkeypatch):
    make_record(docs, one=upload("a.txt", b"12345"))
    write = S3Backend.write
    monkeypatch.setattr(
        S3Backend,
        "write",
        lambda self, key, file, *about: write(self, key, ContentFile(b"123"), *about),
    )
    out, error = run("storage_copy", "--to", "s3")
    assert "3 of 5 bytes arrived" in out
    assert error == "1 files were not copied; run it again"
    assert bucket.names() == []


def test_copy_needs_a_bucket(disk):
    assert run("storage_copy", "--to", "s3") == (
        "",
        "the settings' s3 group has no endpoint, bucket, region",
    )


def test_copy_from_a_bucket_out_of_reach(bucket):
    store.update({"s3": {"endpoint": "http://127.0.0.1:1"}})
    out, error = run("storage_copy", "--to", "local")
    assert out == ""
    assert error.startswith("a storage cannot be read: ")


# storage_check


def test_check_finds_nothing(docs, disk):
    make_record(docs, one=upload("a.png", image("PNG")), many=[upload("b.txt")])
    age(disk)
    out, error = run("storage_check")
    assert out.startswith("2 files (")
    assert out.endswith("): 0 missing, 0 without a record, 0 of them removed.\n")
    assert error == ""


def test_check_on_the_disk(docs, disk):
    kept = make_record(docs, one=upload("a.png", image("PNG")))
    lost = make_record(docs, many=[upload("b.txt"), upload("c.txt")])
    (disk / docs.id / lost.id / lost["many"][1]).unlink()
    thumbs.ensure(choose.backend().find(f"{docs.id}/{kept.id}/{kept['one']}"), "100x100")
    backend = choose.local()
    for key in ("gone/a.txt", f"{kept.id}/x.txt", f"{kept.id}/thumbs_x.txt/1x1_x.txt"):
        backend.write(f"{docs.id}/{key}", ContentFile(b"1234"), "text/plain", "")
    backend.write("nocollection/r/a.txt", ContentFile(b"1234"), "text/plain", "")
    (disk / docs.id / ".new-abc").write_bytes(b"1234")
    (disk / "notes.txt").write_bytes(b"1234")
    age(disk)
    backend.write(f"{docs.id}/young/a.txt", ContentFile(b"1234"), "text/plain", "")
    expected = [
        f"missing  docs/{lost.id} many: {lost['many'][1]}",
        f"orphan   {docs.id}/.new-abc (4 bytes): it was never written to its end",
        f"orphan   {docs.id}/{kept.id}/thumbs_x.txt/1x1_x.txt (4 bytes): no record names it",
        f"orphan   {docs.id}/{kept.id}/x.txt (4 bytes): no record names it",
        f"orphan   {docs.id}/gone/a.txt (4 bytes): no record names it",
        "orphan   nocollection/r/a.txt (4 bytes): there is no such collection",
        "foreign  notes.txt (4 bytes)",
    ]
    before = keys(disk)
    out, error = run("storage_check")
    assert sorted(out.splitlines()[:-1]) == sorted(expected)
    assert out.splitlines()[-1].endswith("1 missing, 5 without a record, 0 of them removed.")
    assert (error, keys(disk)) == ("files and records do not agree", before)
    out, error = run("storage_check", "--remove")
    assert out.splitlines()[-1].endswith("1 missing, 5 without a record, 4 of them removed.")
    assert run("storage_check", "--remove", "--unknown-collections")[0].splitlines()[:-1] == [
        expected[0],
        f"{expected[5]} (removed)",
        expected[6],
    ]
    assert set(keys(disk)) == {
        f"{docs.id}/{kept.id}/{kept['one']}",
        f"{docs.id}/{kept.id}/thumbs_{kept['one']}/100x100_{kept['one']}",
        f"{docs.id}/{lost.id}/{lost['many'][0]}",
        f"{docs.id}/young/a.txt",
        "notes.txt",
    }


def test_check_keeps_what_the_trash_names(disk, django_capture_on_commit_callbacks):
    bin_ = make_collection("bin", file("one"), softDelete=True)
    record = make_record(bin_, one=upload("a.txt"))
    with django_capture_on_commit_callbacks(execute=True):
        records.get("bin", record.id).delete()
    age(disk)
    out, error = run("storage_check", "--remove")
    assert out.endswith("0 missing, 0 without a record, 0 of them removed.\n")
    assert (len(keys(disk)), error) == (1, "")


def test_check_in_a_bucket(docs, bucket, monkeypatch):
    store.update({"s3": {"enabled": True}})
    record = make_record(docs, one=upload("a.txt"), many=[upload("b.txt")])
    bucket.delete(f"{docs.id}/{record.id}/{record['many'][0]}")
    orphan = f"{docs.id}/{record.id}/x.txt"
    bucket.put(orphan, b"1234")
    bucket.put("of/somebody/else/here.txt", b"1")
    assert (
        run("storage_check", "--remove")[0]
        .splitlines()[-1]
        .endswith("1 missing, 0 without a record, 0 of them removed.")
    )
    monkeypatch.setattr(checking, "YOUNG", timedelta(hours=-1))
    out, error = run("storage_check", "--remove")
    assert sorted(out.splitlines()[:-1]) == [
        "foreign  of/somebody/else/here.txt (1 byte)",
        f"missing  docs/{record.id} many: {record['many'][0]}",
        f"orphan   {orphan} (4 bytes): no record names it (removed)",
    ]
    assert error == "files and records do not agree"
    assert bucket.names() == sorted(
        [f"{docs.id}/{record.id}/{record['one']}", "of/somebody/else/here.txt"]
    )


def test_any_storage_can_be_checked(docs, monkeypatch):
    monkeypatch.setattr(choose, "storages", {"default": InMemoryStorage()})
    make_record(docs, one=upload("a.txt"))
    assert isinstance(choose.backend(), SidecarBackend)
    assert run("storage_check") == (
        "1 files (7 bytes): 0 missing, 0 without a record, 0 of them removed.\n",
        "",
    )
