"""The ``file`` field: options, values, modifiers, checks and what happens around a write."""

import pytest
from django.core.files.base import ContentFile

from collections_app.fields.base import WrongShape, from_json
from collections_app.fields.columns import ListColumn, TextColumn
from collections_app.schema.definition import CollectionDef
from core_app.errors import FieldError
from storage_app import blobs
from storage_app.uploads import Upload
from tests.storage_app import samples


def make(**options):
    return from_json({"type": "file", "id": "file1", "name": "file", **options})


def several(**options):
    return make(maxSelect=3, **options)


def sent(name="a.txt", content=b"hello"):
    return ContentFile(content, name)


def collection_of(field):
    return CollectionDef(id="c", name="docs", fields=(field,))


def errors_of(field):
    return {
        key: error.code if isinstance(error, FieldError) else {k: e.code for k, e in error.items()}
        for key, error in field.check_options(collection_of(field), None).items()
    }


def refusal(check, *arguments, **named):
    with pytest.raises(FieldError) as caught:
        check(*arguments, **named)
    return caught.value.body()


def test_json():
    assert make().to_json() == {
        "help": "",
        "hidden": False,
        "id": "file1",
        "maxSelect": 0,
        "maxSize": 0,
        "mimeTypes": [],
        "name": "file",
        "presentable": False,
        "protected": False,
        "required": False,
        "system": False,
        "thumbs": [],
        "type": "file",
    }


def test_wrong_shape():
    with pytest.raises(WrongShape):
        make(thumbs="100x100")


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"maxSelect": 5, "maxSize": 1, "thumbs": ["1x1", "0x5f", "00x10", "1x1"]}, {}),
        ({"maxSelect": -1}, {"maxSelect": "validation_min_greater_equal_than_required"}),
        ({"maxSize": -1}, {"maxSize": "validation_min_greater_equal_than_required"}),
        ({"maxSize": 2**53}, {"maxSize": "validation_max_less_equal_than_required"}),
        (
            {"thumbs": ["", "1x", "0x0t"]},
            {"thumbs": {"1": "validation_match_invalid", "2": "validation_not_in_invalid"}},
        ),
    ],
)
def test_options(options, errors):
    assert errors_of(make(**options)) == errors


@pytest.mark.parametrize(("most", "column"), [(0, TextColumn), (1, TextColumn), (2, ListColumn)])
def test_column(most, column):
    assert isinstance(make(maxSelect=most).model_field(), column)


@pytest.mark.parametrize(
    ("options", "allowance"),
    [({}, 5242880), ({"maxSelect": 3}, 3 * 5242880), ({"maxSelect": 2, "maxSize": 10}, 20)],
)
def test_body_allowance(options, allowance):
    assert make(**options).body_allowance == allowance


@pytest.mark.parametrize(
    ("raw", "single", "multiple"),
    [
        (None, "", []),
        ("", "", []),
        ([], "", []),
        ({}, "", []),
        ("a.txt", "a.txt", ["a.txt"]),
        (["a.txt", "b.txt", "a.txt", ""], "b.txt", ["a.txt", "b.txt"]),
        ('["a.txt","b.txt"]', "b.txt", ["a.txt", "b.txt"]),
        (5, "5", ["5"]),
        ([["a.txt"], ["b.txt", "c.txt"]], "a.txt", ["a.txt"]),
    ],
)
def test_prepare(raw, single, multiple):
    assert make().prepare(raw) == single
    assert several().prepare(raw) == multiple


def test_prepare_uploads():
    first, last = sent("first.txt"), sent("last.txt")
    assert make().prepare([first, last]) is Upload.of(last)
    assert several().prepare(["old.txt", first, last]) == [
        "old.txt",
        Upload.of(first),
        Upload.of(last),
    ]
    assert all(isinstance(item, Upload) for item in several().prepare([first, last]))


@pytest.mark.parametrize(
    ("modifier", "given", "expected"),
    [
        ("+", "c", ["a", "b", "c"]),
        ("+", ["a", "c"], ["a", "b", "c"]),
        ("^+", "c", ["c", "a", "b"]),
        ("-", "a", ["b"]),
        ("-", ["a", "x"], ["b"]),
        ("-", "x", ["a", "b"]),
    ],
)
def test_modify(modifier, given, expected):
    assert several().modify(modifier, ["a", "b"], given) == expected


@pytest.mark.parametrize(
    ("modifier", "given", "expected"),
    [("+", "b", "b"), ("^+", "b", "a"), ("-", "a", ""), ("-", "b", "a")],
)
def test_modify_single(modifier, given, expected):
    assert make().modify(modifier, "a", given) == expected


def test_modify_by_upload():
    upload = Upload.of(sent())
    made = several().modify("+", ["a"], upload.file)
    assert made == ["a", upload]
    assert isinstance(made[1], Upload)


def test_names_must_be_known():
    body = refusal(several().validate_change, ["a", "x", "y"], ["a", "b"], is_new=False)
    assert body == {
        "code": "validation_invalid_file",
        "message": "Invalid new files: [x y].",
        "params": {"invalidFiles": ["x", "y"]},
    }
    refusal(make().validate_change, "a", "a", is_new=True)


def test_known_names_and_uploads_are_fine():
    upload = Upload.of(sent())
    several().validate_change(["b", upload, "a"], ["a", "b"], is_new=False)
    make().validate_change(upload, "", is_new=True)
    make().validate_change("", "a", is_new=False)


def test_required():
    assert refusal(make(required=True).validate, "") == {
        "code": "validation_required",
        "message": "Cannot be blank.",
    }
    assert refusal(several(required=True).validate, [])["code"] == "validation_required"
    make().validate("")


def test_too_many():
    assert refusal(several().validate, ["a", "b", "c", "d"]) == {
        "code": "validation_too_many_files",
        "message": "The maximum allowed files is 3.",
        "params": {"maxSelect": 3},
    }


def test_too_large():
    upload = Upload.of(sent("big.bin", b"123456"))
    assert refusal(make(maxSize=5).validate, upload) == {
        "code": "validation_file_size_limit",
        "message": "Failed to upload big.bin - the maximum allowed file size is 5 bytes.",
        "params": {"file": "big.bin", "maxSize": 5},
    }
    make(maxSize=6).validate(upload)


def test_wrong_type():
    field = make(mimeTypes=["image/png", "image/gif"])
    upload = Upload.of(sent("fake.png"))
    assert refusal(field.validate, upload) == {
        "code": "validation_invalid_mime_type",
        "message": f'"{upload}" mime type must be one of: image/png, image/gif.',
    }
    field.validate(Upload.of(sent("fake.txt", samples.image("PNG"))))


def test_empty_files_are_fine():
    make().validate(Upload.of(sent("a.txt", b"")))


def test_stored_form():
    upload = Upload.of(sent())
    assert type(make().to_stored(upload)) is str
    assert several().to_stored(["a", "b"]) == '["a","b"]'
    assert several().from_stored('["a","b"]') == ["a", "b"]
    assert several().from_stored("") == []
    assert make().from_stored("a") == "a"


def test_failed_write_leaves_nothing(stored_files):
    field = several()
    collection, value = collection_of(field), field.prepare([sent("a.txt"), sent("b.txt")])
    field.before_write(collection, "r", value)
    assert all(blobs.exists(f"c/r/{name}") for name in value)
    field.write_failed(collection, "r", value)
    assert not any(blobs.exists(f"c/r/{name}") for name in value)


def test_committed_write_drops_what_is_no_longer_named(stored_files):
    field = several()
    collection, before = collection_of(field), field.prepare([sent("a.txt"), sent("b.txt")])
    field.before_write(collection, "r", before)
    field.write_committed(collection, "r", before, [])
    field.write_committed(collection, "r", before[1:], before)
    assert [blobs.exists(f"c/r/{name}") for name in before] == [False, True]
    field.write_failed(collection, "r", before)
    assert blobs.exists(f"c/r/{before[1]}")


def test_deleted_record_takes_its_folder_along(stored_files):
    field = make()
    collection, value = collection_of(field), field.prepare(sent())
    field.before_write(collection, "r", value)
    field.delete_committed(collection, "r", value)
    assert not (stored_files / "c" / "r").exists()


def test_rules_see_what_is_uploaded():
    field = several()
    seen = field.to_request(["kept.txt", *field.prepare([sent("My File.txt", b"hi")])])
    name = seen[1].pop("name")
    assert name.startswith("my_file_")
    assert name.endswith(".txt")
    assert seen == ["kept.txt", {"originalName": "My File.txt", "size": 2}]
    assert make().to_request(make().prepare(sent()))["originalName"] == "a.txt"
    assert make().to_request("kept.txt") == "kept.txt"
    assert make().to_request("") == ""
