"""Rows that were read before, for as long as nobody has written anything since.

Whoever shows the same list to many callers asks the same question again and again. A database that
can tell for next to nothing whether anything was committed since (``Dialect.state``; SQLite can)
need not be asked twice. Each thread keeps what its own connection has read, at most
``settings.HOLDALL_READ_CACHE`` megabytes of it, and forgets all of it at the first commit. What is
asked once between two commits is not kept, so where much is written nothing is spent on keeping.

Only for statements whose answer follows from the data: none with the clock or chance in it.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

from django.conf import settings
from django.db import connections

from core_app import sql
from core_app.sql import Row

Key = tuple[str, tuple[Any, ...]]

#: questions that are remembered as asked once; values of the present moment make all differ
_MOST_ASKED = 2_000
#: bytes that a row and each of its values take beside the text in them
_OVERHEAD = 60


class _Kept(threading.local):
    """What the thread's connection has read since the last commit."""

    def __init__(self) -> None:
        self.limit = int(settings.HOLDALL_READ_CACHE * 1_000_000)
        self.connection: Any = None
        self.forget(None)

    def forget(self, state: Hashable) -> None:
        self.state = state
        self.asked: set[Key] = set()
        self.rows: dict[Key, list[Row]] = {}
        self.size = 0

    def keep(self, key: Key, rows: list[Row]) -> None:
        size = len(key[0]) + sum(map(_size, (key[1], *rows)))
        if self.size + size > self.limit:
            return
        self.size += size
        self.rows[key] = rows


_kept = _Kept()


def fetch_all(text: str, params: tuple[Any, ...] = ()) -> list[Row]:
    """Return what ``sql.fetch_all`` would from the default database.

    Others may get the same list: leave it as it is.
    """
    kept = _kept
    if not kept.limit:
        return sql.fetch_all(text, params)
    connection = connections["default"]
    state = sql.state(connection)
    if state is None:
        return sql.fetch_all(text, params)
    if state != kept.state or connection.connection is not kept.connection:
        kept.forget(state)
        kept.connection = connection.connection
    key = text, params
    rows = kept.rows.get(key)
    if rows is None:
        rows = sql.fetch_all(text, params)
        if key in kept.asked:
            kept.keep(key, rows)
        elif len(kept.asked) < _MOST_ASKED:
            kept.asked.add(key)
    return rows


def _size(row: tuple[Any, ...]) -> int:
    texts = sum(len(value) for value in row if isinstance(value, (str, bytes)))
    return texts + _OVERHEAD * (1 + len(row))
