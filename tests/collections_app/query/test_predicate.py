"""Rules inside Django's own queries."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldError
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from collections_app import records
from collections_app.query.errors import FilterError
from collections_app.schema.lookup import UnknownCollection, find, get_model
from core_app.request_info import RequestInfo
from tests.makers import json_field, number, relation, text


@pytest.fixture
def shop(make_collection, make_record):
    """Three products and four orders: Hammer 5, Hammer 20, Saw 7, none 1."""
    products = make_collection("products", text("title"), number("stock"), json_field("meta"))
    orders = make_collection(
        "orders",
        text("note"),
        number("total"),
        relation("product", products.id, maxSelect=1),
        relation("also", products.id, maxSelect=5),
    )
    hammer = make_record(products, title="Hammer", stock=3, meta={"a": 1})
    saw = make_record(products, title="Saw", stock=0, meta=None)
    make_record(products, title="Nail", stock=9, meta={"a": 5})
    make_record(orders, note="a", total=5, product=hammer["id"], also=[saw["id"]])
    make_record(orders, note="b", total=20, product=hammer["id"], also=[saw["id"], hammer["id"]])
    make_record(orders, note="c", total=7, product=saw["id"])
    make_record(orders, note="d", total=1)
    return get_model("orders"), get_model("products")


def notes(queryset) -> str:
    return " ".join(queryset.order_by("note").values_list("note", flat=True))


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("total > 5", "b c"),
        ("product.title = 'Hammer' && total > 5", "b"),
        ("product.title ~ '%m%'", "a b"),
        ("also.title ?= 'Hammer'", "b"),
        ("also.title = 'Saw'", "a"),
        ("also:length = 0", "c d"),
        ("product.meta.a > 0", "a b"),
        ("@collection.products.title ?= note || total = 1", "d"),
        ("", "a b c d"),
    ],
)
def test_filter_and_exclude_are_complements(shop, filter, found):
    orders, _ = shop
    assert notes(orders.objects.filter(records.rule("orders", filter))) == found
    rest = "".join(note for note in "abcd" if note not in found)
    assert notes(orders.objects.exclude(records.rule("orders", filter))) == " ".join(rest)
    assert " ".join(sorted(record["note"] for record in records.find("orders", filter))) == found


def test_values_are_parameters(shop):
    orders, _ = shop
    cruel = "x' OR 1=1 -- %s ? {:a}"
    queryset = orders.objects.filter(records.rule("orders", "note = {:note}", note=cruel))
    assert cruel not in queryset.query.get_compiler("default").as_sql()[0]
    assert notes(queryset) == ""
    assert notes(orders.objects.filter(records.rule("orders", "total >= {:n}", n=7))) == "b c"


def test_null_is_not_true(shop):
    _, products = shop
    rule = records.rule("products", "meta.a > 1")
    assert [each["title"] for each in products.objects.filter(rule)] == ["Nail"]
    assert products.objects.exclude(rule).count() == 2
    assert products.objects.filter(~rule).count() == 2


def test_composes_with_the_orm(shop):
    orders, products = shop
    dear, of_hammers = records.rule("orders", "total > 5"), Q(product__title="Hammer")
    hammers = records.rule("orders", "product.title = 'Hammer'")
    assert notes(orders.objects.filter(dear, of_hammers)) == "b"
    assert notes(orders.objects.filter(Q(dear) | of_hammers)) == "a b c"
    assert notes(orders.objects.filter(dear & hammers)) == "b"
    assert notes(orders.objects.filter(product__stock__gt=0).filter(~dear)) == "a"
    in_hammers = products.objects.filter(orders_via_product__in=orders.objects.filter(dear))
    assert sorted(each["title"] for each in in_hammers) == ["Hammer", "Saw"]
    with_dear = products.objects.filter(
        Exists(orders.objects.filter(dear, hammers, product=OuterRef("pk")))
    )
    assert [each["title"] for each in with_dear] == ["Hammer"]


def test_annotations_and_aggregates(shop):
    orders, _ = shop
    rule = records.rule("orders", "product.title = 'Hammer'")
    shown = orders.objects.annotate(
        is_dear=records.rule("orders", "total > 5"),
        kind=Case(When(rule, then=Value("hammer")), default=Value("other")),
    )
    assert list(shown.order_by("note").values_list("note", "is_dear", "kind")) == [
        ("a", False, "hammer"),
        ("b", True, "hammer"),
        ("c", True, "other"),
        ("d", False, "other"),
    ]
    assert orders.objects.aggregate(n=Count("id", filter=rule)) == {"n": 2}


def test_updates_and_deletes_of_querysets(shop):
    orders, _ = shop
    changed = orders.objects.filter(records.rule("orders", "product.stock > 0"))
    assert changed.update(note="changed") == 2
    assert notes(orders.objects.all()) == "c changed changed d"


def test_one_statement(shop, django_assert_num_queries):
    orders, _ = shop
    found = orders.objects.filter(records.rule("orders", "also.title ?= 'Saw'"))
    with django_assert_num_queries(1):
        assert len(found) == 2


def test_a_request_answers_what_is_asked_of_it(shop, make_collection, make_user):
    users = find("users")
    notes_ = make_collection("private", text("title"), relation("owner", users.id, maxSelect=1))
    ann, bob = make_user(name="Ann"), make_user("bob@example.com", name="Bob")
    for title, owner in (("one", ann), ("two", bob), ("none", None)):
        records.create(notes_, title=title, owner=owner.id if owner else "")
    model = get_model("private")
    own = "owner = @request.auth.id && owner.name = @request.auth.name"
    as_bob = RequestInfo(auth=bob)
    found = model.objects.filter(records.rule("private", own, info=as_bob))
    assert [each["title"] for each in found] == ["two"]
    found = model.objects.filter(records.rule("private", "owner = @request.auth.id"))
    assert [each["title"] for each in found] == ["none"]


def test_wrong_texts_are_refused_at_once(shop):
    with pytest.raises(FilterError, match='unknown field "nope"'):
        records.rule("orders", "nope = 1")
    with pytest.raises(UnknownCollection):
        records.rule("nowhere", "id != ''")


def test_rule_of_another_collection_is_refused(shop):
    orders, _ = shop
    with pytest.raises(FieldError, match="is not about records of orders"):
        list(orders.objects.filter(records.rule("products", "stock > 1")))


def test_second_use_compiles_nothing(shop, monkeypatch):
    orders, _ = shop
    assert notes(orders.objects.filter(records.rule("orders", "total > {:n}", n=5))) == "b c"
    monkeypatch.setattr("collections_app.query.select.compile_plan", None)
    assert notes(orders.objects.filter(records.rule("orders", "total > {:n}", n=7))) == "b"
