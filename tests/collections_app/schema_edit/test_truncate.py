from __future__ import annotations

import pytest

from collections_app import hooks
from collections_app.schema import lookup
from collections_app.schema_edit import truncate
from core_app.errors import BadRequest
from tests.makers import relation, text


def count(name):
    return lookup.get_model(name).objects.count()


def test_all_records_go_with_what_belongs_to_them(make_collection, make_record):
    posts = make_collection("posts", text("title"))
    make_collection("comments", relation("post", posts, cascadeDelete=True))
    first, second = make_record(posts, title="a"), make_record(posts, title="b")
    make_record("comments", post=first.id)
    deleted = []

    def receiver(event, **kwargs):
        deleted.append(event.record.id)

    hooks.after_record_delete.connect(receiver, sender="posts")
    try:
        truncate.run(posts)
    finally:
        hooks.after_record_delete.disconnect(receiver, sender="posts")
    assert (count("posts"), count("comments")) == (0, 0)
    assert sorted(deleted) == sorted([first.id, second.id])


def test_records_that_belong_to_each_other(make_collection, make_record):
    from collections_app.schema_edit import service

    posts = make_collection("posts")
    posts = service.update(posts, {"fields": [relation("parent", posts, cascadeDelete=True)]})
    first = make_record(posts)
    make_record(posts, parent=first.id)
    truncate.run(posts)
    assert count("posts") == 0


def test_one_that_must_stay_keeps_all(make_collection, make_record):
    posts = make_collection("posts")
    make_collection("comments", relation("post", posts, required=True))
    make_record(posts)
    make_record("comments", post=make_record(posts).id)
    with pytest.raises(BadRequest) as caught:
        truncate.run(posts)
    assert caught.value.message == truncate.FAILED
    assert count("posts") == 2


def test_the_last_superuser_stays(make_superuser):
    make_superuser()
    with pytest.raises(BadRequest) as caught:
        truncate.run(lookup.get("_superusers"))
    assert caught.value.message == truncate.FAILED
    assert count("_superusers") == 1


def test_views_have_nothing_to_delete(make_collection):
    make_collection("posts")
    view = make_collection("seen", type="view", viewQuery="select id from posts")
    with pytest.raises(BadRequest) as caught:
        truncate.run(view)
    assert caught.value.message == truncate.NO_OWN_RECORDS
