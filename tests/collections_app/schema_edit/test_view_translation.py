"""A view's query, with the structure that PostgreSQL wants."""

from __future__ import annotations

import pytest

from collections_app.schema_edit.dialects.translation import Names
from collections_app.schema_edit.dialects.view_repairs import repaired
from collections_app.schema_edit.dialects.view_translation import of_view

NAMES = Names(("posts", "users", "id", "title", "n", "tags", "author"))
TABLES = frozenset(("posts", "users"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select id from posts", "select id from posts"),
        (
            "select id from (select id from posts)",
            'select id from (select id from posts) AS "unnamed_1"',
        ),
        ("select id from (select 1) x, posts", "select id from (select 1) x CROSS JOIN  posts"),
        ("select a.id from (posts a)", "select a.id from (posts a)"),
        (
            "select id from posts join users where n",
            "select id from posts join users ON TRUE where n",
        ),
        ("select id from posts natural join users", "select id from posts natural join users"),
        (
            "select 1 from posts p cross join users u on 1",
            "select 1 from posts p INNER join users u on 1",
        ),
        (
            "select 1 from posts, json_each(tags)",
            "select 1 from posts CROSS JOIN  holdall_json_items(tags) AS json_each",
        ),
        (
            "select json_each.value from posts, json_each(tags) where 1",
            "select json_each.value from posts CROSS JOIN  holdall_json_items(tags) AS "
            "json_each where 1",
        ),
        (
            'select "id", "x" from posts where title = "y"',
            "select \"id\", 'x' from posts where title = 'y'",
        ),
        (
            'select n "x" from posts order by "x"',
            'select n "x" from posts order by "x" NULLS FIRST',
        ),
        (
            "select 1 order by n desc, id nulls last",
            "select 1 order by n desc NULLS LAST, id nulls last",
        ),
        ("select 1 limit 5, 10", "select 1 OFFSET 5 LIMIT  10"),
        (
            "a is not 'x' and b is null and c is 1",
            "a IS DISTINCT FROM  'x' and b is null and c IS NOT DISTINCT FROM 1",
        ),
        ("a is not distinct from b", "a is not distinct from b"),
        ("ifnull(n, 0), iif(n, 1, 2)", "COALESCE(n, 0), (CASE WHEN n THEN  1 ELSE  2 END)"),
        (
            "cast(n as text), cast(count(*) as INT)",
            "holdall_to_text(n ), holdall_to_integer(count(*) )",
        ),
        ("cast(n as bytea)", "cast(n as bytea)"),
        (
            "max(n), max(n, 1), count()",
            "max(n), (CASE WHEN num_nulls(n, 1) = 0 THEN GREATEST(n, 1) END), count(*)",
        ),
        (
            "sum(distinct n), total(n)",
            "sum(distinct holdall_numeral(n)), (COALESCE(sum(holdall_numeral(n)), 0) + 0.0)",
        ),
        (
            "json_group_array(n order by id)",
            "COALESCE(json_agg(holdall_value(n) order by id NULLS FIRST), '[]')",
        ),
        (
            "title like 'a' escape '!' or title like 'b'",
            "title ILIKE 'a' escape '!' or title like 'b'",
        ),
        ("title not glob 'a*'", "title  !<~> 'a*'"),
        ("n || '-' || n", "n || holdall_to_text('-') || n"),
        (
            "printf('%d %s', n, title)",
            "holdall_printf('%d %s', holdall_printed(n), holdall_printed(title))",
        ),
        ("select rowid, p.oid from posts p", "select _rowid_, p._rowid_ from posts p"),
        ("select id from posts not indexed where n", "select id from posts   where n"),
        (
            "select id from posts p indexed by x, users",
            "select id from posts p    CROSS JOIN  users",
        ),
        ("select +n, n + 1, n = +1 from posts", "select n, n + 1, n = 1 from posts"),
        ("likely(n > 1), likelihood(n, 0.5)", "(n > 1), (n)"),
        (
            "json_set(tags, '$.a', n, '$.b', json_extract(tags, '$[0]'))",
            "holdall_json_set(holdall_read(tags), '$.a', holdall_member(holdall_value(n)), '$.b', "
            "holdall_member(holdall_json_part(tags, '$[0]')))",
        ),
        (
            "json_patch(tags, '{}'), jsonb_remove(tags, '$[0]')",
            "holdall_json_patch(holdall_read(tags), holdall_read('{}')), "
            "holdall_json_remove(holdall_read(tags), '$[0]')",
        ),
        (
            "json_array(n, tags ->> 0, upper(tags ->> 0), tags ->> 0 || '')",
            "json_build_array(holdall_value(n), holdall_guessed_scalar(tags ->> 0), "
            "holdall_value(upper(tags ->> 0)), holdall_value(tags ->> 0 || holdall_to_text('')))",
        ),
        (
            "json_group_array(distinct n)",
            "COALESCE(holdall_distinct(json_agg( holdall_value(n))), '[]')",
        ),
        (
            "json_extract(tags, '$.a') < tags ->> 0 and n < tags ->> 0 and tags ->> 0 > 1 + n",
            "holdall_ranked(holdall_json_extract(tags, '$.a')) < holdall_ranked(tags ->> 0)"
            " and n < tags ->> 0 and tags ->> 0 > 1 + n",
        ),
        ("max(n), max(tags ->> 0)", "max(n), holdall_max(tags ->> 0)"),
        (
            "typeof(json_extract(tags, '$.a')), json_extract(tags, '$.a', '$.b')",
            "(holdall_typeof_extract(tags, '$.a')), "
            "holdall_json_extracts(holdall_read(tags), '$.a', '$.b')",
        ),
        (
            "select tags ->> 0 as first from posts order by n, first desc",
            "select tags ->> 0 as first from posts order by n NULLS FIRST, "
            "holdall_rank(first) DESC NULLS LAST, first desc NULLS LAST",
        ),
        (
            "select distinct tags ->> 0 from posts order by tags ->> 0",
            "select distinct tags ->> 0 from posts order by tags ->> 0 NULLS FIRST",
        ),
        (
            "select (row_number() over ()) from (select 1) x",
            "select (row_number() over ()) from (select 1) x",
        ),
        (
            "select n as m, count(*) from posts group by n, lower(title)",
            "select n as m, count(*) from posts group by n, lower(title)ORDER BY n NULLS "
            "FIRST, lower(title) NULLS FIRST",
        ),
        ('select n from posts -- "it\'s" (', 'select n from posts -- "it\'s" ('),
        ("select 'a (', [x (y] from posts", "select 'a (', [x (y] from posts"),
        ("select ) from (", "select ) from ("),
    ],
)
def test_queries(text, expected):
    assert of_view(text, NAMES).replace("\nORDER", "ORDER") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select id from posts p", "select id, p._rowid_ from posts p"),
        (
            "select id from posts join users",
            "select id, posts._rowid_ from posts join users ON TRUE",
        ),
        (
            "select id from posts limit 1, 2",
            "select id from posts ORDER BY posts._rowid_ OFFSET 1 LIMIT  2",
        ),
        ("select id from posts order by n", "select id from posts order by n NULLS FIRST"),
        (
            "select e.value from posts p, json_each(p.tags) as e",
            "select e.value, (p._rowid_::numeric + COALESCE(e.id, 0) * 0.000000001) AS _rowid_"
            " from posts p CROSS JOIN  holdall_json_items(p.tags) as e",
        ),
        (
            "select group_concat(n), group_concat(n order by n), group_concat(n) over ()"
            " from posts",
            "select group_concat(n ORDER BY posts._rowid_), group_concat(n order by n NULLS FIRST),"
            " group_concat(n) over (), posts._rowid_ from posts",
        ),
        ("select distinct id from posts limit 1", "select distinct id from posts limit 1"),
        (
            "select distinct id, n from posts where n > 1",
            "select  id, n from posts where n > 1GROUP BY 1, 2 ORDER BY min(posts._rowid_)",
        ),
        ("select distinct count(*) from posts", "select distinct count(*) from posts"),
        ("select id from views", "select id from views"),
        (
            "with posts as (select 1) select id from posts",
            "with posts as (select 1) select id from posts",
        ),
        (
            "select (row_number() over ()), (count(*) over ()) from posts as p",
            "select (row_number() over (ORDER BY p._rowid_)), (count(*) over ()), p._rowid_"
            " from posts as p",
        ),
        (
            "select (row_number() over ()) from posts group by n",
            "select (row_number() over (ORDER BY n NULLS FIRST)) from posts group by n"
            "ORDER BY n NULLS FIRST",
        ),
    ],
)
def test_rows_of_tables_are_numbered(text, expected):
    assert of_view(text, NAMES, TABLES).replace("\n", "") == expected


@pytest.mark.parametrize(
    ("state", "text", "at", "expected"),
    [
        (
            "42803",
            "select n, max(id) from p",
            "n,",
            "select (array_agg(n ORDER BY id DESC NULLS LAST))[1] AS n, max(id) from p",
        ),
        (
            "42803",
            "select max(id), min(id), p.n x from p",
            "p.n",
            "select max(id), min(id), (array_agg(p.n))[1] x from p",
        ),
        (
            "42803",
            "select count(*) from p order by n",
            "n",
            "select count(*) from p order by (array_agg(n))[1]",
        ),
        (
            "42703",
            "select n + 1 as m from p where m > 2",
            "m >",
            "select n + 1 as m from p where (n + 1) > 2",
        ),
        ("42703", "select n from p where m > 2", "m >", None),
        (
            "42804",
            "select 1 from p where n and m",
            "n and",
            "select 1 from p where holdall_to_flag(n) and m",
        ),
        (
            "42804",
            "select 1 from p where n + 1 and m is true",
            "n +",
            "select 1 from p where holdall_to_flag(n + 1) and m is true",
        ),
        ("42804", "select 1 where m is true", "m", "select 1 where holdall_to_flag(m) is true"),
        (
            "42804",
            "select case when a ->> 'b' then 1 end",
            "a ->>",
            "select case when holdall_to_flag(a ->> 'b') then 1 end",
        ),
        (
            "42804",
            "select coalesce(a, 0) from p",
            "0",
            "select coalesce(holdall_value(a), holdall_value(0)) from p",
        ),
        (
            "42804",
            "select coalesce(holdall_value(a), b)",
            "b",
            "select coalesce(holdall_to_text(holdall_value(a)), holdall_to_text(b))",
        ),
        (
            "42804",
            "select (case when a then 1 else b end)",
            "b",
            "select (case when a then holdall_value(1) else holdall_value(b) end)",
        ),
        (
            "22P02",
            "select nullif(n, '')",
            "''",
            "select nullif(holdall_to_text(n), holdall_to_text(''))",
        ),
        (
            "22P02",
            "select (case when case when 1 then 2 end then n else 'x' end)",
            "'x'",
            "select (case when case when 1 then 2 end then holdall_to_text(n) else "
            "holdall_to_text('x') end)",
        ),
        ("22P02", "select 1 where n = 'a'", "'a'", "select 1 where n = holdall_to_text('a')"),
        ("22P02", "select 1 where n = holdall_to_text('a')", "'a'", None),
        ("42883", "select lower(n)", "lower", "select lower(holdall_to_text(n))"),
        ("42883", "select lower(holdall_to_text(n))", "lower", None),
        (
            "42883",
            "select tags -> 0 as a from p group by tags -> 0",
            "tags -> 0",
            "select holdall_to_text(tags -> 0) as a from p group by tags -> 0",
        ),
        (
            "42883",
            "select tags -> 0 as a from p group by 1",
            "1",
            "select holdall_to_text(tags -> 0) as a from p group by 1",
        ),
        ("42601", "select", "select", None),
    ],
)
def test_repairs(state, text, at, expected):
    place = text.rindex(at) if text.count(at) > 1 and at in ("n", "b") else text.index(at)
    assert repaired(text, state, place) == expected
