"""Content types told by content, against answers recorded from PocketBase."""

import json
from pathlib import Path

import pytest

from storage_app import types
from storage_app.type_aliases import is_same
from tests.storage_app import samples

RECORDED = json.loads(Path(__file__).with_name("recorded_types.json").read_text())


@pytest.mark.parametrize("name", samples.everything())
def test_as_recorded(name):
    assert list(types.detect(samples.everything()[name])) == RECORDED[name]


def test_looks_at_the_beginning_only():
    assert types.detect(b"a" * types.HEAD_SIZE + b"\0") == types.detect(b"a" * types.HEAD_SIZE)


def test_every_beginning_has_an_answer():
    for sample in samples.everything().values():
        for length in range(min(len(sample), 80)):
            assert types.detect(sample[:length]).name


@pytest.mark.parametrize(
    ("detected", "wanted", "same"),
    [
        ("image/png", "image/png", True),
        ("image/png", "IMAGE/PNG", True),
        ("text/plain; charset=utf-8", "text/plain", True),
        ("text/plain; charset=utf-8", "text/plain; charset=iso-8859-1", True),
        ("audio/wav", "audio/x-wav", True),
        ("application/zip", "application/x-zip-compressed", True),
        (
            "application/vnd.oasis.opendocument.text",
            "application/x-vnd.oasis.opendocument.text",
            True,
        ),
        ("image/jpeg", "image/jpg", False),
        ("image/jpeg", "image/*", False),
        ("image/png", "", False),
    ],
)
def test_is_same(detected, wanted, same):
    assert is_same(detected, wanted) is same


@pytest.mark.pocketbase
def test_as_pocketbase(pocketbase):
    fields = [{"type": "file", "name": "file"}]
    made = pocketbase.http.post("/api/collections", json={"name": "sniffed", "fields": fields})
    folder = pocketbase.data / "storage" / made.json()["id"]
    for name, sample in samples.everything().items():
        sent = {"file": ("noext", sample)}
        record = pocketbase.http.post("/api/collections/sniffed/records", files=sent).json()
        stored = record["file"]
        attributes = json.loads((folder / record["id"] / f"{stored}.attrs").read_text())
        answer = [attributes["user.content_type"], stored[len("noext_0123456789") :]]
        assert (name, list(types.detect(sample))) == (name, answer)
