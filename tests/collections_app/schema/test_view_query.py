from __future__ import annotations

import pytest

from collections_app.schema import view_query
from collections_app.schema.view_query import InvalidQuery


def columns(text):
    return [(item.source, item.alias) for item in view_query.parse(text).columns]


def tables(text):
    return [(item.source, item.alias) for item in view_query.parse(text).tables]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select id, title from posts", [("id", "id"), ("title", "title")]),
        ("SELECT p.id, p.title AS t FROM posts p", [("p.id", "id"), ("p.title", "t")]),
        (
            "select `id`, \"title\" t, [n] 'm' from posts",
            [("id", "id"), ("title", "t"), ("n", "m")],
        ),
        ("select distinct id from posts", [("id", "id")]),
        ("select (a || ' ,x') as c, f(1, 2) d from t", [("(a || ' ,x')", "c"), ("f(1, 2)", "d")]),
        ("select id -- a, b\n, /* , */ n from t", [("id", "id"), ("n", "n")]),
        ("select id, '--x' as y from t", [("id", "id"), ("'--x'", "y")]),
        ("select id,\n\ttitle\r\nfrom posts", [("id", "id"), ("title", "title")]),
        ("with x as (select a from b) select id from x", [("id", "id")]),
        ("select id from t where a = 1 group by b order by c limit 5", [("id", "id")]),
        ("(select id from posts)", []),
    ],
)
def test_columns(text, found):
    assert columns(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select id from posts", [("posts", "posts")]),
        ("select id from `posts` as p where x", [("posts", "p")]),
        ("select a.id from a, b c", [("a", "a"), ("b", "c")]),
        (
            "select a.id from a left outer join b on b.x = a.id inner join c d on 1 where 2",
            [("a", "a"), ("b", "b"), ("c", "d")],
        ),
        ("select a.id from a cross join b", [("a", "a"), ("b", "b")]),
        ("select id from main.posts", [("main.posts", "posts")]),
    ],
)
def test_tables(text, found):
    assert tables(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select * from t", view_query.WILDCARD),
        ("select id, t.* from t", view_query.WILDCARD),
        ("select id, count (id) c from t", 'invalid identifier part - expected "as", got (id)'),
        ("select id, a + b c from t", "invalid identifier parts [a + b c]"),
        ("select id, (a from t", 'unbalanced parenthesis or quoted expression: "(a from t"'),
        (
            "select id from t) union select * from (select id from u",
            'unbalanced parenthesis or quoted expression: "(select id from u"',
        ),
    ],
)
def test_refused(text, message):
    with pytest.raises(InvalidQuery) as caught:
        view_query.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" select 1 ; ", "select 1 "),
        ("select ';'", "select ';'"),
        (";;select 1;;", "select 1"),
    ],
)
def test_trimmed(text, kept):
    assert view_query.trimmed(text) == kept


def test_several_statements_are_refused():
    with pytest.raises(InvalidQuery, match="multiple statements are not supported"):
        view_query.trimmed("select 1; drop table t")
