"""Writes of which nothing else in their transaction needs to know: they come with the commit."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from collections_app import hooks, records
from collections_app.records import referenced, service
from collections_app.schema import snapshot
from core_app.errors import ApiError, BadRequest, NotFound
from core_app.transactions import write
from core_app.versions import SchemaMoved, bump
from tests.makers import number, relation, text

pytestmark = pytest.mark.django_db(transaction=True)

NOT_FOUND = {
    "code": "validation_missing_rel_records",
    "message": "Failed to find all relation records with the provided ids.",
}
NOT_UNIQUE = {"code": "validation_not_unique", "message": "Value must be unique."}


@pytest.fixture
def posts(make_collection):
    index = "CREATE UNIQUE INDEX `posts_title` ON `posts` (`title`)"
    return make_collection("posts", text("title"), number("n"), indexes=[index])


@contextmanager
def listening(signal, receiver):
    signal.connect(receiver, sender="posts")
    try:
        yield
    finally:
        signal.disconnect(receiver, sender="posts")


def by_request(act):
    """Return what ``act`` gives as a request does it: by one schema, once more if that moves."""
    with snapshot.pinned():
        return snapshot.by_newest(act)


def titles():
    return sorted(record["title"] for record in records.find("posts"))


def create(posts, **values):
    return by_request(lambda: service.create(posts, values))


def test_create(posts):
    assert create(posts, title="a")["title"] == "a"
    assert titles() == ["a"]


def test_what_the_database_refuses_is_told(posts):
    create(posts, title="a")
    with pytest.raises(BadRequest) as refused:
        create(posts, title="a", n=2)
    assert refused.value.body()["data"] == {"title": NOT_UNIQUE}
    assert titles() == ["a"]


def test_refused_record_can_be_saved_later(posts):
    create(posts, title="a")
    record = records.new("posts", title="a")
    with pytest.raises(ApiError):
        by_request(record.save)
    record["title"] = "b"
    by_request(record.save)
    assert titles() == ["a", "b"]


def test_receivers_see_the_record(posts):
    seen = []

    def look(event, **kwargs):
        seen.append(titles())

    with listening(hooks.after_record_create, look):
        create(posts, title="a")
    assert seen == [["a"]]


def test_receivers_that_raise_undo_it(posts):
    def refuse(event, **kwargs):
        raise BadRequest("no")

    with listening(hooks.after_record_create, refuse), pytest.raises(BadRequest):
        create(posts, title="a")
    assert titles() == []


def elsewhere(act):
    """Run ``act`` by a connection of its own, to its end."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def meanwhile(act):
    """Return a receiver that lets somebody else act once, between the read and the write."""
    runs = []

    def let(event, **kwargs):
        runs.append(event)
        if len(runs) == 1:
            elsewhere(act)

    return let


def test_update(posts):
    record = create(posts, title="a", n=1)
    assert by_request(lambda: service.update(posts, record.id, {"n+": 2}))["n"] == 3
    assert records.get("posts", record.id)["n"] == 3


def test_update_overtaken_by_another_begins_again(posts):
    record = create(posts, title="a", n=1)
    other = meanwhile(lambda: service.update(posts, record.id, {"n+": 10, "title": "b"}))
    with listening(hooks.record_validating, other):
        changed = by_request(lambda: service.update(posts, record.id, {"n+": 1}))
    assert (changed["n"], changed["title"]) == (12, "b")
    assert records.get("posts", record.id)["n"] == 12


def test_update_of_what_another_deletes_meanwhile(posts):
    record = create(posts, title="a")
    with (
        listening(hooks.record_validating, meanwhile(lambda: service.delete(posts, record.id))),
        pytest.raises(NotFound),
    ):
        by_request(lambda: service.update(posts, record.id, {"title": "b"}))
    assert titles() == []


def test_refused_update_is_told(posts):
    create(posts, title="a")
    record = create(posts, title="b")
    with pytest.raises(BadRequest) as refused:
        by_request(lambda: service.update(posts, record.id, {"title": "a"}))
    assert refused.value.body()["data"] == {"title": NOT_UNIQUE}
    assert titles() == ["a", "b"]


def test_receivers_see_what_was_updated(posts):
    record = create(posts, title="a")
    seen = []

    def look(event, **kwargs):
        seen.append(titles())

    with listening(hooks.after_record_update, look):
        by_request(lambda: service.update(posts, record.id, {"title": "b"}))
    assert seen == [["b"]]


@pytest.fixture
def tags(make_collection):
    return make_collection("tags")


@pytest.fixture
def tagged(make_collection, tags):
    index = "CREATE UNIQUE INDEX `tagged_title` ON `posts` (`title`)"
    fields = text("title"), relation("one", tags), relation("some", tags, maxSelect=5)
    return make_collection("posts", *fields, indexes=[index])


def refused(act):
    with pytest.raises(BadRequest) as caught:
        by_request(act)
    return caught.value.body()["data"]


def test_records_that_are_pointed_at(tagged, tags, make_record):
    first, second = make_record(tags).id, make_record(tags).id
    record = create(tagged, title="a", one=first, some=[first, second])
    assert (record["one"], record["some"]) == (first, [first, second])

    def change(**values):
        return lambda: service.update(tagged, record.id, values)

    assert refused(change(title="b", one="gone")) == {"one": NOT_FOUND}
    assert refused(change(title="b", some=[second, "gone"])) == {"some": NOT_FOUND}
    assert titles() == ["a"]
    by_request(change(title="b", one=second))
    assert records.get("posts", record.id)["one"] == second


def test_every_field_that_points_at_nothing_is_told(tagged, tags, make_record):
    there = make_record(tags).id
    lost = {"title": "a", "one": "gone", "some": [there, "gone"]}
    both = {"one": NOT_FOUND, "some": NOT_FOUND}
    assert refused(lambda: service.create(tagged, lost)) == both
    create(tagged, title="a")
    # the database is not asked to write, so it cannot say that the title is taken
    assert refused(lambda: service.create(tagged, lost)) == both
    assert titles() == ["a"]


def test_other_errors_are_told_together_with_what_is_not_there(make_collection, tags):
    short = make_collection("short", text("title", max=3), relation("one", tags))
    errors = refused(lambda: service.create(short, {"title": "long", "one": "gone"}))
    assert errors["one"] == NOT_FOUND
    assert errors["title"]["code"] == "validation_max_text_constraint"
    assert len(errors) == 2


def test_record_that_comes_right_after_the_refusal(tagged, tags, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("where one writes, nothing comes in between")
    monkeypatch.setattr(referenced, "missing", lambda wanted: {})
    values = {"title": "a", "one": "gone"}
    assert refused(lambda: service.create(tagged, values)) == {"one": NOT_FOUND}
    assert titles() == []


def test_schema_that_has_moved_is_told_before_what_is_not_there(tagged, tags, make_record):
    there = make_record(tags).id
    seen = []

    def note(event, **kwargs):
        seen.append(snapshot.current().version)
        if len(seen) == 1:
            with write():
                bump("schema")

    with listening(hooks.record_validating, note):
        create(tagged, title="a", one=there)
    assert len(set(seen)) == 2
    assert titles() == ["a"]


def test_part_of_a_transaction_is_there_at_once(posts):
    with write():
        service.create(posts, {"title": "a"})
        assert titles() == ["a"]
    assert titles() == ["a"]


def test_schema_that_has_moved_begins_it_again(posts):
    versions = []

    def note(event, **kwargs):
        versions.append(snapshot.current().version)
        if len(versions) == 1:  # as another worker would, meanwhile
            with write():
                bump("schema")

    with listening(hooks.record_validating, note):
        create(posts, title="a")
    assert len(set(versions)) == 2
    assert titles() == ["a"]


def test_schema_that_has_moved_ends_what_is_not_run_again(posts):
    old = snapshot.current().version
    with write():
        bump("schema")
    with pytest.raises(SchemaMoved), write(old):
        service.create(posts, {"title": "a"})
    assert titles() == []
    assert not connection.in_atomic_block
