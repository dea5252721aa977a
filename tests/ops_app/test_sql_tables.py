"""The names that the SQL console completes."""

import pytest
from django.db import connection

from ops_app import sql_console
from tests.makers import make_collection, text

pytestmark = pytest.mark.django_db


def test_tables_and_views():
    make_collection("posts", text("title"))
    make_collection("titles", type="view", viewQuery="SELECT id, title FROM posts")
    found = sql_console.tables()
    assert found["posts"][:2] == ["id", "title"]
    assert found["titles"][:2] == (["id", "title"] if connection.vendor == "postgresql" else [])
    assert {"_collections", "users"} <= set(found)
    assert not any(name.startswith("sqlite_") for name in found)


@pytest.mark.sqlite
def test_a_view_without_its_table_is_no_obstacle():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE here (a)")
        cursor.execute("CREATE VIEW lost AS SELECT a FROM here")
        cursor.execute("DROP TABLE here")
    assert sql_console.tables()["lost"] == []
