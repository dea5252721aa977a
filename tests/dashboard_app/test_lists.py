"""Lists of records: columns, export, trash; and what else a collection's pages offer."""

import csv
import io
import json

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collections_app import records
from collections_app.schema import lookup
from dashboard_app.records import counting
from dashboard_app.records.admin import RecordAdmin
from tests.dashboard_app.conftest import text_of
from tests.makers import (
    boolean,
    file,
    json_field,
    make_collection,
    make_record,
    number,
    relation,
    select,
    text,
)


def body_of(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


@pytest.fixture
def posts(db):
    made = make_collection(
        "posts",
        text("title"),
        number("likes"),
        json_field("data"),
        select("tags", "a", "b", maxSelect=2),
    )
    make_record(made, title="one, two", likes=1.5, data={"x": [1]}, tags=["a", "b"])
    make_record(made, title="three", likes=3)
    return made


# --- columns --------------------------------------------------------------------------------------


def headings(dashboard):
    page = dashboard.get("collections/posts/records/")
    return [item.__name__ for item in page.context["cl"].list_display if callable(item)]


def test_columns_are_chosen_for_the_session(dashboard, posts):
    usual = ["show_id", "show_title", "show_likes", "show_tags"]
    assert headings(dashboard) == usual
    path = "collections/posts/records/columns/"
    back = "/_/collections/posts/records/?q=three"
    response = dashboard.post(path, column=["data", "title"], back=back)
    assert (response.status_code, response.headers["Location"]) == (302, back)
    assert headings(dashboard) == ["show_title", "show_data"]
    dashboard.post(path, reset="1")
    assert headings(dashboard) == usual
    away = dashboard.post(path, column=["title"], back="https://example.com/")
    assert away.headers["Location"] == "/_/collections/posts/records/"
    dashboard.post(path, column=["nothing"])
    assert headings(dashboard) == usual


# --- counting -------------------------------------------------------------------------------------


def test_counting_ends_somewhere(dashboard, posts, monkeypatch):
    page = dashboard.get("collections/posts/records/")
    assert page.context["cl"].result_count == 2
    monkeypatch.setattr(counting, "MOST", 1)
    monkeypatch.setattr(RecordAdmin, "list_per_page", 1)
    page = dashboard.get("collections/posts/records/")
    assert "more than 1 posts" in text_of(page)
    assert len(page.context["cl"].result_list) == 1


@pytest.mark.parametrize("few", [1000, 1])
@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("e", ["one, two", "three"]),
        ("one", ["one, two"]),
        ("likes > 5", []),
        ("likes >= 3", ["three"]),
    ],
)
def test_a_search_goes_through_the_table_once(dashboard, posts, monkeypatch, search, titles, few):
    monkeypatch.setattr(counting, "FEW", few)
    with CaptureQueriesContext(connection) as queries:
        page = dashboard.get("collections/posts/records/", q=search, o="2")
    shown = page.context["cl"]
    assert shown.result_count == len(titles)
    assert sorted(record["title"] for record in shown.result_list) == sorted(titles)
    if len(titles) <= few:
        words = [query["sql"] for query in queries if "LIKE" in query["sql"] or ">" in query["sql"]]
        assert len([text for text in words if 'FROM "posts"' in text]) == 1


# --- export ---------------------------------------------------------------------------------------


def test_export_as_csv(dashboard, posts):
    path = "collections/posts/records/export/"
    response = dashboard.get(path, format="csv", q="likes > 1 && likes < 2")
    assert 'filename="posts.csv"' in response.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(body_of(response).decode())))
    assert lines[0] == ["id", "title", "likes", "data", "tags"]
    assert [line[1:] for line in lines[1:]] == [["one, two", "1.5", '{"x":[1]}', '["a","b"]']]


def test_export_as_json(dashboard, posts):
    found = json.loads(body_of(dashboard.get("collections/posts/records/export/", format="json")))
    found.sort(key=lambda item: item["likes"])
    assert [{key: item[key] for key in ("title", "likes", "data", "tags")} for item in found] == [
        {"title": "one, two", "likes": 1.5, "data": {"x": [1]}, "tags": ["a", "b"]},
        {"title": "three", "likes": 3, "data": None, "tags": []},
    ]
    none = dashboard.get("collections/posts/records/export/", format="json", q="likes > 9")
    assert json.loads(body_of(none)) == []
    assert dashboard.get("collections/posts/records/export/", format="xml").status_code == 404


def test_chosen_records_as_json(dashboard, posts):
    chosen = records.first("posts")
    data = {"action": "download_selected", "_selected_action": [chosen.id]}
    response = dashboard.client.post("/_/collections/posts/records/", data)
    assert "attachment" in response.headers["Content-Disposition"]
    assert [item["id"] for item in json.loads(body_of(response))] == [chosen.id]


def test_exports_hold_no_secrets(dashboard, root):
    response = dashboard.get("collections/_superusers/records/export/", format="csv")
    head = body_of(response).decode().splitlines()[0].split(",")
    assert "email" in head
    assert not {"password", "tokenKey"} & set(head)


# --- trash ----------------------------------------------------------------------------------------


@pytest.fixture
def bin_(db):
    made = make_collection("notes", text("title"), softDelete=True)
    for title in ("a", "b", "c"):
        make_record(made, title=title)
    for record in records.find("notes", "title != 'c'"):
        records.delete("notes", record.id)
    return {item["title"]: item.id for item in records.find("notes", trash="with")}


def test_trash(dashboard, bin_):
    path = "collections/notes/records/trash/"
    page = text_of(dashboard.get(path))
    assert bin_["a"] in page
    assert bin_["c"] not in page
    assert "deleted for good after 30 days" in page
    assert dashboard.post(path, act="restore", id=[bin_["a"]]).status_code == 302
    assert {item["title"] for item in records.find("notes")} == {"a", "c"}
    assert dashboard.post(path, act="purge", id=[bin_["b"]]).status_code == 302
    assert records.count("notes", trash="with") == 2
    assert "The trash is empty." in text_of(dashboard.get(path))
    assert [
        (entry.object_id, entry.action_flag, entry.get_change_message())
        for entry in LogEntry.objects.order_by("id")
    ] == [
        (bin_["a"], CHANGE, "Restored from the trash."),
        (bin_["b"], DELETION, "Deleted for good."),
    ]


def test_all_or_none_is_restored(dashboard, bin_):
    path = "collections/notes/records/trash/"
    dashboard.post(path, act="restore", id=[bin_["a"], "missing"])
    assert {item["title"] for item in records.find("notes")} == {"c"}
    assert LogEntry.objects.count() == 0
    assert dashboard.post(path, act="burn", id=[bin_["a"]]).status_code == 404


def test_collections_without_a_trash_have_none(dashboard, posts):
    assert dashboard.get("collections/posts/records/trash/").status_code == 404
    assert "Trash" not in text_of(dashboard.get("collections/posts/records/"))


# --- truncate, API --------------------------------------------------------------------------------


def test_truncate_asks_for_the_name(dashboard, posts):
    path = f"collections/{posts.id}/truncate/"
    assert "All 2 records of posts are deleted" in text_of(dashboard.get(path))
    assert dashboard.post(path, name="post").status_code == 400
    assert records.count("posts") == 2
    assert dashboard.post(path, name="posts").status_code == 302
    assert records.count("posts") == 0


def test_api_preview(dashboard, posts):
    fields = text("body"), boolean("seen"), relation("post", posts), file("photo")
    make_collection("comments", *fields, list_rule="")
    page = text_of(dashboard.get(f"collections/{lookup.get('comments').id}/api/"))
    assert "GET /api/collections/comments/records Everyone" in page
    body = '{"body": "some text", "seen": true, "post": "ID"}'
    assert f'await pb.collection("comments").create({body});' in page
    assert "photo files: send multipart/form-data" in page
    users = text_of(dashboard.get(f"collections/{lookup.get('users').id}/api/"))
    assert "/api/collections/users/auth-with-password" in users
    assert "tokenKey" not in users
    assert '"passwordConfirm": "a-long-password"' in users


@pytest.mark.parametrize("path", ["collections/nothing/api/", "collections/nothing/truncate/"])
def test_missing_collections(dashboard, path):
    assert dashboard.get(path).status_code == 404
