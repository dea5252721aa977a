"""Who a text names, by a unique field of any type."""

from __future__ import annotations

import pytest

from auth_app import find
from tests.makers import boolean, date, json_field, make_user, number, select, text

FIELDS = {
    "name": (text("name"), "ann", "ann"),
    "n": (number("n"), 12, "12"),
    "d": (date("d"), "2024-01-02 03:04:05.678Z", "2024-01-02 03:04:05.678Z"),
    "one": (select("one", "a", "b"), "a", "a"),
    "b": (boolean("b"), True, None),
    "j": (json_field("j"), {"a": 1}, None),
}


@pytest.mark.parametrize("name", FIELDS)
def test_by_unique(make_collection, name):
    field, value, identity = FIELDS[name]
    index = f"CREATE UNIQUE INDEX people_{name} ON people ({name})"
    people = make_collection("people", field, type="auth", indexes=[index])
    record = make_user("ann@example.com", people, **{name: value})
    assert find.by_unique(people, name, "no such thing") is None
    assert find.by_unique(people, name, "a\0b") is None
    if identity is not None:
        found = find.by_unique(people, name, identity)
        assert found is not None
        assert found.id == record.id


def test_without_an_index(make_collection):
    people = make_collection("people", text("name"), type="auth")
    with pytest.raises(find.NotUnique):
        find.by_unique(people, "name", "ann")
