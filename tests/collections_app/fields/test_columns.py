from datetime import UTC, datetime

import pytest
from django.db import connection

from collections_app.fields.password import Password
from collections_app.schema import lookup
from core_app import passwords
from tests.collections_app.fields.making import made
from tests.makers import (
    autodate,
    boolean,
    date,
    geo_point,
    json_field,
    number,
    password,
    select,
    text,
)


@pytest.fixture
def things(make_collection):
    make_collection(
        "things",
        text("t"),
        number("n"),
        boolean("b"),
        date("d"),
        select("one", "a", "b"),
        select("some", "a", "b", maxSelect=2),
        json_field("j"),
        geo_point("g"),
        password("p", cost=4),
        autodate("created", onCreate=True),
    )
    return lookup.get_model("things")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("type_name", "options", "column_type"),
    [
        ("text", {}, "TEXT"),
        ("text", {"primaryKey": True}, "TEXT"),
        ("number", {}, "NUMERIC"),
        ("bool", {}, "BOOLEAN"),
        ("date", {}, "TEXT"),
        ("autodate", {}, "TEXT"),
        ("select", {}, "TEXT"),
        ("select", {"maxSelect": 2}, "JSON"),
        ("relation", {}, "TEXT"),
        ("relation", {"maxSelect": 2}, "JSON"),
        ("json", {}, "JSON"),
        ("geoPoint", {}, "JSON"),
        ("password", {}, "TEXT"),
    ],
)
def test_column_types_and_names(type_name, options, column_type):
    column = made(type_name, **options).model_field()
    assert column.db_type(connection) == column_type
    assert column.db_column == "f"


@pytest.mark.parametrize(
    "type_name", ["text", "number", "bool", "date", "json", "geoPoint", "password", "select"]
)
def test_columns_can_be_made_again(type_name):
    column = made(type_name, maxSelect=2, primaryKey=True).model_field()
    _, path, args, kwargs = column.deconstruct()
    again = type(column)(*args, **kwargs)
    assert path.startswith("collections_app.fields.columns.")
    assert again.deconstruct()[1:] == (path, args, kwargs)


def test_values_come_back_in_python_form(things):
    things.objects.bulk_create(
        [
            things(
                t="x",
                n=5,
                b=True,
                d=datetime(2024, 1, 2, tzinfo=UTC),
                one="a",
                some=["a", "b"],
                j={"b": [1, 1.5, None]},
                g={"lon": 1, "lat": 2.5},
                p=Password(plain="secret", cost=4),
            ),
            things(n=1.5, j="abc"),
            things(n=2.0, j=7),
        ]
    )
    first, second, third = things.objects.order_by("n")[::-1]
    assert (first["t"], first["n"], first["b"]) == ("x", 5, True)
    assert (first["d"], first["one"], first["some"]) == (
        "2024-01-02 00:00:00.000Z",
        "a",
        ["a", "b"],
    )
    assert (first["j"], first["g"]) == ({"b": [1, 1.5, None]}, {"lon": 1, "lat": 2.5})
    assert first["p"].verify("secret")
    assert len(first.id) == 15
    assert (second["n"], type(second["n"]), second["j"]) == (2, int, 7)
    assert (third["n"], third["j"], third["some"], third["g"]) == (
        1.5,
        "abc",
        [],
        {"lon": 0, "lat": 0},
    )
    assert not third["p"]


def test_rows_of_the_orm_and_of_fields_are_the_same(things, make_record):
    values = {
        "t": "x",
        "n": 5,
        "b": True,
        "some": ["b", "a"],
        "j": {"b": 1, "a": 1.0},
        "g": {"lon": 5.0, "lat": 1e-7},
    }
    made_here = make_record(things.collection, **values)
    things.objects.bulk_create([things(id="other", **values)])
    with connection.cursor() as cursor:
        rows = [
            cursor.execute(
                'SELECT t, n, b, "some", j, g FROM "things" WHERE id = %s', [row_id]
            ).fetchone()
            for row_id in (made_here.id, "other")
        ]
    assert rows[0] == rows[1]
    if connection.vendor == "sqlite":  # PostgreSQL has forms of its own
        assert rows[0] == ("x", 5, 1, '["b","a"]', '{"a":1,"b":1}', '{"lon":5,"lat":1e-7}')


def test_filters(things, make_record):
    make_record(things.collection, t="a", n=5, b=True, d="2024-01-02", j={"a": {"b": 1}})
    make_record(things.collection, t="b", n=6.5)

    def found(**lookups):
        return list(things.objects.filter(**lookups).values_list("t", flat=True))

    assert found(n__gt=5) == ["b"]
    assert found(b=True) == ["a"]
    assert found(d=datetime(2024, 1, 2, tzinfo=UTC)) == ["a"]
    assert found(d__lt="2024-02-01", d__gt="") == ["a"]
    assert found(j__a__b=1) == ["a"]
    assert found(some=[]) == ["a", "b"]


def test_update_through_the_orm(things, make_record):
    row_id = make_record(things.collection, t="a").id
    hashed = passwords.make_hash("new", 4)
    things.objects.filter(id=row_id).update(
        n=7, some=["b"], j=[1], g={"lon": 3, "lat": 4}, p=Password(hashed)
    )
    row = things.objects.get(id=row_id)
    assert (row["n"], row["some"], row["j"], row["g"]) == (7, ["b"], [1], {"lon": 3, "lat": 4})
    assert row["p"].verify("new")
