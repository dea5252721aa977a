"""Stored files and their attributes."""

import errno
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from storage_app import blobs, choose
from storage_app.blobs import Missing
from storage_app.local import LocalStorage


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_layout_and_attributes(stored_files):
    key = blobs.key_of("col", "rec", "a_1.txt")
    blobs.write(key, ContentFile(b"hello"), "text/plain; charset=utf-8", "My File.txt")
    assert files_in(stored_files) == ["col/rec/a_1.txt", "col/rec/a_1.txt.attrs"]
    assert (stored_files / key).read_bytes() == b"hello"
    text = (stored_files / "col/rec/a_1.txt.attrs").read_text()
    assert text == (
        '{"user.cache_control":"","user.content_disposition":"","user.content_encoding":"",'
        '"user.content_language":"","user.content_type":"text/plain; charset=utf-8",'
        '"user.metadata":{"original-filename":"My File.txt"},"md5":"XUFAKrxLKna5cZ2REBfFkg=="}'
    )


def test_original_name_is_cut(stored_files):
    blobs.write("c/r/a", ContentFile(b""), "text/plain", "é" * 200)
    metadata = json.loads((stored_files / "c/r/a.attrs").read_text())["user.metadata"]
    assert metadata == {"original-filename": "é" * 127}


def test_find(stored_files):
    blobs.write("c/r/a", ContentFile(b"12345"), "image/png")
    found = blobs.find("c/r/a")
    assert (found.key, found.size, found.content_type) == ("c/r/a", 5, "image/png")
    assert abs(datetime.now(UTC) - found.modified) < timedelta(seconds=10)


@pytest.mark.parametrize("key", ["c/r/none", "c/none/a"])
def test_find_nothing(stored_files, key):
    blobs.write("c/r/a", ContentFile(b"1"), "image/png")
    with pytest.raises(Missing):
        blobs.find(key)


def test_type_without_attributes_is_unknown(stored_files):
    blobs.write("c/r/a", ContentFile(b"1"), "image/png")
    (stored_files / "c/r/a.attrs").unlink()
    assert blobs.find("c/r/a").content_type == "application/octet-stream"


def test_write_replaces(stored_files):
    blobs.write("c/r/a", ContentFile(b"one"), "image/png")
    blobs.write("c/r/a", ContentFile(b"two"), "image/gif")
    assert files_in(stored_files) == ["c/r/a", "c/r/a.attrs"]
    assert (stored_files / "c/r/a").read_bytes() == b"two"
    assert blobs.find("c/r/a").content_type == "image/gif"


def test_failed_write_leaves_the_old_file(stored_files):
    class Broken(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError("gone")

    blobs.write("c/r/a", ContentFile(b"old"), "image/png")
    with pytest.raises(OSError, match="gone"):
        blobs.write("c/r/a", Broken(b"new"), "image/gif")
    assert files_in(stored_files) == ["c/r/a", "c/r/a.attrs"]
    assert (stored_files / "c/r/a").read_bytes() == b"old"


def write_record(record_id):
    blobs.write(f"c/{record_id}/a", ContentFile(b"1"), "image/png")
    blobs.write(f"c/{record_id}/thumbs_a/1x1_a", ContentFile(b"1"), "image/png")
    blobs.write(f"c/{record_id}/b", ContentFile(b"1"), "image/png")


def test_delete_takes_thumbs_along(stored_files):
    write_record("r")
    blobs.delete("c/r/a")
    assert files_in(stored_files) == ["c/r/b", "c/r/b.attrs"]


def test_delete_nothing(stored_files):
    blobs.delete("c/r/none")


def test_delete_folder(stored_files):
    write_record("r1")
    write_record("r12")
    blobs.delete_folder(blobs.record_folder("c", "r1"))
    assert {name.split("/")[1] for name in files_in(stored_files)} == {"r12"}


def test_any_django_storage_will_do(stored_files, monkeypatch):
    monkeypatch.setattr(choose, "storages", {"default": InMemoryStorage()})
    write_record("r1")
    write_record("r2")
    assert blobs.find("c/r1/a").content_type == "image/png"
    blobs.delete_folder(blobs.record_folder("c", "r1"))
    assert not blobs.exists("c/r1/a")
    assert not blobs.exists("c/r1/thumbs_a/1x1_a")
    assert blobs.exists("c/r2/a")
    assert {entry.key for entry in choose.backend().entries("c/")} == {
        *("c/r2/a", "c/r2/b"),
        "c/r2/thumbs_a/1x1_a",
    }
    with choose.backend().part("c/r2/a", 0, 1) as stream:
        assert stream.read() == b"1"


def test_entries(stored_files):
    write_record("r1")
    write_record("r2")
    (stored_files / "c/r1/.new-abc").write_bytes(b"being written")
    assert sorted(choose.backend().entries("c/r1/")) == [
        ("c/r1/a", 1),
        ("c/r1/b", 1),
        ("c/r1/thumbs_a/1x1_a", 1),
    ]
    assert len(list(choose.backend().entries())) == 6
    assert list(choose.backend().entries("none/")) == []


def test_full_disk_leaves_nothing(stored_files, monkeypatch):
    replacing = LocalStorage.replacing

    def full(self, path):
        if path.endswith(".attrs"):
            raise OSError(errno.ENOSPC, "no space left")
        return replacing(self, path)

    monkeypatch.setattr(LocalStorage, "replacing", full)
    with pytest.raises(OSError, match="no space left"):
        blobs.write("c/r/a", ContentFile(b"1"), "image/png")
    assert files_in(stored_files) == []


def test_who_finds_a_file_finds_what_it_is(stored_files, monkeypatch):
    replace, found = os.replace, []

    def watched(source, target):
        found.append(blobs.exists("c/r/a"))
        replace(source, target)
        found.append(blobs.exists("c/r/a") and blobs.find("c/r/a").content_type)

    monkeypatch.setattr(os, "replace", watched)
    blobs.write("c/r/a", ContentFile(b"1"), "image/png")
    assert found == [False, False, False, "image/png"]
