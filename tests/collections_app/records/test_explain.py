"""What ``explain`` says is what the API does, and it changes nothing."""

import pytest

from auth_app.signed_in import SignedIn
from collections_app.records.explain import Outcome, explain
from collections_app.schema import lookup
from core_app.request_info import RequestInfo
from tests.makers import (
    boolean,
    make_collection,
    make_record,
    make_user,
    number,
    relation,
    text,
)

RULE = "@request.auth.id != '' && (public = true || owner = @request.auth.id)"


@pytest.fixture
def posts(db):
    users = lookup.get("users")
    return make_collection(
        "posts",
        *(text("title"), boolean("public"), number("n"), relation("owner", users)),
        list_rule=RULE,
        view_rule=RULE,
        create_rule="owner = @request.auth.id && n < 10",
        update_rule="owner = @request.auth.id && @request.body.owner:changed = false",
        delete_rule=None,
        softDelete=True,
    )


@pytest.fixture
def ann(db):
    return make_user("ann@example.com")


def of(user=None, **more):
    return RequestInfo(auth=SignedIn.of(user) if user else None, **more)


def flat(parts):
    """Return every part with what came of it, those in brackets behind the bracket."""
    return [
        item
        for part in parts
        for item in ((part.text, part.passes, part.matching), *flat(part.parts))
    ]


def test_view(posts, ann, api):
    own, other = make_record(posts, owner=ann.id), make_record(posts)
    refused = explain(posts, "view", of(ann), other.id)
    assert (refused.outcome, refused.rule) == (Outcome.REFUSES, RULE)
    assert flat(refused.parts) == [
        ("@request.auth.id != ''", True, None),
        ("(public = true || owner = @request.auth.id)", False, None),
        ("public = true", False, None),
        ("owner = @request.auth.id", False, None),
    ]
    assert explain(posts, "view", of(ann), own.id).outcome is Outcome.PASSES
    assert explain(posts, "view", of(), own.id).outcome is Outcome.REFUSES
    assert explain(posts, "view", of(ann), "nothing").outcome is Outcome.MISSING
    url = "/api/collections/posts/records"
    assert api.as_(ann).get(f"{url}/{own.id}").status_code == 200
    assert api.as_(ann).get(f"{url}/{other.id}").status_code == 404
    assert api.get(f"{url}/{own.id}").status_code == 404


def test_list_counts(posts, ann, api):
    for values in ({"public": True}, {"owner": ann.id}, {}, {}):
        make_record(posts, **values)
    found = explain(posts, "list", of(ann))
    assert (found.outcome, found.matching, found.total) == (Outcome.FILTERS, 2, 4)
    assert flat(found.parts) == [
        ("@request.auth.id != ''", None, 4),
        ("(public = true || owner = @request.auth.id)", None, 2),
        ("public = true", None, 1),
        ("owner = @request.auth.id", None, 1),
    ]
    listed = api.as_(ann).get("/api/collections/posts/records").json()
    assert listed["totalItems"] == found.matching


def test_create_goes_by_what_is_sent(posts, ann, api):
    body = {"owner": ann.id, "n": 11}
    found = explain(posts, "create", of(ann), body=body)
    assert found.outcome is Outcome.REFUSES
    assert flat(found.parts) == [
        ("owner = @request.auth.id", True, None),
        ("n < 10", False, None),
    ]
    assert explain(posts, "create", of(ann), body={**body, "n": 9}).outcome is Outcome.PASSES
    assert api.as_(ann).post("/api/collections/posts/records", body).status_code == 400
    assert api.get("/api/collections/posts/records").json()["totalItems"] == 0


def test_update_goes_by_what_is_sent(posts, ann, api):
    record = make_record(posts, owner=ann.id)
    for body, outcome, status in (
        ({"owner": ""}, Outcome.REFUSES, 404),
        ({"title": "new"}, Outcome.PASSES, 200),
    ):
        assert explain(posts, "update", of(ann), record.id, body).outcome is outcome
        assert lookup_title(posts, record) == ""
        answer = api.as_(ann).patch(f"/api/collections/posts/records/{record.id}", body)
        assert answer.status_code == status


def lookup_title(posts, record):
    from collections_app import records

    return records.get(posts.name, record.id)["title"]


def test_superusers_locked_and_open(posts, ann, make_superuser):
    record = make_record(posts)
    assert explain(posts, "delete", of(ann), record.id).outcome is Outcome.LOCKED
    root = of(make_superuser())
    assert explain(posts, "delete", root, record.id).outcome is Outcome.SUPERUSER
    everybody = make_collection("notes", text("title"), list_rule="", create_rule="")
    assert explain(everybody, "list", of()).outcome is Outcome.OPEN
    assert explain(everybody, "create", of(), body={}).outcome is Outcome.OPEN


def test_trash(ann, api):
    posts = make_collection(
        "things",
        relation("owner", "_pb_users_auth_"),
        delete_rule="",
        softDelete=True,
        trashRule="owner = @request.auth.id",
    )
    mine, other = make_record(posts, owner=ann.id), make_record(posts)
    assert explain(posts, "restore", of(ann), mine.id).outcome is Outcome.MISSING
    for record, outcome, status in ((mine, Outcome.PASSES, 200), (other, Outcome.REFUSES, 404)):
        url = f"/api/collections/things/records/{record.id}"
        assert api.delete(url).status_code == 204
        assert explain(posts, "restore", of(ann), record.id).outcome is outcome
        assert api.as_(ann).post(f"{url}/restore").status_code == status


def test_parts_that_must_meet_in_one_row(ann):
    """Each is true of some related record, both of none."""
    tags = make_collection("tags", text("name"), number("weight"))
    pages = make_collection(
        "pages",
        relation("tags", tags, maxSelect=5),
        view_rule="tags.name ?= 'a' && tags.weight ?= 2",
    )
    found = [make_record(tags, name=name, weight=weight) for name, weight in (("a", 1), ("b", 2))]
    page = make_record(pages, tags=[item.id for item in found])
    verdict = explain(pages, "view", of(ann), page.id)
    assert verdict.outcome is Outcome.REFUSES
    assert [part.passes for part in verdict.parts] == [True, True]
