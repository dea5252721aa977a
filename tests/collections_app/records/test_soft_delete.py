"""Soft delete below HTTP: what is left out, what comes back, what goes for good."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collections_app import hooks, jobs, records
from collections_app.query.select import select
from collections_app.records import moments, soft_delete
from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import service as collections
from collections_app.schema_edit import truncate
from core_app import dates, sql
from core_app.crons import find as find_job
from core_app.errors import BadRequest, NotFound
from core_app.request_info import RequestInfo
from tests.makers import autodate, date, json_field, number, relation, text

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
MARK = {
    "help": "",
    "hidden": True,
    "id": "soft_delete",
    "max": "",
    "min": "",
    "name": "deleted",
    "presentable": False,
    "required": False,
    "system": True,
    "type": "date",
}


@pytest.fixture
def things(make_collection):
    return make_collection("things", text("name"), number("n"), softDelete=True)


@pytest.fixture
def tree(make_collection):
    """Folders, files that go with their folder, and notes that go with their file."""
    folders = make_collection("folders", text("name"), softDelete=True)
    files = make_collection(
        "files",
        text("name"),
        relation("folder", folders, cascadeDelete=True),
        softDelete=True,
    )
    notes = make_collection(
        "notes", text("name"), relation("file", files, cascadeDelete=True), softDelete=True
    )
    return folders, files, notes


def names(collection, **options):
    return [item["name"] for item in records.find(collection, sort="name", **options)]


def marks(collection):
    """Return the moment of deletion by name, as it is stored."""
    return dict(sql.fetch_all(f'SELECT "name", "deleted" FROM "{collection.name}"'))


def error_of(call):
    with pytest.raises(BadRequest) as caught:
        call()
    body = caught.value.body()
    return body["message"], body["data"]


# --- the option -----------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_the_table(things):
    assert dict(things.options) == {
        "softDelete": True,
        "trashRule": None,
        "softDeleteRetentionDays": 30,
    }
    assert things.fields[-1].to_json() == MARK
    statements = sql.fetch_all("SELECT sql FROM sqlite_schema WHERE tbl_name = 'things'")
    assert [text for (text,) in statements if text] == [
        "CREATE TABLE `things` (`deleted` TEXT DEFAULT '' NOT NULL, "
        "`id` TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "
        "`n` NUMERIC DEFAULT 0 NOT NULL, `name` TEXT DEFAULT '' NOT NULL)",
        f"CREATE INDEX `_trash_{things.id}` ON `things` (`deleted`) WHERE `deleted` != ''",
    ]


def test_an_ordinary_collection_has_none_of_it(make_collection):
    plain = make_collection("plain", text("name"))
    assert dict(plain.options) == {}
    assert (plain.soft_delete, plain.has_trash) == (None, False)
    assert [field.name for field in plain.fields] == ["id", "name"]


@pytest.mark.sqlite
def test_on_and_off_with_records(make_collection):
    plain = make_collection(
        "plain", text("name"), indexes=["CREATE UNIQUE INDEX i ON plain (name)"]
    )
    first, second = records.create(plain, name="a"), records.create(plain, name="b")
    on = collections.update(plain, {"softDelete": True, "trashRule": "name != ''"})
    assert (on.soft_delete.trash_rule, on.soft_delete.retention_days) == ("name != ''", 30)
    records.delete(on, first.id)
    assert names(on) == ["b"]
    assert error_of(lambda: collections.update(on, {"softDelete": False})) == (
        "Failed to update collection.",
        {
            "softDelete": {
                "code": "validation_soft_delete_trash_not_empty",
                "message": "There are records in the trash: "
                "restore them or delete them for good first.",
            }
        },
    )
    records.purge(on, first.id)
    off = collections.update(on, {"softDelete": False})
    assert dict(off.options) == {}
    assert [field.name for field in off.fields] == ["id", "name"]
    assert names(off) == ["b"]
    [(index,)] = sql.fetch_all("SELECT sql FROM sqlite_schema WHERE name = 'i'")
    assert index == "CREATE UNIQUE INDEX `i` ON `plain` (`name`)"
    records.delete(off, second.id)
    assert sql.fetch_all('SELECT * FROM "plain"') == []


def test_the_option_stays_when_other_things_change(things):
    made = collections.update(things, {"name": "objects", "fields": [text("title")]})
    assert [field.name for field in made.fields] == ["id", "title", "deleted"]
    records.delete(made, records.create(made, title="a").id)
    assert records.count(made, trash="only") == 1
    made = collections.update(made, {"trashRule": "", "softDeleteRetentionDays": 0})
    assert (made.soft_delete.trash_rule, made.soft_delete.retention_days) == ("", 0)
    assert records.count(made, trash="only") == 1


def test_the_mark_is_not_the_designers(things):
    changed = {**MARK, "name": "gone", "hidden": False, "system": False}
    made = collections.update(things, {"fields": [changed, text("name")]})
    assert [field.to_json() for field in made.fields if field.id == "soft_delete"] == [MARK]


def test_a_field_of_that_name_is_in_the_way(make_collection):
    refused = {
        "softDelete": {
            "code": "validation_soft_delete_field_exists",
            "message": 'Soft delete needs the field name "deleted", which another field has.',
        }
    }
    plain = make_collection("plain", date("Deleted"))
    assert error_of(lambda: collections.update(plain, {"softDelete": True})) == (
        "Failed to update collection.",
        refused,
    )
    assert error_of(lambda: make_collection("other", date("deleted"), softDelete=True)) == (
        "Failed to create collection.",
        refused,
    )


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("_superusers", {}, "validation_soft_delete_not_supported"),
        ("_otps", {}, "validation_soft_delete_not_supported"),
        ("seen", {}, "validation_soft_delete_not_supported"),
        ("things", {"softDeleteRetentionDays": -1}, "validation_min_greater_equal_than_required"),
        (
            "things",
            {"softDeleteRetentionDays": 36_501},
            "validation_max_less_equal_than_required",
        ),
        ("things", {"trashRule": "nope = 1"}, "validation_invalid_rule"),
    ],
)
def test_what_is_refused(name, change, code, things, make_collection):
    make_collection("seen", type="view", viewQuery="SELECT id FROM things")
    before = lookup.get(name)
    _, data = error_of(lambda: collections.update(before, {"softDelete": True, **change}))
    assert [error["code"] for error in data.values()] == [code]
    assert list(data) == [next(iter(change), "softDelete")]
    assert lookup.get(name) == before


@pytest.mark.parametrize(
    "change",
    [{"softDelete": "yes"}, {"trashRule": 1}, {"softDeleteRetentionDays": 1.5}],
)
def test_wrong_json_types(change, things):
    message, data = error_of(lambda: collections.update(things, {"softDelete": True, **change}))
    assert message == "Failed to load the submitted data due to invalid formatting."
    assert data == {}


# --- deleting -------------------------------------------------------------------------------------


def test_delete_marks(things):
    record = records.create(things, name="a", n=1)
    before = dates.now()
    records.delete(things, record.id)
    [(n, deleted)] = sql.fetch_all('SELECT "n", "deleted" FROM "things"')
    assert n == 1
    assert MOMENT.fullmatch(deleted)
    assert before <= deleted <= dates.now()


def test_there_is_nothing_left_for_anyone(things):
    record = records.create(things, name="a")
    record.delete()
    assert records.find(things) == []
    assert records.first(things, "name = 'a'") is None
    assert records.count(things) == 0
    model = lookup.get_model("things")
    assert list(model.objects.all()) == []
    assert [item.id for item in model.with_trash.all()] == [record.id]
    for call in (
        lambda: records.get(things, record.id),
        lambda: records.update(things, record.id, name="b"),
        lambda: records.delete(things, record.id),
        record.save,
        record.delete,
    ):
        with pytest.raises(NotFound):
            call()
    assert names(things, trash="only") == ["a"]


def test_nobody_sets_the_mark(things):
    record = records.create(things, name="a", deleted="2020-01-01 00:00:00.000Z")
    records.update(things, record.id, deleted="2020-01-01 00:00:00.000Z")
    record["deleted"] = "2020-01-01 00:00:00.000Z"
    record.save()
    assert marks(things) == {"a": ""}
    records.delete(things, record.id)
    [trashed] = records.find(things, trash="only")
    trashed["deleted"] = ""
    with pytest.raises(NotFound):
        trashed.save()
    assert MOMENT.fullmatch(marks(things)["a"])


def test_hooks_hear_an_ordinary_delete(things, listen, django_capture_on_commit_callbacks):
    heard = []
    for signal in (
        hooks.before_record_delete,
        hooks.after_record_delete,
        hooks.record_deleted,
        hooks.before_record_purge,
        hooks.record_purged,
    ):
        listen(signal, lambda event, signal=signal, **_: heard.append((signal.name, event)))
    record = records.create(things, name="a")
    with django_capture_on_commit_callbacks(execute=True):
        records.delete(things, record.id)
    assert [name for name, _ in heard] == [
        "before_record_delete",
        "after_record_delete",
        "record_deleted",
    ]
    assert [event.record["deleted"] for _, event in heard] == ["", "", ""]


@pytest.mark.sqlite
def test_it_costs_no_more_statements(make_collection, things):
    plain = make_collection("plain", text("name"), number("n"))
    counts = []
    records.count(plain)  # loads the schema
    for collection in (plain, things):
        with CaptureQueriesContext(connection) as captured:
            record = records.create(collection, name="a")
            records.update(collection, record.id, name="b")
            records.find(collection, "name = 'b'")
            records.count(collection)
            records.delete(collection, record.id)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_moments_differ(monkeypatch):
    monkeypatch.setattr(moments.dates, "now", lambda: "2030-01-01 00:00:00.999Z")
    monkeypatch.setattr(moments, "_last", "")
    assert [moments.next_one() for _ in range(3)] == [
        "2030-01-01 00:00:00.999Z",
        "2030-01-01 00:00:01.000Z",
        "2030-01-01 00:00:01.001Z",
    ]


# --- relations ------------------------------------------------------------------------------------


def test_relations_cannot_name_it(make_collection, things):
    users = make_collection(
        "users_of", relation("one", things), relation("many", things, maxSelect=5)
    )
    gone, there = records.create(things, name="a"), records.create(things, name="b")
    records.delete(things, gone.id)
    error = {
        "code": "validation_missing_rel_records",
        "message": "Failed to find all relation records with the provided ids.",
    }
    sent = {"one": gone.id, "many": [there.id, gone.id]}
    assert error_of(lambda: records.create(users, **sent)) == (
        "Failed to create record.",
        {"many": error, "one": error},
    )


def test_who_names_it_lets_go(make_collection, things):
    users = make_collection(
        "users_of", relation("one", things), relation("many", things, maxSelect=5)
    )
    gone, there = records.create(things, name="a"), records.create(things, name="b")
    user = records.create(users, one=gone.id, many=[gone.id, there.id])
    records.delete(things, gone.id)
    user = records.get(users, user.id)
    assert (user["one"], user["many"]) == ("", [there.id])
    records.restore(things, gone.id)
    user = records.get(users, user.id)
    assert (user["one"], user["many"]) == ("", [there.id])


def test_a_required_relation_keeps_it(make_collection, things):
    users = make_collection("users_of", relation("one", things, required=True))
    thing = records.create(things, name="a")
    user = records.create(users, one=thing.id)
    message, data = error_of(lambda: records.delete(things, thing.id))
    assert (message, data) == (
        "Failed to delete record. "
        "Make sure that the record is not part of a required relation reference.",
        {},
    )
    assert marks(things) == {"a": ""}
    records.delete(users, user.id)
    records.delete(things, thing.id)
    assert names(things, trash="only") == ["a"]


def test_what_is_in_the_trash_keeps_nothing(make_collection, things):
    users = make_collection(
        "users_of", text("name"), relation("one", things, required=True), softDelete=True
    )
    thing = records.create(things, name="a")
    user = records.create(users, name="u", one=thing.id)
    records.delete(users, user.id)
    records.delete(things, thing.id)
    assert (names(things), names(users)) == ([], [])


def test_cascades_mark_with_one_moment(tree):
    folders, files, notes = tree
    folder = records.create(folders, name="folder")
    file = records.create(files, name="file", folder=folder.id)
    other = records.create(files, name="other")
    records.create(notes, name="note", file=file.id)
    records.create(notes, name="other", file=other.id)
    records.delete(folders, folder.id)
    moment = marks(folders)["folder"]
    assert MOMENT.fullmatch(moment)
    assert marks(files) == {"file": moment, "other": ""}
    assert marks(notes) == {"note": moment, "other": ""}


def test_a_record_without_soft_delete_goes_for_good(make_collection, things):
    parts = make_collection("parts", text("name"), relation("of", things, cascadeDelete=True))
    thing = records.create(things, name="a")
    records.create(parts, name="p", of=thing.id)
    records.delete(things, thing.id)
    assert sql.fetch_all('SELECT * FROM "parts"') == []
    assert records.restore(things, thing.id)["name"] == "a"


# --- restoring ------------------------------------------------------------------------------------


def test_restore(make_collection):
    things = make_collection(
        "things",
        text("name"),
        json_field("data"),
        autodate("created", onCreate=True),
        autodate("updated", onCreate=True, onUpdate=True),
        softDelete=True,
    )
    record = records.create(things, name="a", data={"x": 1})
    records.delete(things, record.id)
    restored = records.restore(things, record.id)
    assert restored.values() == {**record.values(), "updated": restored["updated"]}
    assert restored["updated"] >= record["updated"]
    assert records.get(things, record.id).values() == restored.values()
    assert records.count(things, trash="only") == 0


def test_restore_of_what_is_not_in_the_trash(make_collection, things):
    record = records.create(things, name="a")
    plain = make_collection("plain", text("name"))
    for collection, record_id in [(things, record.id), (things, "x" * 15), (plain, record.id)]:
        with pytest.raises(NotFound):
            records.restore(collection, record_id)


def test_restore_brings_back_what_was_deleted_with_it(tree):
    folders, files, notes = tree
    folder = records.create(folders, name="folder")
    before = records.create(files, name="deleted before", folder=folder.id)
    file = records.create(files, name="file", folder=folder.id)
    records.create(notes, name="note", file=file.id)
    lost = records.create(notes, name="deleted before", file=file.id)
    records.delete(files, before.id)
    records.delete(notes, lost.id)
    records.delete(folders, folder.id)
    records.restore(folders, folder.id)
    assert (names(folders), names(files), names(notes)) == (["folder"], ["file"], ["note"])
    assert names(files, trash="only") == names(notes, trash="only") == ["deleted before"]
    records.restore(files, before.id)
    assert names(files) == ["deleted before", "file"]


def test_restore_in_a_circle(make_collection):
    nodes = make_collection("nodes", text("name"), softDelete=True)
    parent = relation("parent", nodes, cascadeDelete=True)
    nodes = collections.update(nodes, {"fields": [text("name"), parent]})
    first = records.create(nodes, name="a")
    second = records.create(nodes, name="b", parent=first.id)
    records.update(nodes, first.id, parent=second.id)
    records.delete(nodes, first.id)
    assert names(nodes) == []
    records.restore(nodes, second.id)
    assert names(nodes) == ["a", "b"]


def test_a_part_does_not_come_back_without_the_whole(tree):
    folders, files, _ = tree
    folder = records.create(folders, name="folder")
    file = records.create(files, name="file", folder=folder.id)
    records.delete(folders, folder.id)
    assert error_of(lambda: records.restore(files, file.id)) == (
        "Failed to restore record.",
        {
            "folder": {
                "code": "validation_relation_in_trash",
                "message": "The related record is in the trash too: restore it first.",
            }
        },
    )
    assert names(files) == []


def test_restore_without_a_required_relation(make_collection):
    owners = make_collection("owners", text("name"))
    things = make_collection(
        "things", text("name"), relation("owner", owners, required=True), softDelete=True
    )
    owner = records.create(owners, name="o")
    thing = records.create(things, name="a", owner=owner.id)
    records.delete(things, thing.id)
    records.delete(owners, owner.id)
    assert error_of(lambda: records.restore(things, thing.id)) == (
        "Failed to restore record.",
        {
            "owner": {
                "code": "validation_missing_rel_records",
                "message": "Failed to find all relation records with the provided ids.",
            }
        },
    )
    assert names(things) == []


def test_restore_lets_go_of_what_is_gone(make_collection):
    tags = make_collection("tags", text("name"))
    things = make_collection(
        "things",
        text("name"),
        relation("tag", tags),
        relation("tags", tags, maxSelect=5),
        softDelete=True,
    )
    gone, there = records.create(tags, name="x"), records.create(tags, name="y")
    thing = records.create(things, name="a", tag=gone.id, tags=[there.id, gone.id])
    records.delete(things, thing.id)
    records.delete(tags, gone.id)
    restored = records.restore(things, thing.id)
    assert (restored["tag"], restored["tags"]) == ("", [there.id])


def test_restore_into_a_unique_conflict(make_collection):
    things = make_collection(
        "things",
        text("name"),
        text("slug"),
        indexes=["CREATE UNIQUE INDEX i ON things (slug) WHERE slug != ''"],
        softDelete=True,
    )
    assert things.indexes == ("CREATE UNIQUE INDEX i ON things (slug) WHERE slug != ''",)
    old = records.create(things, name="old", slug="s")
    records.delete(things, old.id)
    new = records.create(things, name="new", slug="s")
    assert error_of(lambda: records.restore(things, old.id)) == (
        "Failed to restore record. Another record has a value that must be unique.",
        {"slug": {"code": "validation_not_unique", "message": "Value must be unique."}},
    )
    assert (names(things), names(things, trash="only")) == (["new"], ["old"])
    records.delete(things, new.id)
    assert records.restore(things, old.id)["slug"] == "s"
    with pytest.raises(BadRequest):
        records.create(things, name="third", slug="s")


def test_a_conflict_of_what_was_deleted_with_it(tree):
    folders, files, _ = tree
    files = collections.update(files, {"indexes": ["CREATE UNIQUE INDEX i ON files (name)"]})
    folder = records.create(folders, name="folder")
    file = records.create(files, name="file", folder=folder.id)
    records.delete(folders, folder.id)
    records.create(files, name="file")
    assert error_of(lambda: records.restore(folders, folder.id)) == (
        f"Failed to restore record. It was deleted together with files/{file.id}, which cannot "
        "come back. Another record has a value that must be unique.",
        {"name": {"code": "validation_not_unique", "message": "Value must be unique."}},
    )
    assert names(folders) == []


def test_an_id_in_the_trash_is_taken(things):
    record = records.create(things, name="a")
    records.delete(things, record.id)
    message, data = error_of(lambda: records.create(things, id=record.id, name="b"))
    assert message == "Failed to create record."
    assert data == {"id": {"code": "validation_not_unique", "message": "Value must be unique."}}


def test_hooks_of_a_restore(tree, listen, django_capture_on_commit_callbacks):
    folders, files, _ = tree
    folder = records.create(folders, name="folder")
    records.create(files, name="file", folder=folder.id)
    records.delete(folders, folder.id)
    heard = []
    for signal in (
        hooks.before_record_restore,
        hooks.after_record_restore,
        hooks.record_restored,
        hooks.record_created,
        hooks.record_updated,
    ):
        listen(
            signal,
            lambda event, signal=signal, **_: heard.append((signal.name, event.record["name"])),
        )
    with django_capture_on_commit_callbacks(execute=True):
        records.restore(folders, folder.id)
    assert heard == [
        ("before_record_restore", "folder"),
        ("before_record_restore", "file"),
        ("after_record_restore", "folder"),
        ("after_record_restore", "file"),
        ("record_restored", "folder"),
        ("record_restored", "file"),
    ]


def test_a_hook_may_change_or_refuse(things, listen):
    record = records.create(things, name="a")
    records.delete(things, record.id)
    failures = []
    listen(hooks.record_restore_failed, lambda event, **_: failures.append(str(event.error)))

    def refuse(event, **_):
        if event.record["n"] == 0:
            raise BadRequest("Not now.")

    listen(hooks.before_record_restore, refuse, "things")
    assert error_of(lambda: records.restore(things, record.id)) == ("Not now.", {})
    assert failures == ["Not now."]
    sql.execute('UPDATE "things" SET "n" = 1')
    listen(hooks.before_record_restore, lambda event, **_: event.record.put("n", 5), "things")
    records.restore(things, record.id)
    assert records.get(things, record.id)["n"] == 5


# --- for good -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_deleted", [True, False])
def test_purge(is_deleted, tree, listen, django_capture_on_commit_callbacks):
    folders, files, notes = tree
    folder = records.create(folders, name="folder")
    file = records.create(files, name="file", folder=folder.id)
    records.create(notes, name="note", file=file.id)
    records.create(files, name="other")
    if is_deleted:
        records.delete(folders, folder.id)
    heard = []
    for signal in (hooks.record_deleted, hooks.record_purged):
        listen(
            signal,
            lambda event, signal=signal, **_: heard.append((signal.name, event.record["name"])),
        )
    with django_capture_on_commit_callbacks(execute=True):
        records.purge(folders, folder.id)
    assert [marks(item) for item in tree] == [{}, {"other": ""}, {}]
    purged = [("record_purged", name) for name in ("folder", "file", "note")]
    deleted = [("record_deleted", name) for name in ("note", "file", "folder")]
    assert sorted(heard) == sorted(purged if is_deleted else purged + deleted)


def test_purge_is_refused_as_a_delete_is(make_collection, things):
    users = make_collection("users_of", relation("one", things, required=True))
    thing = records.create(things, name="a")
    records.create(users, one=thing.id)
    with pytest.raises(BadRequest):
        records.purge(things, thing.id)
    assert marks(things) == {"a": ""}


def test_truncate(things):
    for name in "abc":
        records.create(things, name=name)
    records.delete(things, records.first(things, "name = 'a'").id)
    truncate.run(things)
    assert (names(things), names(things, trash="only")) == ([], ["a", "b", "c"])
    records.create(things, name="d")
    truncate.run(things, trash=soft_delete.ONLY_TRASH)
    assert names(things, trash="with") == ["d"]
    truncate.run(things, trash=soft_delete.ALL)
    assert names(things, trash="with") == []


def test_retention(make_collection):
    kept = {
        days: make_collection(
            f"kept_{days}", text("name"), softDelete=True, softDeleteRetentionDays=days
        )
        for days in (0, 1, 30)
    }
    plain = make_collection("plain", text("name"))
    records.create(plain, name="a")
    old = dates.to_wire(datetime.now(UTC) - timedelta(days=10))
    for collection in kept.values():
        for name in ("old", "new", "alive"):
            record = records.create(collection, name=name)
            if name != "alive":
                records.delete(collection, record.id)
        update = f'UPDATE "{collection.name}" SET "deleted" = ? WHERE "name" = \'old\''
        sql.execute(sql.marked(update), (old,))
    jobs.purge_trash()
    assert {days: names(item, trash="with") for days, item in kept.items()} == {
        0: ["alive", "new", "old"],
        1: ["alive", "new"],
        30: ["alive", "new", "old"],
    }
    assert records.count(plain) == 1
    assert find_job("purgeTrash").schedule.is_due(datetime(2026, 1, 1, 3, 30, tzinfo=UTC))


def test_one_that_cannot_go_does_not_keep_the_others(make_collection, listen, caplog):
    things = make_collection("things", text("name"), softDelete=True, softDeleteRetentionDays=1)
    for name in ("a", "b", "c"):
        records.delete(things, records.create(things, name=name).id)
    sql.execute('UPDATE "things" SET "deleted" = \'2020-01-01 00:00:00.000Z\'')

    def fail(event, **_):
        if event.record["name"] == "b":
            raise RuntimeError("no")

    listen(hooks.before_record_purge, fail, "things")
    jobs.purge_trash()
    assert names(things, trash="with") == ["b"]
    assert "cannot be purged" in caplog.text


# --- Django's own queries -------------------------------------------------------------------------


def test_model_relations_leave_it_out(tree):
    folders, files, _ = tree
    folder = records.create(folders, name="folder")
    other = records.create(folders, name="other")
    file = records.create(files, name="file", folder=folder.id)
    records.create(files, name="second", folder=folder.id)
    records.delete(files, file.id)
    folder_model, file_model = lookup.get_model("folders"), lookup.get_model("files")
    assert list(folder_model.objects.filter(files_via_folder__name="file")) == []
    found = folder_model.objects.filter(files_via_folder__name="second")
    assert [item["name"] for item in found] == ["folder"]
    stored = folder_model.objects.get(pk=folder.id)
    assert [item["name"] for item in stored.files_via_folder.all()] == ["second"]
    left = folder_model.objects.exclude(files_via_folder__name="file").order_by("name")
    assert [item["name"] for item in left] == ["folder", "other"]
    update = sql.marked('UPDATE "folders" SET "deleted" = ? WHERE "id" = ?')
    sql.execute(update, ("2020", folder.id))
    assert list(file_model.objects.filter(folder__name="folder")) == []
    second = file_model.objects.get(name="second")
    with pytest.raises(folder_model.DoesNotExist):
        _ = second.folder
    assert folder_model.objects.get().id == other.id


# --- rules ----------------------------------------------------------------------------------------


def test_only_tables_with_a_trash_get_a_condition(make_collection, things):
    plain = make_collection("plain", text("name"), relation("to", things), relation("self", things))
    others = make_collection("others", relation("to", plain))
    held, info = snapshot.current(), RequestInfo()

    def conditions(collection, rule):
        made = select(held, held.by_id[collection.id], info, rule=rule)
        return made.joins.text.count('"deleted"'), made.where.text.count('"deleted"')

    assert conditions(plain, "name = 'a'") == (0, 0)
    assert conditions(others, "to.name = 'a'") == (0, 0)
    assert conditions(plain, "to.name = 'a' || to.n = 1") == (1, 0)
    assert conditions(plain, "to.name = 'a' || self.n = 1") == (2, 0)
    assert conditions(things, "name = 'a'") == (0, 1)
    assert conditions(things, "plain_via_to.name = 'a'") == (0, 1)
    assert conditions(plain, "@collection.things.name = 'a'") == (1, 1)  # of every row, again
