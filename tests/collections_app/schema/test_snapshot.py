from __future__ import annotations

import pytest

from collections_app.records import service as records
from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import service
from core_app.errors import BadRequest
from tests.makers import text


@pytest.fixture
def request_on(transactional_db):
    """Run as a request does, by the schema of its beginning, while the schema changes under it."""

    def run(*steps):
        left = list(steps)
        seen = []

        def view():
            seen.append(lookup.get("posts").columns)
            step = left.pop(0)
            return step()

        with snapshot.pinned():
            return snapshot.by_newest(view), seen

    return run


def rename(new):
    """Change the schema as another process would: what is pinned here does not hear of it."""
    pinned = snapshot._local.snapshot
    snapshot.pin(None)
    field = {**text(new), "id": "it"}
    service.update(lookup.get("posts"), {"fields": [field]})
    snapshot.pin(pinned)


def moved_then_fail():
    rename("b")
    raise ValueError("failed")


def test_what_fails_by_an_old_schema_runs_by_the_new_one(make_collection, request_on):
    make_collection("posts", {**text("a"), "id": "it"})
    answer, seen = request_on(moved_then_fail, lambda: "done")
    assert (answer, seen) == ("done", [("id", "a"), ("id", "b")])


def test_what_fails_by_the_newest_schema_fails(make_collection, request_on):
    make_collection("posts", {**text("a"), "id": "it"})
    with pytest.raises(ZeroDivisionError):
        request_on(lambda: 1 / 0, lambda: "done")


def test_nothing_is_written_by_an_old_schema(make_collection, request_on):
    make_collection("posts", {**text("a"), "id": "it"})

    def write_late():
        values = {"a": "x", "b": "y"}
        rename("b")
        return records.create(lookup.get("posts"), values)

    made, seen = request_on(write_late, lambda: records.create(lookup.get("posts"), {"b": "y"}))
    assert (made["b"], seen) == ("y", [("id", "a"), ("id", "b")])
    assert lookup.get_model("posts").objects.count() == 1


def test_what_has_written_does_not_run_again(make_collection, request_on):
    make_collection("posts", {**text("a"), "id": "it"})

    def write_and_fail():
        records.create(lookup.get("posts"), {"a": "x"})
        moved_then_fail()

    with pytest.raises(ValueError, match="failed"):
        request_on(write_and_fail, lambda: "done")
    assert lookup.get_model("posts").objects.count() == 1


def test_a_schema_that_never_stands_is_given_up(make_collection, request_on):
    make_collection("posts", {**text("a"), "id": "it"})

    def move(number):
        def step():
            rename(f"f{number}")
            return records.create(lookup.get("posts"), {})

        return step

    with pytest.raises(BadRequest):
        request_on(*(move(number) for number in range(snapshot._MOST_RUNS)))
    assert lookup.get("posts").columns == ("id", f"f{snapshot._MOST_RUNS - 1}")
    assert lookup.get_model("posts").objects.count() == 0
