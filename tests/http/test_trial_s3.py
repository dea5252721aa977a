"""``POST /api/settings/test/s3``."""

import pytest

from core_app.settings_store import store
from tests.makers import make_user

PATH = "/api/settings/test/s3"
MESSAGE = "Failed to test the S3 filesystem."
NOT_ENABLED = f"{MESSAGE} Raw error: \nS3 storage filesystem is not enabled."
LOAD = "An error occurred while loading the submitted data."
BLANK = {"filesystem": {"code": "validation_required", "message": "Cannot be blank."}}
INVALID = {"filesystem": {"code": "validation_in_invalid", "message": "Must be a valid value."}}


@pytest.mark.parametrize(
    ("body", "message", "data"),
    [
        ({}, MESSAGE, BLANK),
        ("null", MESSAGE, BLANK),
        ({"filesystem": ""}, MESSAGE, BLANK),
        ({"filesystem": "x"}, MESSAGE, INVALID),
        ({"filesystem": "storage"}, NOT_ENABLED, {}),
        ({"filesystem": "backups"}, NOT_ENABLED, {}),
        ({"filesystem": 5}, LOAD, {}),
        ("{bad", LOAD, {}),
        ("[]", LOAD, {}),
    ],
)
def test_refused(root_api, body, message, data):
    response = root_api.post(PATH, body)
    assert (response.status_code, response.json()) == (
        400,
        {"data": data, "message": message, "status": 400},
    )


def test_superusers_only(api, make_superuser):
    assert api.post(PATH, {"filesystem": "storage"}).status_code == 401
    assert api.as_(make_user()).post(PATH, {"filesystem": "storage"}).status_code == 403
    assert api.as_(make_superuser()).get(PATH).status_code == 404


@pytest.mark.parametrize("filesystem", ["storage", "backups"])
def test_bucket_is_tried_and_left_empty(root_api, s3_server, filesystem):
    bucket = s3_server.bucket()
    group = {"s3": bucket.settings}
    store.update(group if filesystem == "storage" else {"backups": group})
    response = root_api.post(PATH, {"filesystem": filesystem})
    assert (response.status_code, response.content) == (204, b"")
    assert bucket.names() == []
    other = {"filesystem": "backups" if filesystem == "storage" else "storage"}
    assert root_api.post(PATH, other).json()["message"] == NOT_ENABLED


@pytest.mark.parametrize(
    "change", [{"bucket": "no-such-bucket"}, {"endpoint": "http://127.0.0.1:1"}]
)
def test_reason_is_told(root_api, s3_server, change):
    store.update({"s3": {**s3_server.bucket().settings, **change}})
    response = root_api.post(PATH, {"filesystem": "storage"})
    assert (response.status_code, response.json()["data"]) == (400, {})
    expected = f"{MESSAGE} Raw error: \nfailed to upload a test file: "
    assert response.json()["message"].startswith(expected)


@pytest.mark.pocketbase
def test_as_pocketbase(pocketbase, root_api, s3_server):
    bucket = s3_server.bucket()
    for group in (bucket.settings, {"enabled": False}):
        pocketbase.http.patch("/api/settings", json={"s3": group})
        store.update({"s3": group})
        for body in ({"filesystem": "storage"}, {"filesystem": "backups"}, {"filesystem": "x"}, {}):
            theirs = pocketbase.http.post(PATH, json=body)
            ours = root_api.post(PATH, body)
            assert (body, ours.status_code, ours.content) == (
                body,
                theirs.status_code,
                theirs.content,
            )
    assert bucket.names() == []
