import pytest

from collections_app.records import instances, referenced
from collections_app.records.validate import validate
from collections_app.schema import lookup, snapshot
from core_app.errors import FieldErrors
from tests.makers import autodate, email, number, relation, select, text

ID = {
    "id": "text3208210256",
    "primaryKey": True,
    "required": True,
    "system": True,
    "min": 0,
    "max": 0,
    "pattern": "^[a-zA-Z0-9.]+$",
    "autogeneratePattern": "",
}


@pytest.fixture
def errors_of():
    """Return the errors of a record of ``collection`` with ``values``, as the API shows them."""

    def judge(collection, original=None, **values):
        record = instances.blank(snapshot.current(), collection)
        for name, value in {**(original or {}), **values}.items():
            record[name] = value
        try:
            referenced.require(
                validate(collection, record, original or {}, is_new=original is None)
            )
        except FieldErrors as error:
            return {name: item.body() for name, item in error.errors.items()}
        return {}

    return judge


def codes(errors):
    return {name: error["code"] for name, error in errors.items()}


def test_every_field_is_judged(make_collection, errors_of):
    posts = make_collection(
        "posts",
        text("title", required=True),
        number("n", min=5),
        email("mail"),
        select("s", "a"),
        autodate("created", onCreate=True),
    )
    assert codes(errors_of(posts, n=1, mail="x", s="b")) == {
        "title": "validation_required",
        "n": "validation_min_number_constraint",
        "mail": "validation_is_email",
        "s": "validation_invalid_value",
    }
    assert errors_of(posts, title="a", n=5, mail="a@b.co", s="a") == {}


def test_empty_values_are_filled_in_first(make_collection):
    posts = make_collection("posts", text("slug", required=True, autogeneratePattern="[x]{3}"))
    record = instances.blank(snapshot.current(), posts)
    validate(posts, record, {}, is_new=True)
    assert (record["slug"], len(record["id"])) == ("xxx", 15)
    record["slug"] = ""
    with pytest.raises(FieldErrors) as caught:
        validate(posts, record, record.values(), is_new=False)
    assert list(caught.value.errors) == ["slug"]


def test_related_records_must_exist(make_collection, make_record, errors_of):
    tags = make_collection("tags")
    first, second = make_record(tags), make_record(tags)
    posts = make_collection(
        "posts", relation("one", tags), relation("some", tags, maxSelect=3, minSelect=2)
    )
    missing = {
        "code": "validation_missing_rel_records",
        "message": "Failed to find all relation records with the provided ids.",
    }
    assert errors_of(posts) == {}
    assert errors_of(posts, one=first.id, some=[first.id, second.id]) == {}
    assert errors_of(posts, one="nope", some=[first.id, "nope"]) == {
        "one": missing,
        "some": missing,
    }
    assert codes(errors_of(posts, some=["nope"])) == {"some": "validation_not_enough_values"}


def test_one_query_for_all_relations(
    make_collection, make_record, errors_of, django_assert_num_queries
):
    tags = make_collection("tags")
    ids = [make_record(tags).id for _ in range(3)]
    posts = make_collection(
        "posts", relation("one", tags), relation("some", tags, maxSelect=3), relation("none", tags)
    )
    with snapshot.pinned(), django_assert_num_queries(1):
        assert errors_of(posts, one=ids[0], some=ids) == {}


def test_many_related_records(make_collection, make_record, errors_of):
    tags = make_collection("tags")
    ids = [make_record(tags).id for _ in range(3)]
    posts = make_collection("posts", relation("some", tags, maxSelect=2000))
    absent = [f"absent{n}" for n in range(998)]
    assert codes(errors_of(posts, some=[*absent, *ids])) == {
        "some": "validation_missing_rel_records"
    }


def test_id_never_changes(make_collection, errors_of):
    posts = make_collection("posts", text("t"))
    original = {"id": "a" * 15, "t": ""}
    assert errors_of(posts, original) == {}
    for other in ("b" * 15, ""):
        assert errors_of(posts, original, id=other) == {
            "id": {
                "code": "validation_pk_change",
                "message": "The record primary key cannot be changed.",
            }
        }


def test_stored_id_is_not_judged_again(make_collection, errors_of):
    posts = make_collection("posts", text("t"))
    assert errors_of(posts, {"id": "Odd.Id", "t": ""}) == {}


def test_id_with_a_pattern_of_its_own_differs_by_more_than_case(
    make_collection, make_record, errors_of
):
    posts = make_collection("posts", text("id", **ID))
    make_record(posts, id="abc")
    taken = {
        "code": "validation_pk_invalid",
        "message": "The record primary key is invalid or already exists.",
    }
    assert errors_of(posts, id="ABC") == {"id": taken}
    assert errors_of(posts, id="abd") == {}
    assert codes(errors_of(posts, id="a.b")) == {"id": "validation_forbidden_pk_character"}
    assert codes(errors_of(posts)) == {"id": "validation_required"}


def test_default_id_asks_nothing(make_collection, errors_of, django_assert_num_queries):
    posts = make_collection("posts", text("t"))
    with snapshot.pinned(), django_assert_num_queries(0):
        assert errors_of(posts) == {}


def test_relation_to_a_collection_that_is_gone(make_collection, errors_of):
    tags = make_collection("tags")
    posts = make_collection("posts", relation("tag", tags))
    held = snapshot.current()
    without = snapshot.Snapshot(held.version, [lookup.get("posts")])
    with snapshot.pinned(without):
        assert errors_of(posts, tag="x") == {
            "tag": {
                "code": "validation_missing_rel_collection",
                "message": "Relation connection is missing or cannot be accessed.",
            }
        }
