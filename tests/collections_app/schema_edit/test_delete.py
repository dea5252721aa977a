from __future__ import annotations

import pytest

from collections_app import hooks
from collections_app.schema import lookup
from collections_app.schema_edit import service
from core_app.errors import ApiError
from tests.makers import relation, text


def refusal(name):
    with pytest.raises(ApiError) as caught:
        service.delete(lookup.get(name))
    return caught.value.body()["message"]


def test_table_and_row_go(make_collection, make_record, table_sql):
    make_record(make_collection("posts", text("title")), title="a")
    service.delete(lookup.get("posts"))
    assert lookup.find("posts") is None
    assert table_sql("posts") is None


def test_system_collections_stay(everything):
    before = everything()
    assert refusal("_superusers") == "Failed to delete collection."
    assert everything() == before


def test_collections_that_others_relate_to_stay(make_collection, everything):
    posts = make_collection("posts")
    make_collection("comments", relation("post", posts))
    make_collection("likes", relation("posts", posts, maxSelect=5))
    before = everything()
    assert refusal("posts") == (
        "Failed to delete collection probably due to existing reference in comments, likes."
    )
    assert everything() == before


def test_a_relation_to_itself_is_no_reason(make_collection):
    posts = make_collection("posts")
    service.update(posts, {"fields": [relation("parent", posts)]})
    service.delete(posts)
    assert lookup.find("posts") is None


def test_collections_that_a_view_shows_stay(make_collection, everything):
    make_collection("posts", text("title"))
    make_collection("titles", type="view", viewQuery="select id, title from posts")
    before = everything()
    assert refusal("posts") == "Failed to delete collection."
    assert everything() == before
    service.delete(lookup.get("titles"))
    service.delete(lookup.get("posts"))


def test_receivers_hear_of_it(make_collection, django_capture_on_commit_callbacks):
    heard = []

    def receiver(event, signal, **kwargs):
        heard.append((signal.name, lookup.find("posts") is None))

    signals = (
        hooks.before_collection_delete,
        hooks.after_collection_delete,
        hooks.collection_deleted,
    )
    make_collection("posts")
    for signal in signals:
        signal.connect(receiver, sender="posts")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            service.delete(lookup.get("posts"))
    finally:
        for signal in signals:
            signal.disconnect(receiver, sender="posts")
    assert heard == [
        ("before_collection_delete", False),
        ("after_collection_delete", False),
        ("collection_deleted", True),
    ]
