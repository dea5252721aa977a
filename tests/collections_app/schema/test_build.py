from __future__ import annotations

import gc
import weakref

import pytest
from django.apps import apps

from collections_app.schema import build, field_list, lookup, snapshot
from collections_app.schema.definition import CollectionDef
from tests.makers import autodate, boolean, json_field, number, relation, select, text


def attributes(*names):
    fields = field_list.read([text(name, id=f"f{at}") for at, name in enumerate(names)])
    return build.attribute_names(CollectionDef(id="c", name="c", fields=fields))


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("title", "title"),
        ("id", "id"),
        ("save", "save_field"),
        ("class", "class_field"),
        ("objects", "objects_field"),
        ("pk", "pk_field"),
        ("check", "check_field"),
        ("values", "values_field"),
        ("collection", "collection_field"),
        ("_state", "state_field"),
        ("9lives", "n9lives_field"),
        ("a__b", "a_b_field"),
        ("a_", "a_field"),
        ("___", "n_field"),
    ],
)
def test_attribute_names(name, attribute):
    assert attributes(name) == {name: attribute}


def test_attribute_names_do_not_meet():
    assert attributes("save", "save_field", "a__b", "a_b_") == {
        "save": "save_field_field",
        "save_field": "save_field",
        "a__b": "a_b_field",
        "a_b_": "a_b_field_field",
    }


@pytest.fixture
def shop(make_collection):
    products = make_collection("products", text("name"), number("stock"), boolean("sold"))
    make_collection(
        "orders",
        relation("product", products, maxSelect=1),
        text("product_id"),
        relation("extras", products, maxSelect=3),
        select("tags", "a", "b", maxSelect=2),
        json_field("data"),
        number("save"),
        autodate("made", onCreate=True),
    )


@pytest.mark.usefixtures("shop")
def test_models_are_ordinary_django_models(make_record):
    full = make_record("products", name="full", stock=5)
    empty = make_record("products", name="empty", stock=0)
    first = make_record("orders", product=full.id, tags=["a"], data={"x": 1}, save=3)
    make_record("orders", product=empty.id)
    make_record("orders")
    orders = lookup.get_model("orders").objects
    found = orders.get(product__stock__gt=0)
    assert (found.id, found.save_field, found.tags, found.data) == (first.id, 3, ["a"], {"x": 1})
    assert found.product.name == "full"
    assert found["product"] == full.id
    assert orders.filter(product="").get().product is None
    products = lookup.get_model("products").objects
    assert [item.id for item in products.get(pk=full.id).orders_via_product.all()] == [first.id]
    assert products.filter(orders_via_product__save_field=3).count() == 1


@pytest.mark.usefixtures("shop")
def test_attributes_of_relations_and_clashing_names():
    model = lookup.get_model("orders")
    assert model.attributes == {"product": "product_id_key", "save": "save_field"}
    record = model(id="r")
    record["product"] = "p"
    record["product_id"] = "text"
    assert (record["product"], record.product_id_key, record.product_id) == ("p", "p", "text")
    record.product = None
    assert record["product"] == ""
    assert record.values() == {
        "id": "r",
        "product": "",
        "product_id": "text",
        "extras": [],
        "tags": [],
        "data": None,
        "save": 0,
        "made": "",
    }


def test_a_relation_to_nowhere_is_text(db):
    fields = [{**relation("r", "missing"), "id": "r"}]
    definition = CollectionDef(
        id="lost", name="lost", fields=field_list.with_id(field_list.read(fields))
    )
    model = snapshot.Snapshot(1, [definition]).model(definition)
    assert model(id="x")["r"] == ""


def test_only_what_is_related_is_built():
    def define(name, *fields):
        read = field_list.read([{**field, "id": field["name"]} for field in fields])
        return CollectionDef(id=name, name=name, fields=field_list.with_id(read))

    chain = [define("a", relation("r", "b")), define("b"), define("c", relation("r", "b"))]
    others = [define("d", relation("r", "a", maxSelect=2)), define("e")]
    held = snapshot.Snapshot(1, [*chain, *others])
    for collection in held.collections:
        around = build.models_around(collection, held)
        assert set(around) == ({"a", "b", "c"} if collection in chain else {collection.id})
    assert held.model(chain[0]).r.field.related_model is held.model(chain[1])
    assert held.model(chain[1]).c_via_r.rel.related_model is held.model(chain[2])


@pytest.mark.usefixtures("shop")
def test_nothing_enters_the_global_registry():
    model = lookup.get_model("orders")
    assert build.APP_LABEL not in apps.all_models
    assert model not in apps.get_models()


@pytest.mark.usefixtures("shop")
def test_old_models_go_with_their_snapshot(make_collection):
    gone = weakref.ref(lookup.get_model("orders"))
    list(gone().objects.filter(product__stock=1))
    make_collection("more")
    lookup.get_model("more")
    gc.collect()
    assert gone() is None


@pytest.mark.usefixtures("shop")
def test_views_are_models_too(make_collection, make_record):
    make_record("products", name="full", stock=5)
    make_collection("names", type="view", viewQuery="select id, name from products")
    assert [item.name for item in lookup.get_model("names").objects.all()] == ["full"]
