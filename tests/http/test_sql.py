import sqlite3

import pytest

from core_app import versions
from tests.makers import text

pytestmark = pytest.mark.sqlite

PATH = "/api/sql"
FAILED = "Failed to execute query. Raw error:\n"


@pytest.fixture
def run(transactional_db, root_api):
    def send(query):
        return root_api.post(PATH, {"query": query})

    return send


def rows(response):
    assert response.status_code == 200, response.content
    return response.json()["rows"]


def refused(response):
    assert response.status_code == 400
    return response.json()["message"].removeprefix(FAILED)


def test_rows_are_text(run):
    answer = run("select 1 a, 1.5 b, 'x' c, null d, x'41' e, 1e300, 0.1+0.2, 2.0, true").json()
    assert answer.pop("execTime") >= 0
    assert answer["affectedRows"] == 0
    assert answer["columns"][:2] == [
        {"name": "a", "type": "", "nullable": True},
        {"name": "b", "type": "", "nullable": True},
    ]
    assert answer["rows"] == [
        ["1", "1.5", "x", None, "A", "1e+300", "0.30000000000000004", "2", "1"]
    ]


def test_declared_types(run):
    answer = run('select id, "system", fields, count(*) n from _collections group by id').json()
    assert [column["type"] for column in answer["columns"]] == ["TEXT", "BOOLEAN", "JSON", ""]


def test_at_most_a_thousand_rows(run):
    query = "with recursive n(i) as (select 1 union all select i+1 from n where i<2000) "
    assert len(rows(run(f"{query} select i from n"))) == 1000


def test_several_statements_are_one_transaction(run):
    answer = run("create table t(a unique); insert into t values(1),(2); update t set a=a+5").json()
    assert (answer["affectedRows"], answer["columns"], answer["rows"]) == (2, [], [])
    assert refused(run("insert into t values(9); insert into t values(6)")) == (
        "constraint failed: UNIQUE constraint failed: t.a (2067)."
    )
    assert rows(run("select a from t")) == [["6"], ["7"]]


def test_writes_wait_for_their_turn(run, monkeypatch):
    from ops_app.sql_console import sqlite

    events = []
    gate = sqlite.gate

    class Spy:
        def acquire(self):
            events.append("in")
            gate.acquire()

        def release(self):
            events.append("out")
            gate.release()

    monkeypatch.setattr(sqlite, "gate", Spy())
    run("create table t(a)")
    assert refused(run("insert into nope values (1)")).startswith("SQL logic error")
    assert events == ["in", "out", "in", "out"]


def test_nothing_is_left_behind(run):
    run("BEGIN")
    run("create temp table t(a)")
    assert refused(run("select * from t")) == "SQL logic error: no such table: t (1)."
    assert rows(run("select 1")) == [["1"]]


def test_no_other_files(run, tmp_path):
    path = tmp_path / "other.db"
    assert "authoriz" in refused(run(f"attach database '{path}' as other"))
    assert "authoriz" in refused(run(f"vacuum into '{path}'"))
    assert not path.exists()
    assert rows(run("vacuum")) == []


def test_workers_hear_of_changed_collections_and_settings(run, root_api, make_collection):
    posts = make_collection("posts", text("title"), list_rule="")
    before = versions.read()
    run(f"update _collections set listRule = null where id = '{posts.id}'")
    assert versions.read().schema > before.schema
    assert root_api.get("/api/collections/posts").json()["listRule"] is None
    query = "update _params set value = json_set(value, '$.meta.appName', 'Other')"
    root_api.patch("/api/settings", {"meta": {"appName": "One"}})
    before = versions.read()
    assert run(query).status_code == 200
    assert versions.read().settings > before.settings
    assert root_api.get("/api/settings").json()["meta"]["appName"] == "Other"
    before = versions.read()
    run("select 1")
    run("update posts set title = ''")
    assert versions.read() == before


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, {"code": "validation_required", "message": "Cannot be blank."}),
        (
            {"query": "é" * 2501},
            {
                "code": "validation_length_too_long",
                "message": "The length must be no more than 5000.",
                "params": {"max": 5000, "min": 0},
            },
        ),
    ],
)
def test_invalid(root_api, body, error):
    response = root_api.post(PATH, body)
    assert (response.status_code, response.json()) == (
        400,
        {
            "data": {"query": error},
            "message": "An error occurred while validating the submitted data.",
            "status": 400,
        },
    )


@pytest.mark.parametrize(("who", "status"), [("guest", 401), ("user", 403)])
def test_superusers_only(api, make_user, who, status):
    caller = api if who == "guest" else api.as_(make_user())
    assert caller.post(PATH, {"query": "select 1"}).status_code == status


def test_a_query_that_takes_too_long(run, monkeypatch):
    from ops_app import sql_console

    monkeypatch.setattr(sql_console, "TIMEOUT_S", 0.05)
    query = "with recursive n(i) as (select 1 union all select i+1 from n) select max(i) from n"
    assert refused(run(query)) == "interrupted (9)."


QUERIES = [
    *("  ", "selec", ";", "select 1;;", "select 1; select 2", "values (1,2)", "-- hi\nselect 1"),
    "select 1 a, 1.5 b, 'x' c, null d, x'41' e, 1e300, 0.1+0.2, 10/4.0, 2.0, true, -0.0, 9e999",
    "select 123456789012345678, 1e20, 1e-7, 123456789.5, 1234567.0, 0.00001, 123456.0, 0.0001",
    # where a statement changes no rows PocketBase answers with the number of the one before it, on
    # the only connection that it writes with: let that be 0
    "delete from _mfas where 1=0",
    "create table zz (a int, b real not null, c text, d boolean default false not null, f numeric)",
    "insert into zz values (1,2,'x',true,3),(2,3,'y',false,'abc')",
    "insert into zz (a,b) values (1,1); update zz set a=5; select 1",
    "insert into zz (a,b) values (1,1); update zzx set a=5",
    "select * from zz",
    "select a, d as dd, count(*) n from zz group by a",
    "with x as (select 1 a) insert into zz(a,b) select a,a from x",
    "select count(*) from zz",
    "PRAGMA table_info(zz)",
    "EXPLAIN QUERY PLAN select 1",
    "delete from zz where 1=0 returning a",
    "delete from zz",
    *("insert into nope values (1)", "/* c */ insert into nope values(1)", "(select 1)", "delete"),
    "insert into zz (a) values (1)",
    "VACUUM",
    "select a, a from zz",
    "with recursive n(i) as (select 1 union all select i+1 from n where i<2000) select i from n",
    "x" * 5001,
    "select load_extension('x')",
    "detach y",
    "select id, name, type, system from _collections where name = '_mfas'",
]


@pytest.mark.pocketbase
@pytest.mark.server
def test_as_pocketbase_answers(pocketbase, server):
    for query in QUERIES:
        theirs, ours = (
            side.http.post(PATH, json={"query": query}) for side in (pocketbase, server)
        )
        assert (ours.status_code, shown(ours)) == (theirs.status_code, shown(theirs)), query
    body = {"query": "insert into zz (a,b) values (1,1); drop table zz"}
    for side in (pocketbase, server):
        assert side.http.post(PATH, json=body).status_code == 200


def shown(response):
    answer = response.json()
    answer.pop("execTime", None)
    return answer


def test_statements_of_the_test_itself_see_the_file(transactional_db, run):
    from django.db import connection

    run("create table seen(a)")
    with sqlite3.connect(connection.settings_dict["NAME"]) as database:
        assert database.execute("select count(*) from seen").fetchone() == (0,)
    database.close()
