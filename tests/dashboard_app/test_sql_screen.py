"""The SQL screen, on a database that is really committed."""

import pytest

from collections_app import records
from tests.dashboard_app.conftest import Dashboard, text_of
from tests.makers import make_collection, make_record, make_superuser, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@pytest.fixture
def console(transactional_db):
    make_superuser()
    made = Dashboard()
    assert made.sign_in().status_code == 302
    posts = make_collection("posts", text("title"))
    make_record(posts, title="first")
    return lambda **data: made.post("sql/", **data)


def test_reading(console):
    response = console(query="SELECT title, NULL AS missing FROM posts")
    assert response.context["outcome"].rows == [["first", None]]
    page = text_of(response)
    assert "title TEXT" in page
    assert "first NULL" in page
    assert "1 rows" in page


def test_changes_are_confirmed(console):
    query = "UPDATE posts SET title = 'second'"
    assert "This may change data" in text_of(console(query=query))
    assert records.first("posts")["title"] == "first"
    other = console(query=query, confirmed="DELETE FROM posts")
    assert other.context["asks"] is True
    assert "1 rows changed" in text_of(console(query=query, confirmed=query))
    assert records.first("posts")["title"] == "second"


def test_a_hidden_second_statement_is_confirmed_too(console):
    assert console(query="SELECT 1; DELETE FROM posts").context["asks"] is True
    assert records.count("posts") == 1


@pytest.mark.parametrize(
    ("query", "error"),
    [("", "Type a query first."), ("SELECT nope", "nope"), ("SELECT 1" * 900, "5000 bytes")],
)
def test_errors_are_said(console, query, error):
    assert error in console(query=query).context["error"]


def test_what_a_query_reads_is_downloaded(console):
    query = "SELECT title, -1.5 AS less, '=1+1' AS sum, NULL AS missing FROM posts"
    assert "Download as CSV" in text_of(console(query=query))
    response = console(query=query, **{"as": "csv"})
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.content.decode() == "title,less,sum,missing\r\nfirst,-1.5,'=1+1,\r\n"
    query = "UPDATE posts SET title = 'second' RETURNING title"
    response = console(query=query, **{"as": "csv"})
    assert response.context["asks"] is True
    assert records.first("posts")["title"] == "first"
    assert "Download as CSV" not in text_of(console(query=query, confirmed=query))


def test_tables_and_columns_are_there_to_complete(console):
    view = {"type": "view", "viewQuery": "SELECT id, title FROM posts"}
    make_collection("titles", **view)
    tables = {item["name"]: item["columns"] for item in console().context["tables"]}
    assert {"id", "title"} <= set(tables["posts"])
    assert {"id", "title"} <= set(tables["titles"])
    assert "_collections" in tables
