"""Hooks around writes: their order, what they may change, what stops an act."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.db.models import signals
from django.test.utils import CaptureQueriesContext

from collections_app import hooks, records
from collections_app.records import rows, service
from collections_app.schema import lookup
from core_app import sql
from core_app.errors import ApiError, BadRequest, FieldError, FieldErrors, Forbidden
from core_app.request_info import RequestInfo
from tests import makers
from tests.makers import autodate, number, text

GUEST = RequestInfo(method="POST")
SAVED = ("before", "validating", "after", "committed", "failed")


@pytest.fixture
def posts(db):
    return make_posts()


def make_posts():
    return makers.make_collection(
        "posts",
        text("title", required=True),
        text("slug"),
        number("n"),
        autodate("updated", onCreate=True, onUpdate=True),
        indexes=["CREATE UNIQUE INDEX posts_slug ON posts (slug) WHERE slug != ''"],
        create_rule="",
        update_rule="",
        delete_rule="",
    )


@pytest.fixture
def heard(listen):
    """The names of all record signals of ``posts``, in the order they were sent."""
    names = []

    def note(signal, **kwargs):
        names.append(signal.name)

    for name in vars(hooks):
        signal = getattr(hooks, name)
        if isinstance(signal, hooks.HookSignal) and "record" in name:
            listen(signal, note, "posts")
    return names


def refuse(error):
    def receiver(event, **kwargs):
        raise error

    return receiver


def titles():
    return [record["title"] for record in records.find("posts")]


def test_order_of_hooks(posts, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record = service.create(posts, {"title": "a"}, GUEST)
        assert heard == ["before_record_create", "record_validating", "after_record_create"]
    assert heard[3:] == ["record_created"]
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        service.update(posts, record.id, {"title": "b"}, GUEST)
    assert heard == [
        "before_record_update",
        "record_validating",
        "after_record_update",
        "record_updated",
    ]
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        service.delete(posts, record.id, GUEST)
    assert heard == ["before_record_delete", "after_record_delete", "record_deleted"]


def test_refused_acts_tell_failed(posts, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(BadRequest):
        service.create(posts, {"title": ""}, GUEST)
    assert heard == ["before_record_create", "record_validating", "record_create_failed"]
    assert titles() == []


def test_rule_comes_before_hooks(make_collection, heard):
    posts = make_collection("posts", text("title"), create_rule="title = 'x'")
    with pytest.raises(BadRequest):
        service.create(posts, {"title": "a"}, GUEST)
    assert heard == []


def test_event_before_a_create(posts, listen):
    events = []
    listen(hooks.before_record_create, lambda event, **kwargs: events.append(event), "posts")
    service.create(posts, {"title": "a", "n+": 2, "nope": [1]}, GUEST)
    [event] = events
    assert event.collection is posts
    assert event.original == {}
    assert event.info.body == {"title": "a", "n": 2, "nope": [1]}
    assert event.info.method == "POST"


def test_event_of_an_update_knows_the_original(posts, make_record, listen):
    record = make_record(posts, title="a", n=1)
    events = []
    listen(hooks.after_record_update, lambda event, **kwargs: events.append(event), "posts")
    service.update(posts, record.id, {"n+": 2}, GUEST)
    [event] = events
    assert (event.original["n"], event.record["n"], event.record["title"]) == (1, 3, "a")


def test_before_may_complete_a_record(posts, listen):
    def complete(event, **kwargs):
        event.record["title"] = "made up"

    listen(hooks.before_record_create, complete, "posts")
    assert service.create(posts, {}, GUEST)["title"] == "made up"
    assert titles() == ["made up"]


def test_what_before_sets_is_validated(posts, listen):
    def spoil(event, **kwargs):
        event.record["title"] = ""

    listen(hooks.before_record_create, spoil, "posts")
    with pytest.raises(BadRequest) as caught:
        service.create(posts, {"title": "a"}, GUEST)
    assert list(caught.value.data) == ["title"]


def test_before_runs_inside_the_transaction(posts, make_record, listen):
    record = make_record(posts, title="a", n=1)
    depths = []

    def note(event, **kwargs):
        depths.append(len(connection.savepoint_ids))

    for signal in (
        hooks.before_record_create,
        hooks.before_record_update,
        hooks.before_record_delete,
    ):
        listen(signal, note, "posts")
    outside = len(connection.savepoint_ids)
    service.create(posts, {"title": "b"}, GUEST)
    service.update(posts, record.id, {"title": "b"}, GUEST)
    service.delete(posts, record.id, GUEST)
    assert all(depth > outside for depth in depths)
    assert len(depths) == 3


@pytest.mark.parametrize("signal", [hooks.before_record_create, hooks.after_record_create])
def test_raising_undoes_everything(posts, listen, signal):
    def write_and_raise(event, **kwargs):
        if event.record["title"] != "side":
            records.create("posts", title="side")
            raise Forbidden("No.")

    listen(signal, write_and_raise, "posts")
    with pytest.raises(Forbidden) as caught:
        service.create(posts, {"title": "a"}, GUEST)
    assert caught.value.body() == {"data": {}, "message": "No.", "status": 403}
    assert titles() == []


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (FieldErrors({"title": FieldError("taken", "is taken")}), {"title": {"code": "taken"}}),
        (ValueError("a bug"), {}),
    ],
)
def test_other_errors_become_the_acts_own(posts, listen, caplog, error, data):
    listen(hooks.after_record_create, refuse(error), "posts")
    with pytest.raises(BadRequest) as caught:
        service.create(posts, {"title": "a"}, GUEST)
    body = caught.value.body()
    assert body["message"] == "Failed to create record."
    assert {name: {"code": one["code"]} for name, one in body["data"].items()} == data
    assert ("a hook of posts failed" in caplog.text) == (not data)
    assert titles() == []


def test_code_sees_its_own_bugs(posts, listen):
    listen(hooks.after_record_create, refuse(ValueError("a bug")), "posts")
    with pytest.raises(ValueError, match="a bug"):
        records.create("posts", title="a")


def test_validating_adds_errors(posts, listen):
    listen(
        hooks.record_validating,
        refuse(FieldErrors({"n": FieldError("odd", "is odd"), "title": FieldError("x", "x")})),
        "posts",
    )
    with pytest.raises(BadRequest) as caught:
        service.create(posts, {"title": ""}, GUEST)
    data = caught.value.body()["data"]
    assert {name: error["code"] for name, error in data.items()} == {
        "n": "odd",
        "title": "validation_required",
    }


def test_failed_carries_the_error(posts, listen):
    events = []
    listen(hooks.record_create_failed, lambda event, **kwargs: events.append(event), "posts")
    error = Forbidden("No.")
    listen(hooks.before_record_create, refuse(error), "posts")
    with pytest.raises(Forbidden):
        service.create(posts, {"title": "a"}, GUEST)
    assert events[0].error is error


def test_committed_errors_reach_nobody(posts, listen, caplog, django_capture_on_commit_callbacks):
    listen(hooks.record_created, refuse(ValueError("too late")), "posts")
    with django_capture_on_commit_callbacks(execute=True):
        service.create(posts, {"title": "a"}, GUEST)
    assert titles() == ["a"]
    assert "too late" in caplog.text


def test_unique_violation_in_another_collection_names_no_field(
    posts, make_collection, make_record, listen
):
    make_collection("other", text("slug"), indexes=["CREATE UNIQUE INDEX o ON other (slug)"])
    make_record("other", slug="x")

    def collide(event, **kwargs):
        sql.execute("INSERT INTO other (id, slug) VALUES ('y', 'x')")

    listen(hooks.after_record_create, collide, "posts")
    with pytest.raises(BadRequest) as caught:
        service.create(posts, {"title": "a"}, GUEST)
    assert caught.value.data == {}


def test_django_signals_reach_those_who_listen(posts):
    model = lookup.get_model("posts")
    told = []

    def note(signal, instance, **named):
        named.pop("sender")
        told.append((instance.id, named))

    for signal in (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete):
        signal.connect(note, sender=model, weak=False)
    try:
        record = records.create("posts", title="a")
        records.delete("posts", record.id)
    finally:
        for signal in (
            signals.pre_save,
            signals.post_save,
            signals.pre_delete,
            signals.post_delete,
        ):
            signal.disconnect(note, sender=model)
    assert [one for one, _ in told] == [record.id] * 4
    assert told[1][1] == {
        "created": True,
        "raw": False,
        "update_fields": None,
        "using": "default",
    }


def test_save_set_and_delete_of_a_record(posts, heard):
    record = records.new("posts", title="a", n="2")
    record.save()
    record.set("n+", 3)
    record["slug"] = "s"
    record.save()
    [stored] = records.find("posts")
    assert (stored["title"], stored["n"], stored["slug"]) == ("a", 5, "s")
    stored.delete()
    assert records.find("posts") == []
    acts = [name for name in heard if name.startswith("before")]
    assert acts == ["before_record_create", "before_record_update", "before_record_delete"]


def test_saving_what_is_not_valid(posts):
    record = records.new("posts", n=1)
    with pytest.raises(BadRequest) as caught:
        record.save()
    assert list(caught.value.data) == ["title"]
    assert records.count("posts") == 0


def test_models_save_through_the_same_door(posts, heard):
    model = lookup.get_model("posts")
    record = model.objects.create(title="a")
    assert len(record.id) == 15
    found = model.objects.get(title="a")
    found.title = "b"
    found.save()
    assert titles() == ["b"]
    assert [name for name in heard if name.startswith("before")] == [
        "before_record_create",
        "before_record_update",
    ]


def test_only_changed_columns_are_written(posts, make_record):
    record = make_record(posts, title="a", n=1)
    sql.execute("UPDATE posts SET updated = ''")
    with CaptureQueriesContext(connection) as captured:
        service.update(posts, record.id, {"n": 2}, GUEST)
    [statement] = [one["sql"] for one in captured if one["sql"].startswith("UPDATE")]
    assert '"n" = ' in statement
    assert '"updated"' in statement
    assert '"title"' not in statement


def test_update_overtaken_by_another_starts_again(committing_db, monkeypatch):
    """Two requests add to one number at once: both count."""
    posts = make_posts()
    record = makers.make_record(posts, title="a", n=1)
    fetch_to_change = rows.fetch_to_change
    overtaken = threading.Event()

    def fetch_then_let_another_write(*args, **options):
        found = fetch_to_change(*args, **options)
        if not overtaken.is_set():
            overtaken.set()
            other = threading.Thread(
                target=lambda: (service.update(posts, record.id, {"n+": 10}), connection.close())
            )
            other.start()
            other.join()
        return found

    monkeypatch.setattr(rows, "fetch_to_change", fetch_then_let_another_write)
    service.update(posts, record.id, {"n+": 1})
    assert records.get("posts", record.id)["n"] == 12


def test_committed_runs_after_the_commit(committing_db, listen):
    posts = make_posts()
    seen = []

    def note(event, **kwargs):
        seen.append((connection.in_atomic_block, records.count("posts")))

    listen(hooks.record_created, note, "posts")
    service.create(posts, {"title": "a"}, GUEST)
    assert seen == [(False, 1)]

    def create_in_vain():
        with transaction.atomic():
            service.create(posts, {"title": "b"}, GUEST)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        create_in_vain()
    assert seen == [(False, 1)]


def test_errors_are_api_errors(posts):
    for act in (
        lambda: service.create(posts, {}),
        lambda: service.update(posts, "missing", {}),
        lambda: service.delete(posts, "missing"),
    ):
        with pytest.raises(ApiError):
            act()
