"""What subscribers hear of records that go to the trash and come back."""

from __future__ import annotations

import pytest

from collections_app import records
from core_app import sql
from tests.makers import Api, make_superuser, make_user, relation, text, token_of


@pytest.fixture
def posts(collection):
    return collection(text("title"), softDelete=True, list_rule="", view_rule="")


def shown(record):
    return {
        "collectionId": record.collection_id,
        "collectionName": record.collection_name,
        "id": record.id,
        "title": record["title"],
    }


def test_delete_and_restore(connect, posts, act):
    stream = connect(f"{posts.name}/*", as_=make_superuser())
    record = act.create(posts, title="a")
    name = f"{posts.name}/*"
    assert stream.record() == (name, "create", shown(record))
    act.delete(record)
    assert stream.record() == (name, "delete", shown(record))
    records.restore(posts, record.id)
    assert stream.record() == (name, "create", shown(record))
    records.purge(posts, record.id)  # alive: this is a delete
    assert stream.record() == (name, "delete", shown(record))
    other = act.create(posts, title="b")
    act.delete(other)
    assert [stream.record()[1] for _ in range(2)] == ["create", "delete"]
    records.purge(posts, other.id)  # not alive: nobody hears of it
    act.create(posts, title="c")
    assert stream.record()[1:] == ("create", shown(records.find(posts)[0]))


def test_rules_of_a_delete_and_a_restore(connect, collection, act):
    posts = collection(text("title"), softDelete=True, list_rule="title = 'a'")
    stream = connect(f"{posts.name}/*")
    for title in ("b", "a"):
        record = act.create(posts, title=title)
        act.delete(record)
        records.restore(posts, record.id)
    assert [stream.record()[1:] for _ in range(3)] == [
        (action, shown(record)) for action in ("create", "delete", "create")
    ]


def test_cascades(connect, collection, posts, act):
    notes = collection(
        text("title"),
        relation("post", posts, cascadeDelete=True),
        softDelete=True,
        list_rule="post.title = 'a'",
    )
    stream = connect(f"{notes.name}/*")
    post = act.create(posts, title="a")
    note = act.create(notes, title="n", post=post.id)
    expected = {**shown(note), "post": post.id}
    assert stream.record()[1:] == ("create", expected)
    act.delete(post)
    assert stream.record()[1:] == ("delete", expected)
    records.restore(posts, post.id)
    assert stream.record()[1:] == ("create", expected)


def test_rules_do_not_find_what_is_in_the_trash(connect, collection, posts, act):
    notes = collection(text("title"), relation("post", posts), list_rule="post.title = 'a'")
    stream = connect(f"{notes.name}/*")
    here, gone = act.create(posts, title="a"), act.create(posts, title="a")
    trashed = sql.marked(f'UPDATE "{posts.name}" SET "deleted" = ? WHERE "id" = ?')
    sql.execute(trashed, ("2026", gone.id))
    added = sql.marked(f'INSERT INTO "{notes.name}" ("id", "post") VALUES (?, ?)')
    sql.execute(added, ("n" * 15, gone.id))
    act.create(notes, title="heard", post=here.id)
    assert stream.record()[2]["title"] == "heard"


def test_who_is_in_the_trash_is_signed_out(connect, collection, act):
    members = collection(type="auth", softDelete=True)
    posts = collection(text("title"), list_rule="@request.auth.id != ''")
    user = make_user("a@example.com", members)
    stream = connect(f"{posts.name}/*", as_=user)
    first = act.create(posts, title="heard")
    assert stream.record()[1:] == ("create", shown(first))
    token = token_of(user)
    act.delete(user)
    act.create(posts, title="not heard")
    records.restore(members, user.id)
    act.create(posts, title="nor this")
    assert Api(token).post(f"/api/collections/{members.name}/auth-refresh").status_code == 401
    stream.leave()
    assert stream.next() is None
