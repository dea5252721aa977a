"""The SQL console on PostgreSQL, over the API of a real server; and beside PocketBase's."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import contextmanager

import httpx
import pytest

from tests.makers import text
from tests.postgres import URL, absent, empty_database
from tests.servers import EMAIL, PASSWORD, Holdall

pytestmark = [pytest.mark.postgres, pytest.mark.server]

PATH = "/api/sql"
FAILED = "Failed to execute query. Raw error:\n"


@contextmanager
def database_of_a_role():
    """Give the address of a new database by a role that owns it and is no superuser."""
    import psycopg

    if reason := absent():
        pytest.skip(reason)
    name = f"holdall_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(URL, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
        server.execute(f"CREATE DATABASE {name} OWNER {name}")
        try:
            where = server.info
            yield f"postgresql://{name}:secret@{where.host}:{where.port}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            server.execute(f"DROP ROLE {name}")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sql")
    with (
        database_of_a_role() as url,
        Holdall(folder / "data", "--workers", "2", DATABASE_URL=url) as running,
    ):
        yield running


@pytest.fixture
def run(server):
    return lambda query: server.http.post(PATH, json={"query": query})


def shown(response):
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer.pop("execTime") >= 0
    return answer


def rows(response):
    return shown(response)["rows"]


def refused(response):
    assert (response.status_code, response.json()["data"]) == (400, {})
    return response.json()["message"].removeprefix(FAILED)


#: SQL that is the same on both, and answered with the same bodies
SHARED = [
    *("  ", ";", "select 1 a; select 2 b", "-- hi\nselect 1 a", "x" * 5001),
    "select 1 a, 1.5 b, 'x' c, null d, 1e300 e, 10/4.0 f, 2.0 g, true h",
    "select 123456789012345678 a, 1e20 b, 1e-7 c, 123456789.5 d, 1234567.0 e, 0.00001 f, 0.0001 g",
    "delete from _mfas where 1=0",
    "create table zz (a integer, c text, f boolean default false not null)",
    "insert into zz values (1,'x',true),(2,'y',false)",
    "insert into zz (a) values (1); update zz set a=5",
    "select a, c, f, a + 1 b from zz",
    "with x as (select 1 a) insert into zz(a) select a from x",
    "select count(*) n from zz",
    "update zz set a = a + 1 where a > 4; select 1",
    "select a, a from zz order by 1",
    "with recursive n(i) as (select 1 union all select i+1 from n where i<2000) select i from n",
    "delete from zz",
]


@pytest.mark.pocketbase
def test_same_sql_is_answered_as_pocketbase_answers(pocketbase, server, run):
    for query in SHARED:
        theirs = pocketbase.http.post(PATH, json={"query": query})
        ours = run(query)
        answers = [answer.json() for answer in (theirs, ours)]
        for answer in answers:
            answer.pop("execTime", None)
        assert (ours.status_code, answers[1]) == (theirs.status_code, answers[0]), query
    for side in (pocketbase.http, server.http):
        assert side.post(PATH, json={"query": "drop table zz"}).status_code == 200


def test_values_are_text(run):
    query = (
        """select 1 a, '\\x41'::bytea b, '{"b": [1, 2]}'::jsonb c, 0.1::float8 + 0.2 d,"""
        " 0.12345678901234567890 e, '{1,2}'::int[] f, 'nan'::float8 g, date '2026-01-02' h"
    )
    assert shown(run(query)) == {
        "affectedRows": 0,
        "columns": [{"name": name, "type": "", "nullable": True} for name in "abcdefgh"],
        "rows": [
            [
                *("1", "A", '{"b":[1,2]}', "0.30000000000000004"),
                *("0.12345678901234567890", "{1,2}", "NaN", "2026-01-02"),
            ]
        ],
    }


def test_types_are_the_tables(run):
    answer = shown(run('select id, "system", fields, count(*) n from _collections group by id'))
    assert [column["type"] for column in answer["columns"]] == [
        "CHARACTER VARYING(100)",
        "BOOLEAN",
        "TEXT",
        "",
    ]


def test_all_statements_or_none(run):
    assert shown(run("create table t(a int unique); insert into t values (1), (2)")) == {
        "affectedRows": 2,
        "columns": [],
        "rows": [],
    }
    assert refused(run("insert into t values (9); insert into t values (1)")) == (
        'duplicate key value violates unique constraint "t_a_key": Key (a)=(1) already exists'
        " (23505)."
    )
    assert refused(run("select 1; insert into t values (9); select nope")) == (
        'column "nope" does not exist (42703).'
    )
    assert rows(run("select a from t order by a")) == [["1"], ["2"]]
    assert shown(run("drop table t"))["affectedRows"] == 0


def test_bodies_of_functions_hold_semicolons(run):
    made = run(
        "create function twice(n int) returns int as $$ select 1; select n * 2; $$ language sql"
    )
    assert shown(made)["rows"] == []
    assert rows(run("select twice(21)")) == [["42"]]


def test_nothing_is_left_behind(run):
    shown(run("set statement_timeout = 99; set search_path = pg_catalog"))
    shown(run("create temp table brief(a int)"))
    assert refused(run("select * from brief")) == 'relation "brief" does not exist (42P01).'
    assert rows(run("show statement_timeout")) != [["99ms"]]


def test_what_wants_no_transaction(run):
    assert rows(run('vacuum "users"')) == []


def test_no_copy(run):
    reason = "COPY has nowhere to go from here."
    assert refused(run("copy users to stdout")) == reason
    assert refused(run("copy users from stdin")) == reason
    assert "(42501)" in refused(run("copy users to '/tmp/users'"))
    assert "(42501)" in refused(run("copy users to program 'true'"))
    assert "(42501)" in refused(run("select pg_read_file('PG_VERSION')"))


def test_workers_hear_of_changed_collections_and_settings(server, run):
    body = {"name": "posts", "fields": [text("title")], "listRule": ""}
    posts = server.http.post("/api/collections", json=body).json()

    def versions():
        return rows(run('select "schema", "settings" from _versions'))[0]

    schema, settings = versions()
    shown(run(f"update _collections set \"listRule\" = null where id = '{posts['id']}'"))
    now = versions()
    assert now[0] > schema
    assert now[1] == settings
    for _ in range(10):  # whichever worker answers
        assert server.guest.get("/api/collections/posts/records").status_code == 403
    assert server.http.patch("/api/settings", json={"meta": {"appName": "One"}}).status_code == 200
    schema, settings = versions()
    value = """jsonb_set(value::jsonb, '{meta,appName}', '"Two"')::text"""
    changing = f"update _params set value = {value} returning id"
    shown(run(f"with other as ({changing}) select id from other"))
    now = versions()
    assert now[0] == schema
    assert now[1] > settings
    for _ in range(10):
        assert server.http.get("/api/settings").json()["meta"]["appName"] == "Two"
    before = versions()
    shown(run("update posts set title = ''"))
    assert versions() == before


def test_page_of_the_dashboard(server):
    with httpx.Client(base_url=server.url, follow_redirects=True) as browser:

        def post(path, **data):
            form = browser.get(path).text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
            headers = {"Referer": f"{server.url}{path}"}
            page = browser.post(path, data={**data, "csrfmiddlewaretoken": token}, headers=headers)
            assert page.status_code == 200
            return page.text

        post("/_/login/", username=EMAIL, password=PASSWORD)
        page = post("/_/sql/", query="select 20 + 22 as found")
        assert '<th scope="col">found</th>' in page
        assert '<td data-label="found">42</td>' in page
        assert "does not exist (42703)" in post("/_/sql/", query="select nope")


def test_a_superuser_of_the_database_is_refused(tmp_path):
    with empty_database() as url, Holdall(tmp_path / "data", DATABASE_URL=url) as server:
        assert refused(server.http.post(PATH, json={"query": "select 1"})) == (
            "the role of DATABASE_URL may use the files and programs of PostgreSQL's machine,"
            " so the SQL console is off: use a role that is no superuser there."
        )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select pg_sleep(20)", "canceling statement due to statement timeout (57014)"),
        ("set statement_timeout = 0; select pg_sleep(20)", "the query took too long"),
    ],
)
def test_a_query_that_takes_too_long(server, monkeypatch, text, reason):
    from django.db import connections

    from config.databases import postgresql as parameters
    from ops_app.sql_console import QueryFailed, postgresql

    wanted = connections.configure_settings(
        {"default": parameters(server.environment["DATABASE_URL"])}
    )
    made = connections.__class__(wanted)["default"]
    monkeypatch.setattr(postgresql, "django_connection", made)
    with pytest.raises(QueryFailed, match=re.escape(reason)):
        postgresql.run(text, time.monotonic() + 0.3)
