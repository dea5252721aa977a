from __future__ import annotations

import _sqlite3
import ctypes
import sqlite3
from contextlib import closing

import pytest

from core_app.dialects import sqlite_errors


def test_the_words_are_the_librarys():
    """Of every primary code but those that are never told: 2, 16, 22 and 24 have no words."""
    library = ctypes.CDLL(_sqlite3.__file__)
    if not hasattr(library, "sqlite3_errstr"):
        pytest.skip("SQLite's library cannot be asked")
    library.sqlite3_errstr.restype = ctypes.c_char_p
    said = {code: library.sqlite3_errstr(code).decode() for code in range(1, 27)}
    unknown = {2, 16, 22, 24}
    assert {code: said[code] for code in said.keys() - unknown} == sqlite_errors.RESULTS


def test_a_database_that_is_none(tmp_path):
    (tmp_path / "junk").write_bytes(b"x" * 8192)
    with (
        closing(sqlite3.connect(tmp_path / "junk")) as database,
        pytest.raises(sqlite3.DatabaseError) as refused,
    ):
        database.execute("SELECT * FROM sqlite_schema")
    assert sqlite_errors.told(refused.value) == "file is not a database (26)"


def test_a_file_that_cannot_be_opened(tmp_path):
    with (
        closing(sqlite3.connect(":memory:")) as database,
        pytest.raises(sqlite3.OperationalError) as refused,
    ):
        database.execute("ATTACH ? AS other", (f"{tmp_path}/nowhere/x.db",))
    assert sqlite_errors.told(refused.value) == (
        f"unable to open database file: unable to open database: {tmp_path}/nowhere/x.db (14)"
    )


@pytest.mark.parametrize("error", [None, ValueError("x"), sqlite3.ProgrammingError("x")])
def test_what_is_not_of_sqlite_itself(error):
    assert sqlite_errors.told(error) == ""
