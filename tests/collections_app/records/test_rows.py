"""Pages far behind hold the same rows in the same order as if all were read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collections_app.query.select import select
from collections_app.records import rows
from collections_app.schema import snapshot as snapshots
from core_app import sql
from core_app.request_info import RequestInfo
from tests.makers import number, text

COUNT = rows.FAR + 250


@pytest.fixture
def posts(make_collection):
    make_collection(
        "posts",
        text("title"),
        number("n"),
        list_rule="",
        indexes=["CREATE INDEX `by_n` ON `posts` (`n`)"],
    )
    for at in range(COUNT):
        values = (f"{at * 7919 % COUNT:015d}", f"t{at % 3}", at * 31 % 5)
        sql.execute(sql.marked("INSERT INTO posts (id, title, n) VALUES (?, ?, ?)"), values)
    return snapshots.current().find("posts")


def listed(posts, sort, limit=None, offset=0, filter=""):
    selection = select(
        snapshots.current(), posts, RequestInfo(), sort=sort, filter=filter, is_list=True
    )
    return rows.fetch(posts, selection, limit, offset)


@pytest.mark.parametrize("filter", ["", "n > 0"])
@pytest.mark.parametrize("sort", ["n,id", "-n,-id", "title,n,id", "-id", "title:lower,-id"])
def test_pages_together_are_the_list(posts, sort, filter):
    everything = listed(posts, sort, filter=filter)
    paged = [
        row
        for offset in range(0, COUNT, 50)
        for row in listed(posts, sort, 50, offset, filter=filter)
    ]
    assert paged == everything
    assert len(everything) == COUNT if not filter else len(everything) < COUNT


@pytest.mark.parametrize("sort", ["n", "-n", "title", "-title,n"])
def test_rows_that_the_sort_does_not_tell_apart(posts, sort):
    """They come as they would from one statement."""
    everything = listed(posts, sort)
    for offset in (rows.FAR, rows.FAR + 120, COUNT - 5, COUNT, COUNT + 5):
        assert listed(posts, sort, 50, offset) == everything[offset : offset + 50]


@pytest.mark.sqlite
def test_rows_before_a_far_page_are_not_read(posts):
    with CaptureQueriesContext(connection) as asked:
        listed(posts, "-n", 30, rows.FAR)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked.captured_queries[-1]["sql"])
        steps = [step[3] for step in cursor.fetchall()]
    assert "SCAN posts USING COVERING INDEX by_n" in steps
    assert "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)" in steps
