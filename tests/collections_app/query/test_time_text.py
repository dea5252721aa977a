"""``strftime`` of both databases, to the letter of SQLite 3.46 and later."""

from __future__ import annotations

import sqlite3

import pytest

from tests.collections_app.query.world import World

ALL = "p1 p2 p3 p4 p5"
#: a call, and the text that it stands for; "" if it is NULL
ROWS = [
    # what is written stays, until it has to be counted
    ("strftime('%d', '2024-02-30')", "01"),
    ("strftime('%j', '2023-02-29')", "060"),
    ("strftime('%m-%d', '2024-02-30', 'auto')", "02-30"),
    ("strftime('%m-%d', '2024-02-30', '+1 month')", "03-30"),
    ("strftime('%m-%d', '2024-02-30', 'start of month')", "02-01"),
    ("strftime('%d %H:%M', '2024-01-01 24:00')", "01 24:00"),
    ("strftime('%d %H:%M', '2024-01-30 24:00')", "31 24:00"),
    ("strftime('%d %H:%M', '2024-01-01 24:00', '0 days')", "02 00:00"),
    ("strftime('%d %H:%M', '2024-01-01 24:00', 'start of day')", "01 00:00"),
    ("strftime('%H', '24:00', '-24:00')", "00"),
    ("strftime('%f', '10:20:30.4565')", "30.456"),
    ("strftime('%f %s', '2024-01-01 23:59:59.9999')", "59.999 1704153599"),
    ("strftime('%Y-%m-%d', '01:00+02:00', 'start of day')", "2000-01-01"),
    ("strftime('%Y-%m-%d', '01:00+02:00', 'weekday 0')", "2000-01-02"),
    ("strftime('%Y-%m-%d %H', '01:00+02:00', '0 days')", "1999-12-31 23"),
    ("strftime('%Y', '-0005-01-01')", "-005"),
    ("strftime('%J', '-0501-06-01')", "1538224.5"),
    ("strftime('%J', 0, '10 seconds')", "0.0001157407407407407"),
    ("strftime('%J', '12:00', '0.001 seconds', '-730120 days')", "1721425.000000012"),
    ("strftime('%Y', 0, 'START OF MONTH', '+13 month')", "-4712"),
    ("strftime('%s', 0, 'start of month', '+2 years')", "-210805632000"),
    ("strftime('%Y', '9999-12-31', '+1 day')", ""),
    ("strftime('%Y', 1700000000)", ""),
    ("strftime('%Y', 1700000000, 'auto')", "2023"),
    ("strftime('%Y', -1, '+1 day')", ""),
    ("strftime('%Y', 2460000.5, '0 days', 'julianday')", ""),
    ("strftime('%e|%k|%l', '2024-03-05 07:08:09')", " 5| 7| 7"),
    ("strftime('%I %p %P', '2024-03-05 00:00')", "12 AM am"),
    ("strftime('%I %p', '2024-03-05 12:00')", "12 PM"),
    ("strftime('%F %T %R', '2024-03-05 17:08:09')", "2024-03-05 17:08:09 17:08"),
    ("strftime('%F', '-0005-01-01')", "-005-01-01"),
    ("strftime('%G-%V-%u %g', '2024-12-30')", "2025-01-1 25"),
    ("strftime('%G-%V-%u', '2023-01-01')", "2022-52-7"),
    ("strftime('%U %W %w', '2023-01-01')", "01 00 0"),
    ("strftime('%g', 1000, 'start of month')", "-10"),
    ("strftime('%F', '2024-01-31', '+1 month')", "2024-03-02"),
    ("strftime('%F', '2024-01-31', '+1 month', 'floor')", "2024-02-29"),
    ("strftime('%F', '2023-02-31', 'floor')", "2023-02-28"),
    ("strftime('%F', '2024-02-29', '+1 year', 'ceiling')", "2025-03-01"),
    ("strftime('%s', '2024-01-01 00:00:00.250', 'subsec')", "1704067200.250"),
    ("strftime('%F %R', '2024-01-31', '+0001-01-01 02:30')", "2025-03-04 02:30"),
    ("strftime('%F', '2024-03-31', '-0000-01-00', 'floor')", "2024-02-29"),
    ("strftime('%F', '2024-01-01', '+10000-00-00')", ""),
    ("strftime('%F', '2024-01-01', '+0000-12-00')", ""),
    ("strftime('%R', '2024-01-01', '01:30')", "01:30"),
    ("strftime('%R', '2024-01-01', '+1:30')", ""),
    ("strftime('%d', '2024-01-01', 'weekday 3.0')", "03"),
    ("strftime('%d', '2024-01-01', 'weekday 3.5')", ""),
    ("strftime('%d', '2024-01-01', '.5 days')", ""),
    ("strftime('%H', '2024-01-01', '+.5 days')", "12"),
    ("strftime('%d', '2024-01-01', '1day')", ""),
    ("strftime('%d', '2024-01-01', '+1e1 DAYS')", "11"),
    ("strftime('%F', '2024-01-01', 'start of week')", ""),
    ("strftime('%q', '2024-01-01')", ""),
    ("strftime('%', '2024-01-01')", ""),
    ("strftime('%Y', '2024-13-01')", ""),
    ("strftime('%Y', ' 2024-01-01')", ""),
    ("strftime('%d', '2024-01-01', 'subsec', 'unixepoch')", ""),
    ("strftime('%F %H', '2024-02-30 10:00', 'utc')", "2024-03-01 10"),
    ("strftime('%d', '2024-02-30 10:00Z', 'utc')", "30"),
]  # fmt: skip
#: some that older ones do not know, or read in another way
_NEWER = sqlite3.connect(":memory:").execute("SELECT strftime('%F', '2023-02-29')").fetchone()


@pytest.mark.postgres
@pytest.mark.parametrize(("call", "text"), ROWS)
def test_on_postgresql(postgres_world, call, text):
    assert postgres_world.ids(f"{call} = '{text}'") == ALL


@pytest.mark.skipif(_NEWER != ("2023-03-01",), reason="SQLite is older than 3.46")
@pytest.mark.parametrize(("call", "text"), ROWS)
def test_on_sqlite(world: World, call, text):
    assert world.ids(f"{call} = '{text}'") == ALL
