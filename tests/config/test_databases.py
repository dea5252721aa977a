import pytest
from django.db import connections, transaction

from config.databases import databases
from config.db_router import Router
from core_app.models import Param
from ops_app.models import LogRow

EXPECTED = {
    "busy_timeout": 10000,
    "journal_mode": "wal",
    "journal_size_limit": 200000000,
    "synchronous": 1,
    "foreign_keys": 1,
    "temp_store": 2,
    "cache_size": -32000,
}


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["default", "auxiliary"])
def test_every_connection_is_set_up(alias):
    with connections[alias].cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in EXPECTED}
    assert found == EXPECTED


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_transactions_take_the_write_lock_at_once():
    with transaction.atomic():
        other = connections["default"].copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 0")
                with pytest.raises(Exception, match="database is locked"):
                    cursor.execute("BEGIN IMMEDIATE")
        finally:
            other.close()


@pytest.mark.django_db
def test_tables_are_where_they_belong():
    tables = {
        alias: set(connections[alias].introspection.table_names())
        for alias in ("default", "auxiliary")
    }
    assert {"_params", "_collections", "_versions"} <= tables["default"]
    assert "_logs" not in tables["default"]
    assert tables["auxiliary"] == {"_logs", "django_migrations"}


def test_router():
    router = Router()
    assert (router.db_for_read(LogRow), router.db_for_write(Param)) == ("auxiliary", "default")
    assert not router.allow_relation(LogRow(), Param())


@pytest.mark.parametrize(
    ("replica", "said"),
    [
        ("x", r"DATABASE_REPLICA_URL must begin with postgres:// \(without it: no replica\)"),
        ("postgres://a", "DATABASE_REPLICA_URL must name a database"),
    ],
)
def test_a_wrong_replica_is_named(tmp_path, replica, said):
    with pytest.raises(SystemExit, match=said):
        databases(tmp_path, "postgres://a/b", replica)
