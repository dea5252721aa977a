import io
import os
import re
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from core_app import body_limits, crons
from core_app.errors import Forbidden, Unauthorized
from core_app.settings_store import store
from ops_app import hooks
from ops_app.backups import busy, contents, create, restore, schedule, shelf
from ops_app.backups.errors import BackupError
from tests.makers import token_of, upload

pytestmark = pytest.mark.sqlite

PATH = "/api/backups"
INVALID = "An error occurred while validating the submitted data."
BUSY = "Try again later - another backup/restore process has already been started."


@pytest.fixture(autouse=True)
def data(transactional_db, settings, tmp_path):
    """A data folder of the test's own; the databases are the tests'."""
    settings.HOLDALL_DATA_DIR = tmp_path / "data"
    settings.HOLDALL_DATA_DIR.mkdir()
    return settings.HOLDALL_DATA_DIR


def refusal(response):
    body = response.json()
    assert (response.status_code, body["status"]) == (400, 400)
    return body["message"], body["data"]


def names(key):
    with zipfile.ZipFile(shelf.folder() / key) as packed:
        return packed.namelist()


def table(key, name, query, tmp_path):
    with zipfile.ZipFile(shelf.folder() / key) as packed:
        path = packed.extract(name, tmp_path)
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_a_backup_is_the_data_folder(root_api, make_record, data, tmp_path):
    for name in ("storage/c/r/a.txt", "hooks/h.py", "hooks/__pycache__/h.pyc", "backups/old.zip"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name)
    for name in ("secret_key", ".write.lock", "storage/c/r/.new-x", "data.db-wal"):
        (data / name).write_text(name)
    response = root_api.post(PATH, {"name": "a.zip"})
    assert (response.status_code, response.content) == (204, b"")
    assert names("a.zip") == [
        *("data.db", "auxiliary.db", "hooks/h.py", "secret_key", "storage/c/r/a.txt"),
    ]
    emails = table("a.zip", "data.db", "SELECT email FROM _superusers", tmp_path)
    assert emails == [("root@example.com",)]
    assert not [name for name in os.listdir(data) if name.startswith(".backup-")]


def test_list(root_api):
    assert root_api.get(PATH).json() == []
    for name in ("b.zip", "a.zip"):
        root_api.post(PATH, {"name": name})
    first, second = root_api.get(PATH).json()
    assert (first["key"], second["key"]) == ("a.zip", "b.zip")
    assert first["size"] == (shelf.folder() / "a.zip").stat().st_size
    assert first["modified"] > second["modified"]
    assert root_api.get(PATH, fields="key").json() == [{"key": "a.zip"}, {"key": "b.zip"}]


def test_without_a_name(root_api):
    store.update({"meta": {"appName": "My HTTPServer Äpp 2go"}})
    assert root_api.post(PATH).status_code == 204
    [backup] = shelf.all_backups()
    assert re.fullmatch(r"pb_backup_my_httpserver_pp_2go_\d{14}\.zip", backup.key)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("A.zip", "validation_match_invalid"),
        ("a", "validation_match_invalid"),
        ("../a.zip", "validation_match_invalid"),
        ("x" * 147 + ".zip", "validation_length_out_of_range"),
        ("there.zip", "validation_backup_name_exists"),
    ],
)
def test_bad_name(root_api, name, code):
    root_api.post(PATH, {"name": "there.zip"})
    message, found = refusal(root_api.post(PATH, {"name": name}))
    assert (message, found["name"]["code"]) == (INVALID, code)
    assert [backup.key for backup in shelf.all_backups()] == ["there.zip"]


def test_busy(root_api):
    root_api.post(PATH, {"name": "a.zip"})
    with busy.alone("create", "a.zip"):
        assert refusal(root_api.post(PATH)) == (BUSY, {})
        assert refusal(root_api.post(f"{PATH}/a.zip/restore")) == (BUSY, {})
        assert refusal(root_api.delete(f"{PATH}/a.zip")) == (
            "The backup is currently being used and cannot be deleted.",
            {},
        )
        assert root_api.get("/api/health").json()["data"]["canBackup"] is False
    assert root_api.get("/api/health").json()["data"]["canBackup"] is True
    assert root_api.delete(f"{PATH}/a.zip").status_code == 204


def test_hooks(root_api, data):
    (data / "storage").mkdir()
    (data / "storage" / "a").write_text("a")
    seen = []

    def before(event, **_):
        event.exclude.add("storage")
        event.key = "other.zip"

    def after(event, **_):
        seen.append(event.key)

    hooks.before_backup_create.connect(before)
    hooks.backup_created.connect(after)
    try:
        root_api.post(PATH, {"name": "a.zip"})
    finally:
        hooks.before_backup_create.disconnect(before)
        hooks.backup_created.disconnect(after)
    assert (names("other.zip"), seen) == (["data.db", "auxiliary.db"], ["other.zip"])


def test_failed(root_api, monkeypatch, data):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(create.snapshot, "take", fail)
    assert refusal(root_api.post(PATH)) == ("Failed to create backup.", {})
    assert shelf.all_backups() == []
    assert not [name for name in os.listdir(data) if name.startswith(".backup-")]


def file_token(record):
    return sign.issue(record, TokenKind.FILE)


def test_download(api, make_superuser, make_user):
    root = make_superuser()
    signed = api.as_(root)
    signed.post(PATH, {"name": "a.zip"})
    url = f"{PATH}/a.zip"
    content = (shelf.folder() / "a.zip").read_bytes()
    response = api.get(url, token=file_token(root))
    assert b"".join(response) == content
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="a.zip"'
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    part = api.using(Range="bytes=1-3").get(url, token=file_token(root))
    assert (part.status_code, part.content) == (206, content[1:4])
    for token in ("", token_of(root), file_token(make_user()), "x"):
        refused = signed.get(url, token=token)
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "Insufficient permissions to access the resource.",
        )
    assert api.get(f"{PATH}/nope.zip", token=file_token(root)).status_code == 404


@pytest.mark.parametrize("key", ["../secret_key", "..", ".hidden", "a/b", "", "a\0b", "nope.zip"])
def test_keys_lead_nowhere_else(data, key):
    (data / "secret_key").write_text("k")
    shelf.folder().mkdir()
    (shelf.folder() / ".hidden").write_text("h")
    assert not shelf.exists(key)
    for act in (shelf.find, lambda key: shelf.part(key, 0, 1), shelf.delete):
        with pytest.raises(shelf.Missing):
            act(key)
    with pytest.raises(shelf.Missing):
        shelf.put(key if key != "nope.zip" else "..", data / "secret_key")
    assert (data / "secret_key").read_text() == "k"


def test_delete(root_api):
    root_api.post(PATH, {"name": "a.zip"})
    assert root_api.delete(f"{PATH}/a.zip").status_code == 204
    assert shelf.all_backups() == []
    message, found = refusal(root_api.delete(f"{PATH}/a.zip"))
    assert message.startswith("Invalid or already deleted backup file. Raw error: \n")
    assert found == {}


def packed(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_upload(root_api):
    content = packed(a="b")
    send = {"file": upload("My File.zip", content)}
    assert root_api.upload(f"{PATH}/upload", send).status_code == 204
    assert (shelf.folder() / "My File.zip").read_bytes() == content
    send = {"file": upload("My File.zip", content)}
    assert refusal(root_api.upload(f"{PATH}/upload", send)) == (
        INVALID,
        {
            "file": {
                "code": "validation_backup_name_exists",
                "message": "Backup file with the specified name already exists.",
            }
        },
    )


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "validation_required"),
        ({"file": "text"}, "validation_required"),
        ({"other": upload("a.zip", packed(a="b"))}, "validation_required"),
        ({"file": upload("a.zip", b"no zip at all")}, "validation_invalid_mime_type"),
        ({"file": upload(".hidden", packed(a="b"))}, "validation_required"),
    ],
)
def test_bad_upload(root_api, form, code):
    message, found = refusal(root_api.upload(f"{PATH}/upload", form))
    assert (message, found["file"]["code"]) == (INVALID, code)
    assert shelf.all_backups() == []


def test_upload_to_a_full_disk(root_api, monkeypatch, data):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf, "put", fail)
    send = {"file": upload("a.zip", packed(a="b"))}
    assert refusal(root_api.upload(f"{PATH}/upload", send)) == ("Failed to store the backup.", {})
    assert shelf.all_backups() == []
    assert not [name for name in os.listdir(data) if name.startswith(".backup-")]


def test_only_superusers_may_send_large_bodies(make_superuser, make_user):
    path = f"{PATH}/upload"
    assert body_limits.limit_of(path, token_of(make_superuser())) > 1 << 50
    with pytest.raises(Unauthorized):
        body_limits.limit_of(path, "")
    with pytest.raises(Forbidden):
        body_limits.limit_of(path, token_of(make_user()))
    assert body_limits.limit_of(PATH, "") == body_limits.DEFAULT_LIMIT


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", ""), ("POST", ""), ("POST", "/upload"), ("DELETE", "/a.zip")),
        ("POST", "/a.zip/restore"),
    ],
)
def test_only_superusers(api, make_user, method, path):
    assert api.request(method, PATH + path).status_code == 401
    assert api.as_(make_user()).request(method, PATH + path).status_code == 403
    assert shelf.all_backups() == []


def test_restore_of_nothing(root_api):
    assert refusal(root_api.post(f"{PATH}/nope.zip/restore")) == (
        "Missing or invalid backup file.",
        {},
    )


def test_a_bad_backup_changes_nothing(root_api, data):
    (data / "secret_key").write_text("k")
    root_api.upload(f"{PATH}/upload", {"file": upload("bad.zip", packed(a="b"))})
    with pytest.raises(BackupError, match=r"data\.db file is missing"):
        restore.restore("bad.zip")
    assert sorted(os.listdir(data)) == [".backups.lock", "backups", "secret_key"]
    assert busy.current() is None


def test_automatic_backups_follow_the_settings(root_api):
    jobs = [job["id"] for job in root_api.get("/api/crons").json()]
    assert schedule.JOB not in jobs
    root_api.patch("/api/settings", {"backups": {"cron": "5 4 * * *", "cronMaxKeep": 2}})
    assert {"id": schedule.JOB, "expression": "5 4 * * *"} in root_api.get("/api/crons").json()
    root_api.patch("/api/settings", {"backups": {"cron": ""}})
    jobs = [job["id"] for job in root_api.get("/api/crons").json()]
    assert (schedule.JOB in jobs, crons.find(schedule.JOB)) == (False, None)


def test_automatic_backups_keep_the_newest(root_api):
    store.update({"backups": {"cron": "5 4 * * *", "cronMaxKeep": 2}})
    shelf.folder().mkdir()
    for days in range(4):
        path = shelf.folder() / f"{schedule.PREFIX}{days}.zip"
        path.write_bytes(b"")
        moment = (datetime.now(UTC) - timedelta(days=days + 1)).timestamp()
        os.utime(path, (moment, moment))
    (shelf.folder() / "mine.zip").write_bytes(b"")
    schedule.back_up()
    keys = [backup.key for backup in shelf.all_backups()]
    assert len(keys) == 3
    assert keys[0] == f"{schedule.PREFIX}0.zip"
    assert re.fullmatch(r"@auto_pb_backup_acme_\d{14}\.zip", keys[1])
    assert keys[2] == "mine.zip"


def test_superusers_hear_of_a_failed_automatic_backup(make_superuser, monkeypatch):
    make_superuser()
    make_superuser("other@example.com")

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(schedule, "create", fail)
    with pytest.raises(OSError, match="full"):
        schedule.back_up()
    assert sorted(message.to[0] for message in mail.outbox) == [
        *("other@example.com", "root@example.com"),
    ]
    assert {message.subject for message in mail.outbox} == {
        "[Acme system alert] Autobackup failure"
    }
    assert "the disk is full" in mail.outbox[0].body


def test_in_a_bucket(root_api, make_superuser, api, s3_server, data, tmp_path):
    bucket = s3_server.bucket()
    group = {**bucket.settings, "enabled": True}
    root_api.patch("/api/settings", {"backups": {"s3": group}})
    assert root_api.post("/api/settings/test/s3", {"filesystem": "backups"}).status_code == 204
    assert root_api.post(PATH, {"name": "a.zip"}).status_code == 204
    assert (bucket.names(), shelf.folder().exists()) == (["a.zip"], False)
    [shown] = root_api.get(PATH).json()
    assert (shown["key"], shown["size"]) == ("a.zip", shelf.find("a.zip").size)
    token = file_token(make_superuser("other@example.com"))
    content = b"".join(api.get(f"{PATH}/a.zip", token=token))
    assert len(content) == shown["size"]
    part = api.using(Range="bytes=2-5").get(f"{PATH}/a.zip", token=token)
    assert (part.status_code, part.content) == (206, content[2:6])
    with shelf.local_file("a.zip") as path:
        assert path.read_bytes() == content
    assert not path.exists()
    send = {"file": upload("b.zip", packed(a="b"))}
    assert root_api.upload(f"{PATH}/upload", send).status_code == 204
    assert refusal(root_api.post(PATH, {"name": "b.zip"}))[0] == INVALID
    assert root_api.delete(f"{PATH}/a.zip").status_code == 204
    assert root_api.delete(f"{PATH}/a.zip").status_code == 400
    assert bucket.names() == ["b.zip"]
    root_api.patch("/api/settings", {"backups": {"s3": {"endpoint": "http://127.0.0.1:1"}}})
    assert refusal(root_api.post(PATH)) == ("Failed to create backup.", {})


REQUESTS = [
    ("POST", "", {"name": "a.zip"}),
    ("POST", "", {"name": "a.zip"}),
    ("POST", "", {"name": "A.zip"}),
    ("POST", "", {"name": "x" * 160}),
    ("POST", "", {"name": 5}),
    ("POST", "", []),
    ("GET", "?fields=key", None),
    ("GET", "/a.zip", None),
    ("GET", "/nope.zip?token=x", None),
    ("POST", "/nope/restore", None),
    ("POST", "/upload", None),
    ("POST", "/upload", {"file": "x"}),
    ("GET", "/a.zip/restore", None),
    ("PUT", "/a.zip", None),
    ("DELETE", "/a.zip", None),
]


@pytest.mark.pocketbase
def test_as_pocketbase_answers(pocketbase, root_api):
    for method, path, body in REQUESTS:
        theirs = pocketbase.http.request(method, PATH + path, json=body)
        ours = root_api.request(method, PATH + path, body)
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content), path


def test_names_of_databases_are_pocketbases():
    assert set(contents.DATABASES.values()) == {"data.db", "auxiliary.db"}
