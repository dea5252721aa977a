"""What SQLite itself says of an error: its library gives the words, Python's module does not."""

from __future__ import annotations

import sqlite3

#: SQLite's words for its primary result codes
RESULTS = {
    1: "SQL logic error",
    3: "access permission denied",
    4: "query aborted",
    5: "database is locked",
    6: "database table is locked",
    7: "out of memory",
    8: "attempt to write a readonly database",
    9: "interrupted",
    10: "disk I/O error",
    11: "database disk image is malformed",
    12: "unknown operation",
    13: "database or disk is full",
    14: "unable to open database file",
    15: "locking protocol",
    17: "database schema has changed",
    18: "string or blob too big",
    19: "constraint failed",
    20: "datatype mismatch",
    21: "bad parameter or other API misuse",
    23: "authorization denied",
    25: "column index out of range",
    26: "file is not a database",
}
_UNKNOWN = "unknown error"


def told(error: BaseException | None) -> str:
    """Return ``result: detail (code)``, as PocketBase's driver does.

    ``""`` for what is no error of SQLite's, and for those of Python's module itself.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, sqlite3.Error) or code is None:
        return ""
    result, detail = RESULTS.get(code & 0xFF, _UNKNOWN), str(error)
    return f"{result}: {detail} ({code})" if detail != result else f"{result} ({code})"
