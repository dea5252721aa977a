"""What goes out, what is left out, and what is said about it."""

import json
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from auth_app.models import StaffUser
from collections_app.records import service as records
from collections_app.schema import lookup
from collections_app.schema_edit import service
from core_app.settings_store import sealing, store
from tests import makers
from tests.makers import file, text, upload
from tests.ops_app.pocketbase.app import contents

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def run(capsys, tmp_path):
    """Run the export to ``given``; return what it said, and what it refused (``""``: nothing)."""

    def run(path=tmp_path / "given", *options):
        refused = ""
        try:
            call_command("export_pocketbase", str(path), *options)
        except CommandError as error:
            refused = str(error)
        return capsys.readouterr().out, refused

    return run


@pytest.fixture
def given(tmp_path):
    """Ask the exported database."""

    def ask(statement, name="data.db"):
        with closing(sqlite3.connect(tmp_path / "given" / name)) as database:
            return database.execute(statement).fetchall()

    return ask


def test_trash_and_soft_delete_stay_behind(run, given, make_collection, make_record):
    unique = "CREATE UNIQUE INDEX `idx_title` ON `notes` (`title`)"
    notes = make_collection("notes", text("title"), file("doc"), softDelete=True, indexes=[unique])
    make_record(notes, title="kept", doc=upload("kept.txt"))
    gone = make_record(notes, title="gone", doc=upload("gone.txt"))
    records.delete(lookup.get("notes"), gone.id)
    out, refused = run()
    assert refused == ""
    assert "  soft delete of notes, and its trash (1)\n" in out
    assert ": 1 record, 1 file (7 bytes).\n" in out
    assert given("SELECT title FROM notes") == [("kept",)]
    assert [row[1] for row in given("PRAGMA table_info(notes)")] == ["doc", "id", "title"]
    assert given("SELECT sql FROM sqlite_master WHERE name = 'idx_title'") == [(unique,)]
    ((fields, options),) = given("SELECT fields, options FROM _collections WHERE name = 'notes'")
    assert [item["name"] for item in json.loads(fields)] == ["id", "title", "doc"]
    assert json.loads(options) == {}


def test_view_of_the_trash_stays_behind(run, given, make_collection):
    make_collection("notes", text("title"), softDelete=True)
    for name, query in (
        ("bin", "select id from notes where deleted != ''"),
        ("bins", "select id from bin"),
        ("all_notes", "select id, title from notes"),
    ):
        make_collection(name, type="view", viewQuery=query)
    out, refused = run()
    assert refused == ""
    assert "  view bin: no such column: deleted\n" in out
    assert "  view bins: " in out
    assert given("SELECT name FROM _collections WHERE type = 'view'") == [("all_notes",)]
    assert given("SELECT name FROM sqlite_master WHERE type = 'view'") == [("all_notes",)]


def test_installers_account_stays_behind(run, given, make_superuser):
    make_superuser("__pbinstaller@example.com")
    assert run()[1] == ""
    assert given("SELECT count(*) FROM _superusers") == [(0,)]


def test_what_else_is_left_out_is_named(run, settings, tmp_path):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "notes.py").write_text("")
    settings.HOLDALL_HOOKS_DIR = str(hooks)
    StaffUser.objects.create(username="ann", is_staff=True)
    out, refused = run()
    assert refused == ""
    assert f"  hooks in {hooks}: notes.py\n" in out
    assert "  dashboard users that are no superusers (1)\n" in out


def test_settings_come_with_their_secrets(run, given):
    store.update({"smtp": {"password": "hidden"}, "meta": {"appName": "Ours"}})
    assert run()[1] == ""
    ((value,),) = given("SELECT value FROM _params WHERE id = 'settings'")
    found = json.loads(value)
    assert (found["smtp"]["password"], found["meta"]["appName"]) == ("hidden", "Ours")


def test_settings_that_are_encrypted_stay_so(run, given, settings):
    settings.HOLDALL_ENCRYPTION_KEY = "k" * 32
    store.update({"smtp": {"password": "hidden"}})
    out, refused = run()
    assert refused == ""
    assert "  the key of the settings: start PocketBase with --encryptionEnv and the value" in out
    ((value,),) = given("SELECT value FROM _params WHERE id = 'settings'")
    assert "hidden" not in value
    assert sealing.unseal(value)["smtp"]["password"] == "hidden"


def test_migrations_beside_it_count_as_applied(run, given, tmp_path):
    (tmp_path / "pb_migrations").mkdir()
    (tmp_path / "pb_migrations" / "1_created_notes.js").write_text("")
    out, refused = run()
    assert refused == ""
    assert "  migrations in pb_migrations beside it, entered as applied (1)\n" in out
    assert len(given("SELECT * FROM _migrations WHERE file = '1_created_notes.js'")) == 1


def test_file_that_is_missing_is_named(run, make_collection, make_record, tmp_path):
    notes = make_collection("notes", file("doc"))
    record = make_record(notes, doc=upload("a.txt"))
    from storage_app import blobs

    blobs.delete_folder(f"{notes.id}/")
    out, refused = run()
    assert refused == ""
    assert f"  file notes/{record.id} {record['doc']}: it is not in storage/\n" in out


def test_empty_folder_is_filled(run, tmp_path):
    (tmp_path / "given").mkdir()
    assert run()[1] == ""
    assert sorted(path.name for path in (tmp_path / "given").iterdir()) == [
        "auxiliary.db",
        "data.db",
    ]


def test_folder_that_is_not_empty_is_refused(run, tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    (given / "data.db").write_text("precious")
    before = contents(tmp_path)
    assert run()[1] == f"{given} is not empty: name a folder that is, or a new one"
    assert run(given / "data.db")[1] == f"{given / 'data.db'} is not a folder"
    assert contents(tmp_path) == before


def test_own_folder_is_refused(run, settings):
    path = settings.HOLDALL_DATA_DIR
    assert run(path)[1] == f"{path} is the data folder of this Holdall itself"


def test_failure_leaves_nothing_behind(run, make_collection, make_record, monkeypatch, tmp_path):
    from storage_app.backends.disk import DiskBackend

    notes = make_collection("notes", file("doc"))
    make_record(notes, doc=upload("a.txt"))

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DiskBackend, "write", full)
    assert run()[1] == "[Errno 28] No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_collections_that_change_at_that_moment(run, monkeypatch, tmp_path):
    from collections_app.schema import snapshot

    held = snapshot.current()
    makers.make_collection("notes")
    monkeypatch.setattr(snapshot, "current", lambda: held)
    assert run()[1] == "the collections were changed at this very moment; run it again"
    assert list(tmp_path.iterdir()) == []


def test_rules_and_secrets_are_the_same(run, given):
    users = lookup.get("users")
    service.update(users, {"listRule": "id = @request.auth.id"})
    assert run()[1] == ""
    ((rule, options),) = given("SELECT listRule, options FROM _collections WHERE name = 'users'")
    assert rule == "id = @request.auth.id"
    assert json.loads(options) == lookup.get("users").options
