"""What SQLite says of a view or an index that PostgreSQL has refused: its words, and its names.

It is asked with a database in memory that has the same tables and no rows, so nothing is read or
written. What SQLite would take is no mistake of the author's: there PostgreSQL's words stand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from django.db import ProgrammingError

from collections_app.schema_edit.dialects.sqlite_tokens import tokens
from collections_app.schema_edit.dialects.translation import words
from core_app.dialects import sqlite_errors

#: the name of a table and those of its columns
Table = tuple[str, Iterable[str]]

#: words that SQLite lets be no name, unless they are quoted
_RESERVED = words("""
    add all alter and as autoincrement between case check collate commit constraint create default
    deferrable delete distinct drop else escape except exists foreign from group having in index
    insert intersect into is isnull join limit notnull null on or order primary references returning
    set table then to transaction union unique update using when where
""")
_BEFORE_NAMES = frozenset(("as", "from", "join"))


def columns_of_view(query: str, tables: Iterable[Table]) -> list[str]:
    """Return the names of a query's columns, each once. Raise ``ProgrammingError``."""
    with _asked(tables) as judge:
        judge.execute(f"CREATE VIEW `_judged` AS SELECT * FROM ({query})")  # noqa: S608
        asked = judge.execute("SELECT * FROM `_judged` LIMIT 0")
        return [str(column[0]) for column in asked.description]


def check_index(statement: str, table: Table) -> None:
    """Raise ``ProgrammingError`` if SQLite would not make this index either."""
    with _asked((table,)) as judge:
        judge.execute(statement)


def check_names(query: str) -> None:
    """Raise ``ProgrammingError`` if a word stands as a name that PostgreSQL alone lets be one."""
    found = [token for token in tokens(query) if token.kind != "blank"]
    for at, token in enumerate(found[1:], 1):
        if found[at - 1].lower in _BEFORE_NAMES and token.lower in _RESERVED:
            if found[at - 1].lower == "from" and found[at - 2].lower == "distinct":
                continue  # IS DISTINCT FROM
            raise ProgrammingError(f'SQL logic error: near "{token.text}": syntax error (1)')


@contextmanager
def _asked(tables: Iterable[Table]) -> Iterator[sqlite3.Connection]:
    """Give a database that has the tables; turn what it says into ``ProgrammingError``."""
    with closing(sqlite3.connect(":memory:")) as judge:
        try:
            for name, columns in tables:
                judge.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(map(_quoted, columns))})")
            yield judge
        except sqlite3.Error as error:
            raise ProgrammingError(sqlite_errors.told(error) or str(error)) from error


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
