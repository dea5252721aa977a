"""What becomes of the records that name a deleted one."""

from __future__ import annotations

import pytest

from collections_app import hooks, records
from collections_app.records import cascade
from collections_app.schema_edit import service as schema_edit
from core_app import sql
from core_app.errors import BadRequest
from tests.makers import autodate, number, relation, text


@pytest.fixture
def tags(make_collection, make_record):
    found = make_collection("tags", text("name"))
    for name in "abc":
        make_record(found, id=name * 15, name=name)
    return found


A, B, C = "a" * 15, "b" * 15, "c" * 15


@pytest.mark.parametrize(
    ("options", "value", "left"),
    [
        ({}, A, ""),
        ({}, B, B),
        ({"cascadeDelete": True}, A, None),
        ({"cascadeDelete": True}, B, B),
        ({"required": True}, A, "refused"),
        ({"required": True, "cascadeDelete": True}, A, None),
        ({"maxSelect": 3}, [A], []),
        ({"maxSelect": 3}, [C, A, B], [C, B]),
        ({"maxSelect": 3}, [B], [B]),
        ({"maxSelect": 3, "cascadeDelete": True}, [A], None),
        ({"maxSelect": 3, "cascadeDelete": True}, [A, B], [B]),
        ({"maxSelect": 3, "required": True}, [A], "refused"),
        ({"maxSelect": 3, "required": True}, [A, B], [B]),
        ({"maxSelect": 3, "required": True, "cascadeDelete": True}, [A], None),
        # what stays is not validated
        ({"maxSelect": 3, "minSelect": 2}, [A, B], [B]),
    ],
)
def test_delete(tags, make_collection, make_record, options, value, left):
    posts = make_collection("posts", relation("tag", tags, **options))
    record = make_record(posts, tag=value)
    if left == "refused":
        with pytest.raises(BadRequest) as caught:
            records.delete("tags", A)
        assert caught.value.message == cascade.DELETE_FAILED
        assert (records.count("tags"), records.count("posts")) == (3, 1)
        assert records.get("posts", record.id)["tag"] == value
        return
    records.delete("tags", A)
    assert records.count("tags") == 2
    assert [found["tag"] for found in records.find("posts")] == ([] if left is None else [left])


@pytest.fixture
def make_nodes(make_collection):
    """Make ``nodes`` with a name and a relation ``parent`` to itself."""

    def make(**options):
        nodes = make_collection("nodes", text("name"))
        fields = [field.to_json() for field in nodes.fields]
        return schema_edit.update(
            nodes, {"fields": [*fields, relation("parent", nodes, **options)]}
        )

    return make


def test_self_reference_does_not_block(make_nodes):
    nodes = make_nodes(required=True)
    sql.execute("INSERT INTO nodes (id, parent) VALUES ('n', 'n')")
    records.delete(nodes, "n")
    assert records.count(nodes) == 0


def test_chains_and_circles(make_nodes, make_record):
    nodes = make_nodes(cascadeDelete=True)
    last = ""
    for name in "abcde":
        last = make_record(nodes, name=name, parent=last).id
    first = records.first(nodes, "name = 'a'")
    sql.execute(sql.marked("UPDATE nodes SET parent = ? WHERE id = ?"), (last, first.id))
    other = make_record(nodes, name="other")
    records.delete(nodes, records.first(nodes, "name = 'c'").id)
    assert [record.id for record in records.find(nodes)] == [other.id]


def test_refusal_deep_inside_undoes_all(make_collection, make_record):
    users = make_collection("people", text("name"))
    posts = make_collection("posts", relation("owner", users, cascadeDelete=True))
    comments = make_collection("comments", relation("post", posts, required=True))
    owner = make_record(users)
    post = make_record(posts, owner=owner.id)
    make_record(comments, post=post.id)
    with pytest.raises(BadRequest):
        records.delete(users, owner.id)
    assert [records.count(name) for name in ("people", "posts", "comments")] == [1, 1, 1]


def test_saved_records_tick(tags, make_collection, make_record):
    posts = make_collection(
        "posts", relation("tag", tags), autodate("updated", onCreate=True, onUpdate=True)
    )
    record = make_record(posts, tag=A)
    sql.execute("UPDATE posts SET updated = ''")
    records.delete("tags", A)
    assert records.get("posts", record.id)["updated"] != ""


def test_hooks_of_every_affected_record(
    tags, make_collection, make_record, listen, django_capture_on_commit_callbacks
):
    doomed = make_collection("doomed", number("n"), relation("tag", tags, cascadeDelete=True))
    kept = make_collection("kept", number("n"), relation("tag", tags))
    for at in range(2):
        make_record(doomed, n=at, tag=A)
        make_record(kept, n=at, tag=A)
    heard = []

    def note(signal, sender, event, **kwargs):
        heard.append((signal.name, sender, event.record.get("n")))

    for name in ("delete", "update"):
        listen(getattr(hooks, f"before_record_{name}"), note)
        listen(getattr(hooks, f"after_record_{name}"), note)
        listen(getattr(hooks, f"record_{name}d"), note)
    with django_capture_on_commit_callbacks(execute=True):
        records.delete("tags", A)
    assert heard == [
        ("before_record_delete", "tags", None),
        ("before_record_delete", "doomed", 0),
        ("before_record_delete", "doomed", 1),
        ("after_record_delete", "doomed", 0),
        ("after_record_delete", "doomed", 1),
        ("before_record_update", "kept", 0),
        ("after_record_update", "kept", 0),
        ("before_record_update", "kept", 1),
        ("after_record_update", "kept", 1),
        ("after_record_delete", "tags", None),
        ("record_deleted", "doomed", 0),
        ("record_deleted", "doomed", 1),
        ("record_updated", "kept", 0),
        ("record_updated", "kept", 1),
        ("record_deleted", "tags", None),
    ]


def test_before_receiver_stops_the_cascade(tags, make_collection, make_record, listen):
    posts = make_collection("posts", relation("tag", tags, cascadeDelete=True))
    make_record(posts, tag=A)

    def refuse(event, **kwargs):
        raise BadRequest("Not this one.")

    listen(hooks.before_record_delete, refuse, "posts")
    with pytest.raises(BadRequest, match=r"Not this one\."):
        records.delete("tags", A)
    assert (records.count("tags"), records.count("posts")) == (3, 1)


def test_views_are_left_alone(tags, make_collection, make_record):
    posts = make_collection("posts", relation("tag", tags))
    make_collection("stats", type="view", viewQuery="SELECT id, tag FROM posts")
    make_record(posts, tag=A)
    records.delete("tags", A)
    assert records.first("stats")["tag"] == ""


@pytest.mark.sqlite
def test_statements_do_not_grow_with_the_records(
    tags, make_collection, make_record, django_assert_num_queries
):
    posts = make_collection("posts", relation("tag", tags, cascadeDelete=True))
    comments = make_collection("comments", relation("post", posts, cascadeDelete=True))
    for _ in range(10):
        make_record(comments, post=make_record(posts, tag=A).id)
    records.get("tags", A)
    # the record, savepoint, DELETE, then for each relation: ids, rows, DELETE; release
    with django_assert_num_queries(1 + 1 + 1 + 3 + 3 + 1 + VERSIONS):
        records.delete("tags", A)


VERSIONS = 2  # nothing is pinned here, so the schema's version is asked for each time
