"""What PostgreSQL says of a wrong index or view -> the words of SQLite, which clients know.

Only where SQLite would refuse it too; all else stays as PostgreSQL says it.
"""

from __future__ import annotations

import re
from typing import Any

from collections_app.schema_edit.dialects.sqlite_tokens import tokens
from collections_app.schema_edit.dialects.translation import words

_SAID_BY_SQLITE = "SQL logic error: "
#: SQLite's code for an unknown collation; all other mistakes in a statement are 1
_NO_COLLATION = 257
_CALL = re.compile(r"(\w+)\(")
#: functions that SQLite has; where PostgreSQL lacks them, it is for the types of their values
_OF_SQLITE = words("""
    abs avg changes char coalesce concat concat_ws count date datetime format glob group_concat
    hex ifnull iif instr json julianday length like lower ltrim max min nullif printf quote random
    replace round rtrim sign strftime substr substring sum time total trim typeof unicode unixepoch
    upper
""")


def told(error: BaseException, statement: str = "") -> str:
    """Return what went wrong; ``statement`` is what was run, if it is known."""
    diag = getattr(error.__cause__, "diag", None)
    message = str(getattr(diag, "message_primary", None) or error)
    if diag is None:
        return message
    if diag.sqlstate == "23505" and diag.table_name:
        return f"constraint failed: UNIQUE constraint failed: {_taken(diag)} (2067)"
    said = _detail(diag, message, statement)
    if not said:
        return message
    return f"{_SAID_BY_SQLITE}{said} ({_NO_COLLATION if diag.sqlstate == '42704' else 1})"


def state(error: BaseException) -> str:
    """Return the SQLSTATE of an error of Django's, or of the one that it was raised from."""
    cause: BaseException | None = error
    while cause is not None and not hasattr(cause, "diag"):
        cause = cause.__cause__
    return getattr(cause, "sqlstate", None) or ""


def is_sqlites(text: str) -> bool:
    return text.startswith(_SAID_BY_SQLITE)


def detail(error: BaseException) -> str:
    """Return what an error in SQLite's words says, without what stands around it."""
    return str(error).removeprefix(_SAID_BY_SQLITE).removesuffix(" (1)")


def _taken(diag: Any) -> str:
    """Return the columns of a unique index that two rows have the same values in."""
    columns = re.search(r"\(([^()]+)\)=\(", diag.message_detail or "")
    if columns is None:
        return f"index '{diag.constraint_name}'"
    names = [name.strip('"') for name in columns[1].split(", ")]
    return ", ".join(f"{diag.table_name}.{name}" for name in names)


def _detail(diag: Any, message: str, statement: str) -> str:
    match diag.sqlstate:
        case "42703":
            return f"no such column: {_pointed_at(diag, statement) or _quoted(message)}"
        case "42702":
            return f"ambiguous column name: {_pointed_at(diag, statement) or _quoted(message)}"
        case "42601":
            near = _quoted(message)
            return f'near "{near}": syntax error' if near else "incomplete input"
        case "42P01":
            return f"no such table: main.{_quoted(message)}"
        case "42P07":
            return f"index {_quoted(message)} already exists"
        case "42P16" if name := _quoted(message):
            return f'table "{name}" has more than one primary key'
        case "42704" if name := _quoted(message):
            return f"no such collation sequence: {name}"
        case "42883" if (call := _CALL.search(message)) and call[1] not in _OF_SQLITE:
            return f"no such function: {call[1]}"
    return ""


def _quoted(message: str) -> str:
    """Return the first name in quotes, whatever the language of the message."""
    found = re.search(r'["«„“](.+?)["»“”]', message)
    return found[1] if found else ""


def _pointed_at(diag: Any, statement: str) -> str:
    """Return the name that the error points at, with its table if it is written with one."""
    if not statement or diag.statement_position is None:
        return ""
    at = int(diag.statement_position) - 1
    found = [token for token in tokens(statement) if token.at >= at][:3]
    names = [token.name or token.text for token in found]
    if len(names) == 3 and names[1] == ".":
        return ".".join((names[0], names[2]))
    return names[0] if names else ""
