"""Many records at once: import from files, one change for all, exports that spreadsheets bear."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collections_app import records
from collections_app.hooks import before_record_create, before_record_update
from dashboard_app.records import importing
from storage_app import choose
from storage_app.local import LocalStorage
from tests.dashboard_app.conftest import text_of
from tests.makers import (
    autodate,
    boolean,
    file,
    geo_point,
    json_field,
    make_collection,
    make_record,
    number,
    relation,
    select,
    text,
)

PATH = "collections/items/records/"


@pytest.fixture
def items(db):
    return make_collection(
        "items",
        text("title", required=True, max=20),
        number("size", max=10),
        boolean("done"),
        json_field("data"),
        select("tags", "a", "b", maxSelect=2),
        geo_point("at"),
        file("photo"),
        autodate("created", onCreate=True),
        indexes=["CREATE UNIQUE INDEX one_title ON items (title)"],
    )


def send(dashboard, content, name="items.csv", **data):
    data.setdefault("act", "import")
    data["file"] = SimpleUploadedFile(name, content.encode())
    return dashboard.client.post(f"/_/{PATH}import/", data, follow=True)


def titles():
    return sorted(record["title"] for record in records.find("items"))


# --- export ---------------------------------------------------------------------------------------


def test_texts_are_no_formulas_and_come_back(dashboard, items):
    nasty = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''@x", "'plain", "\tx", "fine"]
    for title in nasty:
        make_record(items, title=title, size=-2)
    response = dashboard.get(f"{PATH}export/", format="csv")
    exported = b"".join(response.streaming_content).decode()
    cells = [line.split(",")[1] for line in exported.splitlines()[1:]]
    assert sorted(cells) == sorted(
        ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "''=1", "'''@x", "'plain", "'\tx", "fine"]
    )
    assert {line.split(",")[2] for line in exported.splitlines()[1:]} == {"-2"}  # a number
    for record in records.find("items"):
        records.delete("items", record.id)
    assert "9 records are new" in text_of(send(dashboard, exported))
    assert titles() == sorted(nasty)


# --- import ---------------------------------------------------------------------------------------


def test_csv(dashboard, items):
    page = send(
        dashboard,
        "title;size;done;data;tags;at;photo;nothing\n"
        'one;1.5;true;"{""x"": [1]}";"[""a"",""b""]";"{""lon"":8,""lat"":47}";p.png;?\n'
        "two;;false;;a;;;\n",
    )
    assert "2 records are new, 0 have been changed." in text_of(page)
    one, two = records.find("items", sort="title")
    assert (one["size"], one["done"], one["tags"]) == (1.5, True, ["a", "b"])
    assert one["at"] == {"lon": 8, "lat": 47}
    assert one["data"] == {"x": [1]}
    assert (two["size"], two["done"], two["tags"], two["photo"]) == (0, False, ["a"], "")


@pytest.mark.parametrize("wrapped", [False, True])
def test_json(dashboard, items, wrapped):
    rows = [{"title": "one", "data": {"a": None}}, {"title": "two", "id": "abcdefghijklmno"}]
    content = json.dumps({"items": rows} if wrapped else rows)
    assert "2 records are new" in text_of(send(dashboard, content, "items.json"))
    assert records.get("items", "abcdefghijklmno")["title"] == "two"


def test_errors_are_told_by_row_and_nothing_is_stored(dashboard, items):
    make_record(items, title="here")
    page = send(
        dashboard,
        'title,size,data\nfine,1,\n,1,\nbig,11,\nhere,1,\nodd,1,{\nshort\n"last one",2,1\n',
    )
    assert page.status_code == 400
    said = text_of(page)
    assert "Nothing has been stored" in said
    for line in ("Row 2: title", "Row 3: size", "Row 4: title", "Row 5: data", "Row 6: This row"):
        assert line in said
    assert "Row 1" not in said
    assert "Row 7" not in said
    assert titles() == ["here"]


def test_only_checking_stores_nothing(dashboard, items):
    page = send(dashboard, "title,photo\none,x.png\n", act="try")
    assert "This file is fine" in text_of(page)
    assert "1 record would be new" in text_of(page)
    assert "Left out: photo." in text_of(page)
    assert titles() == []


def test_records_that_are_here_are_changed_if_asked(dashboard, items):
    kept = make_record(items, title="old", size=3)
    content = f"id,title\n{kept.id},new\n"
    assert f"There is a record {kept.id} already" in text_of(send(dashboard, content))
    assert titles() == ["old"]
    page = send(dashboard, content, existing="change")
    assert "0 records are new, 1 have been changed." in text_of(page)
    assert [(item["title"], item["size"]) for item in records.find("items")] == [("new", 3)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "There is no record in it."),
        ("title\n", "There is no record in it."),
        ("[1]", "This must be a list of objects."),
        ("[{", "This is not JSON"),
        ("title,title\na,b\n", "must name each column"),
        ("what,ever\na,b\n", "No column is a field"),
        ('title\n"a\n', "is not CSV"),
    ],
)
def test_what_is_no_list_of_records(dashboard, items, content, said):
    page = send(dashboard, content)
    assert (page.status_code, said in text_of(page)) == (400, True)


def test_bounds(items, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 2)
    with pytest.raises(importing.Unreadable, match="3 records"):
        importing.read(items, b"title\na\nb\nc\n")
    monkeypatch.setattr(importing, "MOST_PASSWORDS", 1)
    with pytest.raises(importing.Unreadable, match="passwords"):
        importing.read(items, b'[{"password": "a"}, {"password": "b"}]')


def test_many_errors_end_the_reading(items, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ERRORS", 2)
    outcome = importing.run(items, b"title,size\n,1\n,1\n,1\n", None, changes_existing=False)
    assert (len(outcome.errors), outcome.has_too_many_errors) == (2, True)


# --- one change for many --------------------------------------------------------------------------


def change(dashboard, chosen, **data):
    data |= {"action": "edit_selected", "_selected_action": [item.id for item in chosen]}
    return dashboard.client.post(f"/_/{PATH}", data, follow=True)


def test_chosen_fields_of_chosen_records(dashboard, items):
    made = [make_record(items, title=str(at), size=at) for at in range(3)]
    form = change(dashboard, made[:2])
    assert "Change 2 of items" in text_of(form)
    assert "photo" not in form.context["form"].fields
    page = change(dashboard, made[:2], apply="1", change__size="on", size="7", done="on")
    assert "2 records changed." in text_of(page)
    assert [(item["size"], item["done"]) for item in records.find("items", sort="title")] == [
        (7, False),
        (7, False),
        (2, False),
    ]


def test_all_are_changed_or_none(dashboard, items):
    made = [make_record(items, title=str(at), size=at) for at in range(3)]
    page = change(dashboard, made, apply="1", change__title="on", title="same")
    assert page.status_code == 400
    assert "Nothing has changed" in text_of(page)
    assert titles() == ["0", "1", "2"]
    page = change(dashboard, made, apply="1", change__size="on", size="much")
    assert "This is not a number." in text_of(page)
    page = change(dashboard, made, apply="1")
    assert "Tick the fields" in text_of(page)


def test_relations_and_all_pages(dashboard, items):
    kinds = make_collection("kinds", text("name"))
    wares = make_collection("wares", text("name"), relation("kind", kinds))
    kind = make_record(kinds, name="Garden")
    for at in range(60):
        make_record(wares, name=str(at))
    first = records.first("wares")
    data = {"action": "edit_selected", "_selected_action": [first.id], "select_across": "1"}
    data |= {"apply": "1", "change__kind": "on", "kind": kind.id}
    page = dashboard.client.post("/_/collections/wares/records/", data, follow=True)
    assert "60 records changed." in text_of(page)
    assert records.count("wares", "kind.name = 'Garden'") == 60


# --- history --------------------------------------------------------------------------------------


def noted(collection):
    """Return what the history says of each record, the oldest first."""
    found = LogEntry.objects.filter(content_type__model=collection).order_by("id")
    return [(entry.object_id, entry.get_change_message(), entry.user.email) for entry in found]


def test_an_import_is_in_the_history_of_each_record(dashboard, items):
    old = make_record(items, title="old")
    content = f"id,title,size\n,one,1\n{old.id},older,2\n"
    send(dashboard, content, act="check", existing="change")
    send(dashboard, content + ",,11\n", existing="change")
    assert LogEntry.objects.count() == 0
    with CaptureQueriesContext(connection) as queries:
        send(dashboard, content, existing="change")
    assert sum('INTO "django_admin_log"' in query["sql"] for query in queries) == 1
    new = records.first("items", "title = 'one'")
    assert noted("items") == [
        (new.id, "Added.", "root@example.com"),
        (old.id, "Changed title and size.", "root@example.com"),
    ]
    assert "Changed title and size." in text_of(dashboard.get(f"{PATH}{old.id}/history/"))


def test_one_change_for_many_is_in_the_history_of_each(dashboard, items):
    made = [make_record(items, title=str(at), size=at) for at in range(3)]
    change(dashboard, made, apply="1", change__title="on", title="same")
    assert LogEntry.objects.count() == 0
    change(dashboard, made[:2], apply="1", change__size="on", size="7")
    assert sorted(noted("items")) == sorted(
        (item.id, "Changed size.", "root@example.com") for item in made[:2]
    )


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def stored(items, tmp_path, monkeypatch):
    """Each item that is stored brings a record with a file; return the files that there are."""
    holder = LocalStorage(location=str(tmp_path))
    monkeypatch.setattr(choose, "storages", {"default": holder})
    make_collection("scans", file("scan"))
    seen = []

    def scan(event, **kwargs):
        records.create("scans", scan=ContentFile(b"x", name="scan.txt"))
        seen.append(len(paths()))

    def paths():
        return [path for path in tmp_path.rglob("*") if path.is_file()]

    for signal in (before_record_create, before_record_update):
        signal.connect(scan, sender="items", weak=False)
    yield paths, seen
    for signal in (before_record_create, before_record_update):
        signal.disconnect(scan, sender="items")


def test_what_is_undone_leaves_no_file(dashboard, items, stored):
    paths, seen = stored
    send(dashboard, "title\none\ntwo\n", act="check")
    assert (seen, paths()) == ([2, 4], [])  # each has its attributes beside it
    send(dashboard, "title\none\none\n")
    assert (len(seen), paths()) == (4, [])
    send(dashboard, "title\none\ntwo\n")
    assert len(paths()) == 4
    change(dashboard, records.find("items"), apply="1", change__title="on", title="same")
    assert (len(seen), len(paths())) == (8, 4)
