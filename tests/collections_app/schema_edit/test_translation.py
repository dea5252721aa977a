"""SQL written for SQLite, as PostgreSQL takes it."""

from __future__ import annotations

import pytest

from collections_app.schema_edit.dialects.translation import Names, translated
from core_app.dialects.postgresql import identifier
from core_app.dialects.postgresql_values import compact

NAMES = Names(("posts", "Title", "user", "n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select id, Title from posts", 'select id, "Title" from posts'),
        ("SELECT TITLE FROM Posts", 'SELECT "Title" FROM Posts'),
        ("select `id`, [Title] from `posts` P", 'select "id", "Title" from "posts" "P"'),
        ("select p.id from posts P where P.n > 1", "select p.id from posts P where P.n > 1"),
        ("select user from posts", 'select "user" from posts'),
        ("select n as TotalN from posts", 'select n as "TotalN" from posts'),
        ("select 'Title `x`' as t -- Title", "select 'Title `x`' as t -- Title"),
        ("cast(n as REAL), CAST(n AS TEXT)", "cast(n as double precision), CAST(n AS text)"),
        ("case when n == 1 then 2 END", "case when n = 1 then 2 END"),
        ("COUNT(n), IfNull(Title, '')", "COUNT(n), IfNull(\"Title\", '')"),
    ],
)
def test_queries(text, expected):
    assert translated(text, NAMES) == expected


def test_what_is_quoted_in_an_index_is_a_column_or_a_text():
    names = Names(("title",), unknown_are_text=True)
    assert translated('`title` != "" AND "Title" != "it\'s"', names) == (
        "\"title\" != '' AND \"title\" != 'it''s'"
    )


def test_long_names_stay_different():
    one, other = identifier("x" * 70), identifier("x" * 71)
    assert one != other
    assert len(one) == len(other) == 63
    assert identifier("x" * 63) == "x" * 63


def test_json_without_blanks():
    text = '{"a b": [1, "x, y\\" : z"], "c": {}}'
    assert compact(text) == '{"a b":[1,"x, y\\" : z"],"c":{}}'
