"""Files on their way into the storage."""

import re

import orjson
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from storage_app import blobs
from storage_app.uploads import State, Upload
from tests.storage_app import samples


def test_is_its_stored_name():
    upload = Upload.of(SimpleUploadedFile("My Photo.JPG", samples.image("PNG"), "text/html"))
    assert re.fullmatch(r"my_photo_[a-z0-9]{10}\.JPG", upload)
    assert upload.original_name == "My Photo.JPG"
    assert upload.content_type == "image/png"
    assert upload.size == len(samples.image("PNG"))
    assert orjson.loads(orjson.dumps([upload])) == [str(upload)]


def test_extension_comes_from_the_content():
    assert Upload.of(ContentFile(samples.image("PNG"), "noext")).endswith(".png")


def test_a_file_has_one_name():
    file = ContentFile(b"a", "a.txt")
    assert Upload.of(file) is Upload.of(file)


def test_text_file():
    assert Upload.of(ContentFile("text", "a.txt")).content_type == "text/plain; charset=utf-8"


def test_store_and_take_back(stored_files):
    upload = Upload.of(ContentFile(b"hello", "a.txt"))
    upload.store("c", "r")
    key = blobs.key_of("c", "r", upload)
    assert (stored_files / key).read_bytes() == b"hello"
    upload.take_back("c", "r")
    assert (blobs.exists(key), upload.state) == (False, State.NEW)
    upload.store("c", "r")
    assert (stored_files / key).read_bytes() == b"hello"


def test_what_is_kept_is_not_taken_back(stored_files):
    upload = Upload.of(ContentFile(b"hello", "a.txt"))
    upload.store("c", "r")
    upload.keep()
    upload.take_back("c", "r")
    assert blobs.exists(blobs.key_of("c", "r", upload))
