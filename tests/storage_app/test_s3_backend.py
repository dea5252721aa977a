"""Blobs in a bucket, over a real S3 API."""

import io
import tempfile

import pytest
from django.core.files.base import ContentFile, File

from core_app.settings_store import shape
from storage_app import choose
from storage_app.backends import s3 as s3_backend
from storage_app.backends.base import Missing, StorageFailed

TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def bucket(s3_server):
    return s3_server.bucket()


def backend_of(held, **changes):
    group = shape.merged(shape.Settings(), {"s3": {**held.settings, **changes}}).s3
    return choose.bucket(group)


def test_same_settings_same_backend(bucket):
    assert backend_of(bucket) is backend_of(bucket)
    assert backend_of(bucket) is not backend_of(bucket, secret="another")


def test_an_object_knows_its_type_and_name(bucket):
    backend_of(bucket).write("c/r/a.txt", ContentFile(b"hello"), TEXT, 'Mÿ "File" (1)+&.txt')
    assert bucket.names() == ["c/r/a.txt"]
    assert bucket.read("c/r/a.txt") == b"hello"
    head = bucket.head("c/r/a.txt")
    assert head["ContentType"] == TEXT
    assert head["Metadata"] == {"original-filename": "M%C3%BF%20%22File%22%20%281%29+&.txt"}
    blob = backend_of(bucket).find("c/r/a.txt")
    assert (blob.size, blob.content_type, blob.path) == (5, TEXT, "")
    assert (blob.original_name, blob.modified) == ('Mÿ "File" (1)+&.txt', head["LastModified"])


def test_original_name_is_cut(bucket):
    backend_of(bucket).write("c/r/a", ContentFile(b""), TEXT, "é" * 200)
    assert backend_of(bucket).find("c/r/a").original_name == "é" * 127


def test_written_again(bucket):
    held = backend_of(bucket)
    held.write("c/r/a", ContentFile(b"one"), TEXT, "")
    held.write("c/r/a", ContentFile(b"two"), "image/png", "")
    assert bucket.read("c/r/a") == b"two"
    assert held.find("c/r/a").content_type == "image/png"


def test_large_files_go_in_parts(bucket):
    content = bytes(range(256)) * (s3_backend.PART_SIZE // 256 * 2 + 5)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        backend_of(bucket).write("c/r/a", File(file, "a"), "application/x-big", "big")
        assert not file.closed
    assert bucket.head("c/r/a")["ETag"].endswith('-3"')
    assert bucket.read("c/r/a") == content
    assert backend_of(bucket).find("c/r/a").original_name == "big"


def test_broken_large_file_leaves_nothing(bucket):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= s3_backend.PART_SIZE:
                raise OSError("gone")
            return super().read(size)

    broken = File(Broken(b"x" * (s3_backend.PART_SIZE * 2)), "a")
    with pytest.raises(OSError, match="gone"):
        backend_of(bucket).write("c/r/a", broken, TEXT, "")
    assert bucket.names() == []
    pending = bucket.client.list_multipart_uploads(Bucket=bucket.name)
    assert pending.get("Uploads", []) == []


def test_missing(bucket):
    held = backend_of(bucket)
    for ask in (held.find, held.open, lambda key: held.part(key, 0, 1)):
        with pytest.raises(Missing):
            ask("c/r/none")
    held.delete("c/r/none")
    held.delete_folder("c/none/")


def test_reading(bucket):
    held = backend_of(bucket)
    bucket.put("c/r/a", b"0123456789")
    with held.open("c/r/a") as file:
        assert file.read() == b"0123456789"
        file.seek(4)
        assert file.read(2) == b"45"
    stream = held.part("c/r/a", 3, 4)
    assert (stream.read(2), stream.read()) == (b"34", b"56")
    stream.close()
    bucket.put("c/r/empty", b"")
    assert held.part("c/r/empty", 0, 0).read() == b""


def test_entries_and_folders(bucket, monkeypatch):
    monkeypatch.setattr(s3_backend, "_MOST_DELETED", 2)
    held = backend_of(bucket)
    for number in range(5):
        bucket.put(f"c/many/{number}", b"xy")
    bucket.put("c/other/a", b"x")
    bucket.put("c/many.txt", b"x")
    assert sum(entry.size for entry in held.entries("c/many/")) == 10
    assert len(list(held.entries())) == 7
    held.delete_folder("c/many/")
    assert bucket.names() == ["c/many.txt", "c/other/a"]


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "http://127.0.0.1:1"},
        {"bucket": "no-such-bucket"},
        {"bucket": "no bucket!"},
        {"endpoint": "http://"},
    ],
)
def test_out_of_reach(bucket, changes):
    held = backend_of(bucket, **changes)
    with pytest.raises(StorageFailed):
        held.write("c/r/a", ContentFile(b"1"), TEXT, "")
    with pytest.raises((StorageFailed, Missing)):
        held.find("c/r/a")
    with pytest.raises(StorageFailed):
        list(held.entries())


def test_options_of_the_django_settings(bucket, settings):
    backend = "storages.backends.s3.S3Storage"
    settings.STORAGES = {"s3": {"BACKEND": backend, "OPTIONS": {"location": "inner"}}}
    s3_backend.of_settings.cache_clear()
    held = backend_of(bucket)
    held.write("c/r/a", ContentFile(b"1"), TEXT, "")
    assert bucket.names() == ["inner/c/r/a"]
    assert [entry.key for entry in held.entries("c/")] == ["c/r/a"]
    held.delete_folder("c/")
    assert bucket.names() == []
    s3_backend.of_settings.cache_clear()


def test_over_a_storage_of_the_django_settings(bucket, monkeypatch):
    from storages.backends.s3 import S3Storage

    storage = S3Storage(
        bucket_name=bucket.name,
        endpoint_url=bucket.endpoint,
        region_name="us-east-1",
        access_key="a",
        secret_key="b",
    )
    monkeypatch.setattr(choose, "storages", {"default": storage})
    choose.local().write("c/r/a", ContentFile(b"1"), TEXT, "a.txt")
    assert bucket.names() == ["c/r/a"]
    assert choose.local() is choose.local()
