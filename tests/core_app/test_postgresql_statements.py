"""Statements past Django on PostgreSQL: values, transactions, what is prepared, what fails."""

from __future__ import annotations

import pytest

psycopg = pytest.importorskip("psycopg")

pytestmark = pytest.mark.postgres

#: more often than a statement runs before it is prepared
OFTEN = 5


@pytest.fixture
def other(url):
    """A second connection, which sees what is committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('DROP TABLE IF EXISTS "notes"')
        connection.execute('CREATE TABLE "notes" (id text UNIQUE, num float8, flag bool)')
        yield connection


@pytest.fixture
def connection(url, other):
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def statements(connection):
    from core_app.dialects.postgresql_statements import Statements

    return Statements(connection)


INSERT = "INSERT INTO notes (id, num, flag) VALUES (%s, %s, %s)"


def insert_if(note_id, holds):
    """Return the change that inserts a note, and divides by zero unless it ``holds``."""
    from core_app.dialects.postgresql_statements import change_of

    text = f"WITH changed AS ({INSERT} RETURNING 1) SELECT 1 / %s::int"
    return change_of(text, (note_id, 1, True, holds), note_id)


def ids(connection):
    return [row[0] for row in connection.execute("SELECT id FROM notes ORDER BY id").fetchall()]


def prepared(connection):
    return connection.execute("SELECT statement FROM pg_prepared_statements").fetchall()


def test_values_come_back_as_they_were_given(statements):
    rows = [
        ("", 0, True),
        ("ä%'\U0001f600", -1.5, False),
        ("none", None, None),
        ("big", 2**53, 1),
    ]
    for row in rows * 2:
        statements.execute("DELETE FROM notes")
        assert statements.execute(INSERT, row).rowcount == 1
        assert statements.execute("SELECT id, num, flag FROM notes").fetchall() == [
            (row[0], row[1], None if row[2] is None else int(row[2]))
        ]


def test_values_of_other_types_and_percent_signs(statements):
    found = statements.execute("SELECT %s::bytea, '%%s', 7 %% %s", (b"\x01", 4)).fetchall()
    assert found == [("\\x01", "%s", 3)]


def test_no_rows(statements):
    assert statements.execute("SELECT id FROM notes").fetchall() == []
    assert statements.execute("DELETE FROM notes WHERE id = %s", ("a",)).rowcount == 0


def test_nul_is_refused(statements):
    with pytest.raises(psycopg.DataError):
        statements.execute("SELECT %s", ("a\0b",))


def test_transaction_begins_with_its_first_statement(statements, connection, other):
    connection.autocommit = False
    statements.execute(INSERT, ("a", 1, True))
    assert ids(other) == []
    connection.rollback()
    assert ids(other) == []
    statements.execute(INSERT, ("b", 1, True))
    connection.commit()
    assert ids(other) == ["b"]


def test_first_statement_of_a_transaction_fails(statements, connection, other):
    statements.execute(INSERT, ("a", 1, True))
    connection.autocommit = False
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        statements.execute(INSERT, ("a", 2, True))
    assert refused.value.diag.table_name == "notes"
    connection.rollback()
    statements.execute(INSERT, ("b", 1, True))
    connection.commit()
    assert ids(other) == ["a", "b"]


@pytest.mark.parametrize("times", [1, OFTEN])
def test_commit_under_a_condition(statements, connection, other, times):
    connection.autocommit = False
    for at in range(times):
        statements.execute(INSERT, (f"kept{at}", 1, True))
        assert statements.commit_after([("SELECT 1 / %s::int", (1,))]) is None
        assert f"kept{at}" in ids(other)
        statements.execute(INSERT, (f"lost{at}", 1, True))
        assert statements.commit_after([("SELECT 1 / %s::int", (0,))]) == 0
        connection.rollback()
    assert ids(other) == [f"kept{at}" for at in range(times)]


@pytest.mark.parametrize("times", [1, OFTEN])
def test_all_of_a_transaction_goes_with_its_commit(statements, connection, other, times):
    connection.autocommit = False
    for at in range(times):
        holds, fails = ("SELECT 1 / %s::int", (1,)), ("SELECT 1 / %s::int", (0,))
        assert statements.commit_after([(INSERT, (f"kept{at}", 1, True)), holds]) is None
        assert f"kept{at}" in ids(other)
        assert statements.commit_after([(INSERT, (f"lost{at}", 1, True)), holds, fails]) == 2
        connection.rollback()
        with pytest.raises(psycopg.errors.UniqueViolation):
            statements.commit_after([(INSERT, (f"kept{at}", 1, True)), fails])
        connection.rollback()
    assert ids(other) == [f"kept{at}" for at in range(times)]


@pytest.mark.parametrize("times", [1, OFTEN])
def test_one_statement_is_a_transaction(statements, connection, other, times):
    connection.autocommit = False
    for at in range(times):
        assert statements.commit_alone(insert_if(f"kept{at}", 1)) is True
        assert statements.commit_alone(insert_if(f"lost{at}", 0)) is False
        with pytest.raises(psycopg.errors.UniqueViolation):
            statements.commit_alone(insert_if(f"kept{at}", 1))
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert ids(other) == [f"kept{at}" for at in range(times)]


@pytest.mark.parametrize("times", [1, OFTEN])
def test_several_statements_are_one_transaction(statements, connection, other, times):
    connection.autocommit = False
    for at in range(times):
        kept = [insert_if(f"kept{at}{name}", 1) for name in "ab"]
        assert statements.commit_together(kept) is True
        for fails in (insert_if(f"more{at}", 0), insert_if(f"kept{at}a", 1)):
            assert statements.commit_together([insert_if(f"lost{at}", 1), fails]) is False
            assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert ids(other) == [f"kept{at}{name}" for at in range(times) for name in "ab"]


def test_transaction_that_has_begun_is_told(statements, connection):
    connection.autocommit = False
    assert statements.is_idle()
    statements.execute(INSERT, ("a", 1, True))
    assert not statements.is_idle()
    connection.commit()
    assert statements.is_idle()


def test_values_of_other_types_go_ahead_of_the_commit(statements, connection, other):
    connection.autocommit = False
    note = ("INSERT INTO notes (id) VALUES (encode(%s, 'hex'))", (b"\x01\x02",))
    assert statements.commit_after([note, (INSERT, ("b", 1, True))]) is None
    assert ids(other) == ["0102", "b"]


def test_statement_that_runs_often_is_prepared_once(statements):
    text = "SELECT num FROM notes WHERE id = %s"
    for _ in range(OFTEN):
        statements.execute(text, ("a",))
    asked = "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s"
    assert statements.execute(asked, (text.replace("%s", "$1"),)).fetchall() == [(1,)]


def test_only_so_many_stay_prepared(statements, connection, monkeypatch):
    monkeypatch.setattr("core_app.dialects.postgresql_statements._MOST_PREPARED", 3)
    for number in range(6):
        for _ in range(OFTEN):
            assert statements.execute(f"SELECT {number}").fetchall() == [(number,)]
    assert sorted(prepared(connection)) == [("SELECT 3",), ("SELECT 4",), ("SELECT 5",)]


def test_column_of_another_type_is_noticed(statements, other):
    text = "SELECT num FROM notes WHERE id = %s"
    statements.execute(INSERT, ("a", 5, True))
    for _ in range(OFTEN):
        assert statements.execute(text, ("a",)).fetchall() == [(5,)]
    other.execute("ALTER TABLE notes ALTER num TYPE text")
    assert statements.execute(text, ("a",)).fetchall() == [("5",)]


def test_column_of_another_type_in_a_transaction(statements, connection, other):
    from core_app.dialects import postgresql

    text = "SELECT num FROM notes"
    for _ in range(OFTEN):
        statements.execute(text)
    other.execute("ALTER TABLE notes ALTER num TYPE text")
    connection.autocommit = False
    statements.execute("SELECT 1")
    with pytest.raises(psycopg.errors.FeatureNotSupported) as refused:
        statements.execute(text)
    assert postgresql.PostgreSQL().may_try_again(refused.value)
    connection.rollback()
    assert statements.execute(text).fetchall() == []


def test_new_version_of_the_schema_gives_up_what_was_prepared(statements, connection, other):
    statements.schema_is(1)
    for at in range(OFTEN):
        statements.execute(INSERT, (str(at), at, True))
    other.execute("ALTER TABLE notes ALTER flag TYPE text")
    statements.schema_is(2)
    assert prepared(connection) == []
    statements.execute(INSERT, ("b", 1, "yes"))
    assert ids(other) == ["0", "1", "2", "3", "4", "b"]


def test_much_data_in_one_transaction(statements, connection, other):
    """More than the socket takes at once."""
    connection.autocommit = False
    text = "x" * (8 << 20)
    statements.execute(INSERT, ("small", 1, True))
    connection.commit()
    found = statements.execute("SELECT length(%s), repeat(%s, 3)", (text, text)).fetchall()
    assert found == [(len(text), text * 3)]


@pytest.mark.parametrize("begins", [False, True])
def test_server_that_has_gone(statements, connection, other, begins):
    from core_app import dialects

    connection.autocommit = not begins
    pid = connection.info.backend_pid
    other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with pytest.raises(psycopg.OperationalError) as gone:
        statements.execute("SELECT 1")
    assert dialects.is_away(gone.value)
    with pytest.raises(psycopg.OperationalError) as closed:
        statements.execute("SELECT 1")
    assert dialects.is_away(closed.value)
