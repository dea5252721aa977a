from __future__ import annotations

import pytest

from collections_app.schema import rows, snapshot
from collections_app.schema_edit import service
from core_app import sql, versions
from tests.makers import number, text


def test_what_is_stored_comes_back(make_collection):
    made = make_collection(
        "posts",
        text("title", required=True),
        number("n", min=1.5),
        list_rule="",
        view_rule="title = 'x'",
        indexes=["CREATE INDEX `i` ON `posts` (`title`)"],
    )
    loaded = rows.load().by_id[made.id]
    assert rows.to_row(loaded) == rows.to_row(made)
    assert loaded.view_rule == "title = 'x'"
    assert loaded.create_rule is None


def test_collections_come_in_the_order_they_were_made(make_collection):
    for name in ("zebra", "ant", "cow"):
        make_collection(name)
    assert [item.name for item in rows.load().collections][-3:] == ["zebra", "ant", "cow"]


def test_definitions_that_did_not_change_are_the_same_objects(make_collection):
    kept, changed = make_collection("kept"), make_collection("changed")
    before = snapshot.current()
    service.update(changed, {"listRule": ""})
    after = snapshot.current()
    assert after.by_id[kept.id] is before.by_id[kept.id]
    assert after.by_id[changed.id] is not before.by_id[changed.id]
    assert after.version != before.version


def test_a_change_by_another_process_is_seen(make_collection):
    made = make_collection("posts")
    assert snapshot.current().by_id[made.id].list_rule is None
    statement = sql.marked('UPDATE "_collections" SET "listRule" = ? WHERE "id" = ?')
    sql.execute(statement, ("", made.id))
    assert snapshot.current().by_id[made.id].list_rule is None
    versions.bump("schema")
    assert snapshot.current().by_id[made.id].list_rule == ""


def test_work_keeps_the_snapshot_it_began_with_unless_it_changes_it(
    make_collection, django_capture_on_commit_callbacks
):
    made = make_collection("posts")
    with snapshot.pinned() as before:
        versions.bump("schema")
        assert snapshot.current() is before
        with django_capture_on_commit_callbacks(execute=True):
            service.update(made, {"listRule": ""})
        assert snapshot.current().by_id[made.id].list_rule == ""


@pytest.mark.usefixtures("db")
def test_one_query_per_look_at_an_unchanged_schema(django_assert_num_queries):
    snapshot.current()
    with django_assert_num_queries(1):
        snapshot.current()
