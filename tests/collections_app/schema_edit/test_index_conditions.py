"""Conditions of indexes whose columns meet values of other types."""

from __future__ import annotations

import pytest

from collections_app.schema_edit import bulk_import
from collections_app.schema_edit.dialects.index_conditions import comparable
from core_app.errors import ApiError
from tests.makers import boolean, json_field, number, text

KINDS = {"t": 'text COLLATE "C"', "n": "double precision", "b": "boolean", "j": "jsonb"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("t > 1", "t > '1'"),
        ("`T` = 1.5 and n = 2", "`T` = '1.5' and n = 2"),
        ("n != ''", "n IS NOT NULL"),
        ("n > 'a' or b <> ''", "FALSE or b IS NOT NULL"),
        ("n < 'a' and n = '5'", "n IS NOT NULL and n = '5'"),
        ("j != '[]' and j != ''", "j != '[]' and j IS NOT NULL"),
        ("t != '' and length(t) > 1", "t != '' and length(t) > 1"),
        ("other = 1", "other = 1"),
    ],
)
def test_conditions(condition, expected):
    assert comparable(condition, KINDS) == expected


@pytest.mark.parametrize(
    "index",
    [
        "CREATE INDEX i ON posts (n COLLATE NOCASE, j COLLATE nocase DESC, b COLLATE RTRIM)",
        "CREATE UNIQUE INDEX i ON posts (n) WHERE n != ''",
        "CREATE INDEX i ON posts (t COLLATE NOCASE) WHERE t > 1 AND b != '' AND j != ''",
        "CREATE INDEX i ON posts (t) WHERE b = 1 AND n > 0",
        "CREATE INDEX i ON posts (lower(j), upper(t) DESC)",
    ],
)
def test_they_are_taken(make_collection, index):
    fields = (text("t"), number("n"), boolean("b"), json_field("j"))
    assert make_collection("posts", *fields, indexes=[index]).indexes[0].startswith("CREATE")


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("CREATE INDEX i ON posts (nope)", "no such column: nope (1)"),
        ("CREATE INDEX i ON posts (nope(t))", "no such function: nope (1)"),
        ("CREATE INDEX i ON posts (t COLLATE nope)", "no such collation sequence: nope (257)"),
        ("CREATE INDEX i ON posts (t) WHERE Nope = 1", "no such column: Nope (1)"),
    ],
)
def test_what_is_wrong_is_told_in_the_same_words(make_collection, index, message):
    with pytest.raises(ApiError) as caught:
        make_collection("posts", text("t"), indexes=[index])
    assert caught.value.body()["data"]["indexes"]["0"] == {
        "code": "validation_invalid_index_expression",
        "message": f"Failed to create index i - SQL logic error: {message}.",
    }


def test_an_index_that_is_there_already(make_collection):
    make_collection("posts", text("t"), indexes=["CREATE INDEX i ON posts (t)"])
    other = {"name": "other", "fields": [text("t")], "indexes": ["CREATE INDEX i ON other (t)"]}
    with pytest.raises(ApiError) as caught:
        bulk_import.run([other])
    assert "SQL logic error: index i already exists (1)" in str(caught.value.body())
