"""What comes, what is in the way, and what is said about it."""

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from collections_app.records import service as records
from collections_app.schema import lookup
from collections_app.schema.rows import to_row
from collections_app.schema_edit import service
from core_app.settings_store import sealing, shape, store
from ops_app.pocketbase import folder, take
from ops_app.pocketbase.source import fetch
from storage_app import blobs, choose
from tests import makers
from tests.makers import file, json_field, number, relation, text
from tests.ops_app.pocketbase.app import contents
from tests.ops_app.pocketbase.folders import Folder

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

ID = "abcdefghijklmn{}".format
DOCS = file("docs", maxSelect=5)


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path / "data"
    settings.HOLDALL_DATA_DIR.mkdir()
    settings.HOLDALL_HOOKS_DIR = str(tmp_path / "hooks")
    settings.HOLDALL_SCHEMA_DIR = str(tmp_path / "schema")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storage_app.local.LocalStorage",
            "OPTIONS": {"location": str(tmp_path / "data" / "storage")},
        },
    }
    return settings.HOLDALL_DATA_DIR


@pytest.fixture
def pb(tmp_path, data):
    return Folder(tmp_path / "app" / "pb_data")


@pytest.fixture
def run(capsys, pb):
    """Run the import; return what it said, and what it refused (``""``: nothing)."""

    def run(*options, path=pb.path):
        refused = ""
        try:
            call_command("import_pocketbase", str(path), *options)
        except CommandError as error:
            refused = str(error)
        return capsys.readouterr().out, refused

    return run


def state():
    """Everything that is in our database, and which schema and settings it has."""
    connection.ensure_connection()
    return list(connection.connection.iterdump())


def rows(table, columns="*"):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{table}" ORDER BY id')
        return cursor.fetchall()


def test_new_collection_comes_with_its_records_and_files(pb, run, data):
    notes = pb.add(
        {"id": ID(1), "title": "one", "doc": "a_1.txt"},
        {"id": ID(2), "title": "two", "n": 2.5, "tags": ["x", "y"]},
        name="notes",
        fields=[text("title"), number("n"), json_field("tags"), file("doc")],
        listRule="title != ''",
        indexes=["CREATE INDEX `idx_notes_title` ON `notes` (`title` DESC)"],
    )
    pb.put_file(notes, ID(1), "a_1.txt", b"hello")
    out, refused = run()
    assert refused == ""
    assert "  notes           new, 2 records\n" in out
    assert "files: 1 (5 bytes)\n" in out
    assert to_row(lookup.get("notes")) == to_row(notes)
    assert rows("notes", "id, title, n, tags, doc") == [
        (ID(1), "one", 0, None, "a_1.txt"),
        (ID(2), "two", 2.5, '["x", "y"]', ""),
    ]
    blob = blobs.find(blobs.key_of(notes.id, ID(1), "a_1.txt"))
    assert (blob.size, blob.content_type) == (5, "text/plain; charset=utf-8")


def test_dry_run_changes_nothing(pb, run, data, tmp_path):
    notes = pb.add({"id": ID(1), "doc": "a.txt"}, name="notes", fields=[file("doc")])
    pb.add(name="v", type="view", viewQuery="select id, doc from notes")
    pb.put_file(notes, ID(1), "a.txt", b"hello")
    before = state()
    out, refused = run("--dry-run")
    assert (refused, "new, 1 record" in out, "view new" in out) == ("", True, True)
    assert state() == before
    assert not (data / "storage").exists()
    assert lookup.find("notes") is None


def test_again_changes_nothing(pb, run):
    pb.add({"id": ID(1), "title": "one"}, name="notes", fields=[text("title")])
    run()
    before = state()
    out, refused = run()
    assert refused == ""
    assert "  notes           the same here, 1 record, 1 here already\n" in out
    assert ": 0 records, 0 files" in out
    assert state() == before


def test_records_that_are_new_join_those_that_are_here(pb, run):
    pb.add({"id": ID(1), "title": "one"}, name="notes", fields=[text("title")])
    run()
    makers.make_record("notes", id=ID(9), title="ours")
    pb.insert("notes", {"id": ID(2), "title": "two"})
    assert run()[1] == ""
    assert rows("notes", "title") == [("one",), ("two",), ("ours",)]


@pytest.mark.parametrize(
    ("policy", "refused", "titles"),
    [
        ("refuse", "nothing was done", ["ours", "same"]),
        ("skip", "", ["ours", "same", "new"]),
        ("replace", "", ["theirs", "same", "new"]),
    ],
)
def test_record_that_differs(pb, run, policy, refused, titles):
    records = [{"id": ID(1), "title": "ours"}, {"id": ID(2), "title": "same"}]
    pb.add(*records, name="notes", fields=[text("title")])
    run()
    pb.execute("UPDATE notes SET title = 'theirs' WHERE id = ?", ID(1))
    pb.insert("notes", {"id": ID(3), "title": "new"})
    before = state()
    out, said = run("--on-conflict", policy)
    assert said.startswith(refused)
    assert bool(said) == bool(refused)
    assert [title for (title,) in rows("notes", "title")] == titles
    if refused:
        assert f'  collection "notes": records are here and differ: 1 ({ID(1)}, …)\n' in out
        assert state() == before


@pytest.mark.parametrize(
    ("policy", "refused", "ids"),
    [
        ("refuse", "nothing was done", [ID(9)]),
        ("replace", "nothing was done", [ID(9)]),
        ("skip", "", [ID(2), ID(9)]),
    ],
)
def test_unique_value_that_is_taken(pb, run, policy, refused, ids):
    unique = "CREATE UNIQUE INDEX `idx_slug` ON `notes` (`slug` COLLATE NOCASE) WHERE `slug` != ''"
    pb.add(name="notes", fields=[text("slug")], indexes=[unique])
    run()
    makers.make_record("notes", id=ID(9), slug="Home")
    pb.insert("notes", {"id": ID(1), "slug": "home"})
    pb.insert("notes", {"id": ID(2), "slug": "away"})
    before = state()
    out, said = run("--on-conflict", policy)
    assert said.startswith(refused)
    assert bool(said) == bool(refused)
    assert [record_id for (record_id,) in rows("notes", "id")] == ids
    if refused:
        assert state() == before
    else:
        assert "1 record, 1 left out" in out


def test_unique_expression_that_is_taken_undoes_everything(pb, run):
    unique = "CREATE UNIQUE INDEX `idx_slug` ON `notes` (lower(`slug`))"
    pb.add(name="notes", fields=[text("slug")], indexes=[unique])
    run()
    makers.make_record("notes", id=ID(9), slug="Home")
    pb.insert("notes", {"id": ID(1), "slug": "home"})
    pb.add({"id": ID(1)}, name="more")
    before = state()
    assert run()[1] == (
        "a record does not fit: UNIQUE constraint failed: index 'idx_slug'; nothing has changed"
    )
    assert state() == before


@pytest.mark.parametrize(
    ("policy", "refused", "rule", "fields"),
    [
        ("refuse", "nothing was done", None, ["id", "title", "mine"]),
        ("skip", "", None, ["id", "title", "mine"]),
        ("replace", "", "title != ''", ["id", "title", "mine"]),
    ],
)
def test_collection_that_differs(pb, run, policy, refused, rule, fields):
    notes = pb.add({"id": ID(1), "title": "a"}, name="notes", fields=[text("title")])
    run()
    shown = [field.to_json() for field in notes.fields]
    service.update(lookup.get("notes"), {"fields": [*shown, text("mine")]})
    makers.make_record("notes", id=ID(2), mine="kept")
    pb.execute("UPDATE _collections SET listRule = ? WHERE name = 'notes'", "title != ''")
    pb.insert("notes", {"id": ID(3), "title": "c"})
    before = state()
    out, said = run("--on-conflict", policy)
    assert said.startswith(refused)
    assert bool(said) == bool(refused)
    here = lookup.get("notes")
    assert (here.list_rule, list(here.columns)) == (rule, fields)
    if refused:
        assert '  collection "notes" is here and differs: listRule, fields (mine)\n' in out
        assert state() == before
    else:
        assert rows("notes", "title, mine") == [("a", ""), ("", "kept"), ("c", "")]


@pytest.mark.parametrize("policy", ["refuse", "skip", "replace"])
@pytest.mark.parametrize(
    ("_case", "ours", "why"),
    [
        ("name", {"name": "notes"}, "there is another collection of this name, pbc_ours"),
        ("id", {"name": "other", "id": "pbc_theirs"}, "it is called other here"),
        (
            "type",
            {"name": "notes", "id": "pbc_theirs", "type": "auth"},
            "it is of type auth here",
        ),
        (
            "field",
            {"name": "notes", "id": "pbc_theirs", "fields": [number("title")]},
            "field title is of another type here",
        ),
    ],
)
def test_collection_without_a_place(pb, run, policy, _case, ours, why):
    options = {"id": "pbc_ours", **ours}
    makers.make_collection(options.pop("name"), *options.pop("fields", []), **options)
    pb.add({"id": ID(1)}, name="notes", id="pbc_theirs", fields=[text("title")])
    before = state()
    out, refused = run("--on-conflict", policy)
    assert refused.startswith("nothing was done")
    if (_case, policy) == ("field", "skip"):
        why = "here is no field for: title"
    if (_case, policy) != ("field", "refuse"):
        assert f'collection "notes" (pbc_theirs) has no place: {why}\n' in out
    assert state() == before


def test_users_that_nobody_has_used_give_way_to_another_collection_of_the_name(pb, run):
    pb.execute("DELETE FROM _collections WHERE name = 'users'")
    pb.execute("DROP TABLE users")
    pb.held = pb.held.without(pb.held.find("users"))
    pb.add({"id": ID(1), "tokenKey": "k" * 50}, name="users", type="auth", id="pbc_mine")
    assert run()[1] == ""
    assert lookup.get("users").id == "pbc_mine"
    assert lookup.find("_pb_users_auth_") is None
    assert len(rows("users")) == 1


def test_superusers_differ_once_there_is_one(pb, run):
    pb.execute(
        "UPDATE _collections SET options = json_set(options, '$.authToken.secret', 'other') "
        "WHERE name = '_superusers'"
    )
    makers.make_superuser("ours@example.com")
    out, refused = run()
    assert refused.startswith("nothing was done")
    assert '  collection "_superusers" is here and differs: authToken.secret\n' in out
    assert run("--on-conflict", "replace")[1] == ""
    assert lookup.get("_superusers").options["authToken"]["secret"] == "other"
    assert len(rows("_superusers")) == 1


def test_installers_account_counts_for_nobody(pb, run):
    """It stands for nobody, on either side, and goes when a superuser comes."""
    pb.insert(
        "_superusers",
        {"id": ID(1), "email": "__pbinstaller@example.com", "tokenKey": "a" * 50},
    )
    pb.insert("_superusers", {"id": ID(2), "email": "root@example.com", "tokenKey": "b" * 50})
    pb.execute("UPDATE _collections SET updated = '2020' WHERE name = '_superusers'")
    makers.make_superuser("__pbinstaller@example.com")
    assert run()[1] == ""
    assert rows("_superusers", "email") == [("root@example.com",)]


def test_trash_stays_and_soft_delete_stays_on(pb, run):
    notes = pb.add({"id": ID(1), "title": "a"}, name="notes", fields=[text("title")])
    run()
    service.update(lookup.get("notes"), {"softDelete": True})
    records.delete(lookup.get("notes"), ID(1))
    assert notes.id == lookup.get("notes").id
    out, refused = run()
    assert refused.startswith("nothing was done")
    assert "records are here and differ: 1 (" in out
    assert run("--on-conflict", "skip")[1] == ""
    assert [bool(deleted) for (deleted,) in rows("notes", "deleted")] == [True]
    assert run("--on-conflict", "replace")[1] == ""
    assert rows("notes", "title, deleted") == [("a", "")]
    assert lookup.get("notes").has_trash


def test_settings(pb, run):
    def put(**groups):
        value = json.dumps(shape.to_json(shape.Settings(), secrets=True) | groups)
        # as PocketBase stores it: bytes
        pb.execute("UPDATE _params SET value = ?", value.encode())

    put(meta={"appName": "Theirs"})
    assert "settings: taken" in run()[0]
    assert store.current().meta.app_name == "Theirs"
    assert "settings: the same here" in run()[0]
    put(meta={"appName": "Other"})
    out, refused = run()
    assert refused.startswith("nothing was done")
    assert "  settings were saved here, and differ (--no-settings leaves" in out
    assert "settings: left out, as asked" in run("--no-settings")[0]
    assert "settings: differ, ours stay" in run("--on-conflict", "skip")[0]
    assert store.current().meta.app_name == "Theirs"
    assert run("--on-conflict", "replace")[1] == ""
    assert store.current().meta.app_name == "Other"


def test_encrypted_settings_need_their_key(pb, run, settings):
    settings.HOLDALL_ENCRYPTION_KEY = "k" * 32
    values = shape.to_json(shape.Settings(), secrets=True) | {"meta": {"appName": "Sealed"}}
    pb.execute("UPDATE _params SET value = ?", sealing.seal(values))
    settings.HOLDALL_ENCRYPTION_KEY = ""
    out, refused = run()
    assert refused.startswith("nothing was done")
    assert "  the settings are encrypted: set HOLDALL_ENCRYPTION_KEY to the key" in out
    assert run("--no-settings")[1] == ""
    settings.HOLDALL_ENCRYPTION_KEY = "k" * 32
    assert run()[1] == ""
    assert store.current().meta.app_name == "Sealed"


def test_files_that_are_in_a_bucket_stay_there(pb, run, data):
    s3 = {
        "enabled": True,
        "bucket": "b",
        "region": "r",
        "endpoint": "https://s3.example.com",
        "accessKey": "a",
        "secret": "s",
    }
    values = shape.to_json(shape.Settings(), secrets=True) | {"s3": s3}
    pb.execute("UPDATE _params SET value = ?", json.dumps(values))
    pb.add({"id": ID(1), "doc": "a.txt"}, name="notes", fields=[file("doc")])
    out, refused = run("--no-settings")
    assert refused.startswith("nothing was done")
    assert "  the files are in the bucket b; the settings here name another place\n" in out
    out, refused = run()
    assert (refused, "files: they stay in the bucket of the settings\n" in out) == ("", True)
    assert store.current().s3.bucket == "b"


def test_what_cannot_be_taken_is_named(pb, run):
    pb.add({"id": ID(1), "doc": "gone.txt"}, name="notes", fields=[file("doc")])
    pb.add(name="odd", type="view", viewQuery="select id, doc from notes")
    pb.execute("CREATE TABLE extra (a)")
    pb.execute("DROP VIEW odd")
    pb.execute("CREATE VIEW odd AS SELECT 1 AS id")
    pb.execute(
        "UPDATE _collections SET options = json_set(options, '$.viewQuery', "
        "'select my_go_function(id) as id from notes') WHERE name = 'odd'"
    )
    pb.execute("INSERT INTO _migrations VALUES ('1800000000_mine.go', 1)")
    pb.execute("UPDATE _collections SET listRule = 'gone = 1' WHERE name = 'notes'")
    hooks = pb.path.parent / "pb_hooks"
    hooks.mkdir()
    (hooks / "main.pb.js").write_text("// nothing")
    out, refused = run()
    assert refused == ""
    assert out.partition("cannot be taken:\n")[2].splitlines()[:7] == [
        "  table extra: it belongs to no collection",
        "  Go migration 1800000000_mine.go: of your own program, or of a PocketBase newer than "
        "0.40",
        f"  JavaScript hooks in {hooks}, to be written anew in Python: main.pb.js",
        f"  file notes/{ID(1)} gone.txt: it is not in storage/",
        "  view odd: SQL logic error: no such function: my_go_function (1)",
        "taken as it is, though it would be refused if it were saved now:",
        '  collection "notes": listRule: Invalid rule. Raw error: '
        'invalid left operand "gone" - unknown field "gone".',
    ]
    assert lookup.find("odd") is None
    assert lookup.get("notes").list_rule == "gone = 1"


def test_bytes_and_null_become_what_the_column_holds(pb, run):
    """A program that wrote past PocketBase may have left them."""
    pb.add(name="notes", fields=[text("title"), number("n"), json_field("data")])
    pb.execute("DROP TABLE notes")
    pb.execute("CREATE TABLE notes (id TEXT PRIMARY KEY, title, n, data)")
    pb.insert("notes", {"id": ID(1), "title": b"bytes", "n": None, "data": b'{"a": 1}'})
    assert run()[1] == ""
    assert rows("notes", "title, n, data") == [("bytes", 0, '{"a": 1}')]


def test_relations_to_what_comes_later(pb, run):
    pb.add(
        {"id": ID(1), "to": ID(2)},
        name="first",
        fields=[relation("to", "pbc_second")],
    )
    pb.add({"id": ID(2)}, name="second", id="pbc_second")
    assert run()[1] == ""
    (found,) = lookup.get_model("first").objects.filter(to__id=ID(2))
    assert found.id == ID(1)


@pytest.mark.parametrize("left", ["nothing", "log and index", "log"])
def test_original_is_not_written_to(pb, run, left):
    """Stopped; killed; killed and copied without the index."""
    pb.add({"id": ID(1), "title": "a"}, name="notes", fields=[text("title")])
    with closing(sqlite3.connect(pb.path / "data.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("INSERT INTO notes (id, title) VALUES (?, 'in the log')", (ID(2),))
        database.commit()
        if left != "nothing":
            copy = pb.path.with_name("killed")
            shutil.copytree(pb.path, copy)
    path = pb.path if left == "nothing" else copy
    if left == "log":
        (path / "data.db-shm").unlink()
    before = contents(path)
    assert ("data.db-wal" in before, "data.db-shm" in before) == {
        "nothing": (False, False),
        "log and index": (True, True),
        "log": (True, False),
    }[left]
    assert run(path=path)[1] == ""
    assert rows("notes", "title") == [("a",), ("in the log",)]
    assert contents(path) == before


def test_original_that_changes_meanwhile_is_refused(pb, run, monkeypatch, settings, data):
    """Nothing is left of it but files, for the next try; no migration that is not in place."""
    settings.HOLDALL_AUTOMIGRATE = True
    notes = pb.add({"id": ID(1), "doc": "a.txt"}, name="notes", fields=[file("doc")])
    pb.put_file(notes, ID(1), "a.txt", b"hello")
    before = state()
    size = folder._state
    calls = []

    def changing(path):
        calls.append(path)
        return (*size(path)[:1], size(path)[1] + (len(calls) == 4))

    monkeypatch.setattr(folder, "_state", changing)
    refused = run()[1]
    assert "was changed while it was read" in refused
    assert refused.endswith(
        "; the files that were copied stay for the next try "
        "(an hour later, storage_check --remove --unknown-collections removes them)"
    )
    assert len(calls) == 4
    assert state() == before
    assert os.listdir(settings.HOLDALL_SCHEMA_DIR) == ["__init__.py"]
    for path in data.glob("storage/**/a.txt*"):
        os.utime(path, (1700000000, 1700000000))  # an hour later
    call_command("storage_check", "--remove", "--unknown-collections")
    assert [path for path in data.glob("storage/**/*") if path.is_file()] == []
    assert run()[1] == ""
    assert len(list(data.glob("storage/**/a.txt"))) == 1


@pytest.mark.parametrize(
    ("_case", "spoil", "said"),
    [
        ("absent", lambda path: shutil.rmtree(path), "{path} is not a folder"),
        (
            "empty",
            lambda path: (path / "data.db").unlink(),
            "{path} is no data folder of PocketBase: it has no data.db",
        ),
        (
            "no database",
            lambda path: (path / "data.db").write_text("hello" * 1000),
            "{path}/data.db is not an SQLite database",
        ),
        (
            "journal",
            lambda path: (path / "data.db-journal").write_text("x"),
            "{path}/data.db is being written, or its server was cut off: there is a rollback",
        ),
    ],
)
def test_folder_that_is_none(pb, run, _case, spoil, said):
    spoil(pb.path)
    before = state()
    assert run()[1].startswith(said.format(path=pb.path))
    assert state() == before


@pytest.mark.parametrize(
    ("_case", "statement", "said"),
    [
        (
            "another program's",
            "DROP TABLE _collections",
            "this is no data of PocketBase: data.db has no table _collections",
        ),
        ("0.22", "CREATE TABLE _admins (id)", "this data is of PocketBase before 0.23"),
        (
            "newer",
            "ALTER TABLE _collections ADD COLUMN novelty",
            "this data is of a PocketBase newer than 0.40, or not PocketBase's: its _collections "
            "table differs in novelty",
        ),
        (
            "newer field",
            "UPDATE _collections SET fields = replace(fields, '\"text\"', '\"hologram\"')",
            "collection \"_mfas\" cannot be read: unknown field type 'hologram'.",
        ),
        ("no table", "DROP TABLE users", 'the data is damaged: collection "users" has no table'),
        (
            "no column",
            "ALTER TABLE users DROP COLUMN name",
            'the data is damaged: the table of "users" has no column name',
        ),
    ],
)
def test_data_that_is_of_no_use(pb, run, _case, statement, said):
    pb.execute(statement)
    before = state()
    assert run()[1].startswith(said)
    assert state() == before


def test_hint_at_the_folder_inside(pb, run):
    said = run(path=pb.path.parent)[1]
    assert said.endswith(f"it has no data.db; do you mean {pb.path}?")


def test_own_folder_is_refused(run, data):
    assert run(path=data)[1] == f"{data} is the data folder of this Holdall itself"


def test_no_space(pb, run, monkeypatch):
    pb.add({"id": ID(1)}, name="notes")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 9, 9 << 20))
    before = state()
    assert "MiB are needed, and the disk of the data folder has 9 MiB left" in run()[1]
    assert state() == before


def test_logs_that_are_not_there(pb, run):
    (pb.path / "auxiliary.db").unlink()
    assert run("--logs")[1] == f"{pb.path} has no auxiliary.db: leave --logs out"


def test_migration_is_written(pb, run, settings, tmp_path):
    settings.HOLDALL_AUTOMIGRATE = True
    pb.add({"id": ID(1)}, name="notes")
    assert run("--dry-run")[1] == ""
    assert not (tmp_path / "schema").exists()
    assert run()[1] == ""
    assert [path.name for path in (tmp_path / "schema").glob("0*.py")] != []


def test_folder_of_holdall_is_moved_by_a_backup(pb, run):
    pb.add({"id": ID(1)}, name="notes", softDelete=True)
    before = state()
    assert run()[1] == (
        '"notes" has soft delete, so this is a data folder of Holdall: move it by a backup'
    )
    assert state() == before


def test_database_that_another_program_holds(pb, run, request):
    pb.add({"id": ID(1)}, name="notes")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20")
    request.addfinalizer(connection.close)
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run()[1] == (f"a database is locked by another program ({pb.path}/data.db)")
        other.rollback()
    assert lookup.find("notes") is None


def test_stopped_by_the_keyboard(pb, run, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    pb.add({"id": ID(1)}, name="notes")
    before = state()
    monkeypatch.setattr(take.records, "copy", stop)
    assert run()[1].startswith("stopped; the database has not changed")
    assert state() == before


def test_files_go_into_the_bucket_of_the_settings_here(pb, run, s3_server, data):
    bucket = s3_server.bucket()
    store.update({"s3": bucket.settings})
    notes = pb.add({"id": ID(1), "doc": "a.txt"}, name="notes", fields=[file("doc")])
    pb.put_file(notes, ID(1), "a.txt", b"hello")
    out, refused = run("--no-settings")
    assert (refused, "1 file (5 bytes)" in out) == ("", True)
    key = blobs.key_of(notes.id, ID(1), "a.txt")
    assert choose.backend().is_remote
    assert blobs.find(key).content_type == "text/plain; charset=utf-8"
    with blobs.open_blob(key) as stored:
        assert stored.read() == b"hello"
    assert "0 files" in run("--no-settings")[0].splitlines()[-1]
    assert not (data / "storage").exists()


def test_what_a_killed_copy_has_left_is_put_right(pb, run, data):
    """A file half written, and one whose attributes were never written."""
    notes = pb.add({"id": ID(1), "docs": ["a.txt", "b.txt"]}, name="notes", fields=[DOCS])
    for name in ("a.txt", "b.txt"):
        pb.put_file(notes, ID(1), name, b"hello")
    record = data / "storage" / notes.id / ID(1)
    record.mkdir(parents=True)
    (record / "a.txt").write_bytes(b"hello")
    (record / ".new-b").write_bytes(b"he")
    out, refused = run()
    assert (refused, "2 files (10 bytes)" in out.splitlines()[-1]) == ("", True)
    assert sorted(path.name for path in record.iterdir()) == [
        "a.txt",
        "a.txt.attrs",
        "b.txt",
        "b.txt.attrs",
    ]
    blob = blobs.find(blobs.key_of(notes.id, ID(1), "a.txt"))
    assert blob.content_type == "text/plain; charset=utf-8"


def test_collections_are_listed_in_the_same_order(pb, run):
    """In folders that are older than some of the system collections these come late."""
    pb.execute("UPDATE _collections SET rowid = rowid + 100 WHERE system")
    pb.add(name="notes")
    assert run()[1] == ""
    order = "SELECT name FROM _collections ORDER BY rowid"
    assert fetch(order) == pb.execute(order)
    assert [name for (name,) in fetch(order)][:2] == ["users", "_mfas"]


def test_order_stays_where_there_are_more_collections(pb, run):
    makers.make_collection("ours")
    pb.execute("UPDATE _collections SET rowid = rowid + 100 WHERE system")
    pb.add(name="notes")
    assert run()[1] == ""
    names = [name for (name,) in fetch("SELECT name FROM _collections ORDER BY rowid")]
    assert names[-3:] == ["users", "ours", "notes"]
