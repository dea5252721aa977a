"""Records made of rows and values: as Django makes them, though it is not asked."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db.models import signals

from collections_app.records import instances, rows
from collections_app.schema import lookup, snapshot
from collections_app.schema.record_model import RecordModel
from tests.makers import boolean, geo_point, json_field, number, password, relation, select, text


@pytest.fixture
def things(make_collection):
    people = make_collection("people", text("name"))
    return make_collection(
        "things",
        text("save"),
        number("n"),
        boolean("b"),
        select("tags", "x", "y", maxSelect=2),
        relation("owner", people, maxSelect=1),
        json_field("j"),
        geo_point("g"),
        password("p", cost=4),
    )


def blank(collection, values=instances.NOTHING):
    return instances.blank(snapshot.current(), collection, values)


def of_row(collection, record_id):
    row = rows.fetch_by_id(collection, record_id)
    return instances.of_row(snapshot.current(), collection, row)


def state(record):
    return record._state.adding, record._state.db


def test_blank_is_what_the_model_makes(things):
    made, model = blank(things), lookup.get_model("things")
    zeros = {field.name: field.zero() for field in things.fields}
    assert {**made.values(), "p": None} == {**zeros, "p": None}
    assert (type(made), state(made)) == (model, state(model()))
    assert made.__dict__.keys() == model().__dict__.keys()


def test_blank_takes_values_by_name(things):
    made = blank(things, {"save": "a", "owner": "o", "tags": ["x"]})
    assert (made.save_field, made.owner_id, made.tags, made.n) == ("a", "o", ["x"], 0)


def test_each_blank_record_has_its_own_lists(things):
    one, other = blank(things), blank(things)
    one.tags.append("x")
    one.g["lon"] = 5
    assert (other.tags, other.g) == ([], {"lon": 0, "lat": 0})
    assert one["p"] is not other["p"]


def test_of_row_is_what_a_query_makes(things, make_record):
    values = {"save": "a", "n": 2, "b": True, "tags": ["y"], "owner": "", "j": {"k": [1]}}
    stored = make_record(things, **values)
    made, found = of_row(things, stored.id), lookup.get_model("things").objects.get(pk=stored.id)
    assert {**made.values(), "p": None} == {**found.values(), "p": None}
    assert (made == found, state(made)) == (True, state(found))
    assert made.values().items() >= values.items()


def test_what_a_query_left_out_is_read_when_asked_for(things, make_record):
    stored = make_record(things, save="a", n=2)
    found = lookup.get_model("things").objects.only("n").get(pk=stored.id)
    assert found.get_deferred_fields() >= {"save_field"}
    assert found["save"] == "a"
    found = lookup.get_model("things").objects.only("n").get(pk=stored.id)
    assert instances.stored_row(found) == instances.stored_row(of_row(things, stored.id))


@pytest.mark.parametrize("signal", [signals.pre_init, signals.post_init], ids=["pre", "post"])
def test_django_tells_of_instances_where_somebody_listens(signal, things, make_record):
    stored = make_record(things, save="a")
    with _heard(signal, lookup.get_model("things")) as heard:
        made, found = blank(things), of_row(things, stored.id)
    assert heard == [type(made)] * 2
    assert (made["tags"], found["save"], state(found)) == ([], "a", (False, "default"))
    assert heard == [type(made)] * 2


def test_from_db_of_ones_own_is_asked(things, make_record, monkeypatch):
    stored = make_record(things, save="a", n=2)
    ours = classmethod(lambda cls, db, names, values: (db, dict(zip(names, values, strict=True))))
    monkeypatch.setattr(RecordModel, "from_db", ours)
    db, values = of_row(things, stored.id)
    assert (db, values["id"], values["save_field"], values["n"]) == ("default", stored.id, "a", 2)


@contextmanager
def _heard(signal, model):
    heard = []

    def receiver(sender, **kwargs):
        heard.append(sender)

    signal.connect(receiver, sender=model)
    try:
        yield heard
    finally:
        signal.disconnect(receiver, sender=model)
