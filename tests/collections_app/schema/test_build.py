from __future__ import annotations

import gc
import weakref

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

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
    assert list(model.attributes.items()) == [
        ("id", "id"),
        ("product", "product_id_key"),
        ("product_id", "product_id"),
        ("extras", "extras"),
        ("tags", "tags"),
        ("data", "data"),
        ("save", "save_field"),
        ("made", "made"),
    ]
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


def define(name, *fields):
    read = field_list.read([{**field, "id": field["name"]} for field in fields])
    return CollectionDef(id=name, name=name, fields=field_list.with_id(read))


def test_keys_in_a_circle():
    around = [define("a", relation("r", "b")), define("b", relation("s", "a"), relation("u", "b"))]
    held = snapshot.Snapshot(1, around)
    first, second = held.model(around[0]), held.model(around[1])
    assert [key.field.related_model for key in (second.s, second.u)] == [first, second]
    assert str(first.objects.filter(r__u__s__id="x").query).count("JOIN") == 2
    assert second.b_via_u.rel.related_model is second


@pytest.fixture
def chain(monkeypatch):
    """Return ``a -> b <- c``, ``d`` with several of ``a``, ``e``, and which models are made."""
    made = []
    make = build._model
    monkeypatch.setattr(build, "_model", lambda *args: made.append(args[0].id) or make(*args))
    definitions = [
        define("a", relation("r", "b")),
        define("b"),
        define("c", relation("r", "b")),
        define("d", relation("r", "a", maxSelect=2)),
        define("e"),
    ]
    return snapshot.Snapshot(1, definitions), made


def test_a_model_is_made_when_it_is_asked_for(chain):
    held, made = chain
    model = held.model(held.by_id["a"])
    assert made == ["a"]
    assert held.model(held.by_id["a"]) is model


def test_a_query_makes_what_its_keys_lead_to(chain):
    held, made = chain
    assert str(held.model(held.by_id["a"]).objects.filter(r__id__gt="x").query)
    assert made == ["a", "b"]
    assert held.model(held.by_id["a"]).r.field.related_model is held.model(held.by_id["b"])


def test_who_points_at_a_record_is_made_when_asked_for(chain):
    held, made = chain
    target = held.model(held.by_id["b"])
    record = target(id="x")
    assert made == ["b"]
    assert "c" in str(record.c_via_r.all().query)
    assert made == ["b", "c"]
    assert target.c_via_r.rel.related_model is held.model(held.by_id["c"])


def test_a_query_from_the_other_end_makes_who_holds_the_key(chain):
    held, made = chain
    target = held.model(held.by_id["b"])
    assert str(target.objects.filter(a_via_r__id="x").query).count("JOIN") == 1
    assert made == ["b", "a"]
    assert target._meta.get_field("a_via_r") is held.model(held.by_id["a"]).r.field.remote_field


def test_an_unknown_field_makes_nothing(chain):
    held, made = chain
    with pytest.raises(FieldDoesNotExist, match="b has no field named 'nothing'"):
        held.model(held.by_id["b"])._meta.get_field("nothing")
    assert made == ["b"]


def test_all_relations_of_a_model_are_all_models_that_keys_connect(chain):
    held, made = chain
    related = held.model(held.by_id["b"])._meta.related_objects
    assert [key.name for key in related] == ["a_via_r", "c_via_r"]
    assert sorted(made) == ["a", "b", "c"]


def test_joins_over_several_keys(chain):
    held, made = chain
    query = held.model(held.by_id["a"]).objects.filter(r__c_via_r__id="x").query
    assert str(query).count("JOIN") == 2
    assert made == ["a", "b", "c"]


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
