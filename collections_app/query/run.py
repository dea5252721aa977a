"""Runs statements that rules, filters and sorts have a part in.

What the database cannot run, or not in time, is their fault: a ``FilterError``, never a bug.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from django.db import connection, transaction, utils

from collections_app.query.errors import FilterError
from core_app import sql, time_limit

Fetch = Callable[[str, tuple[Any, ...]], list[sql.Row]]

#: beside what a database says, what drivers say of values that it has no place for
_REFUSALS = (
    sqlite3.OperationalError,
    sqlite3.DataError,
    utils.OperationalError,
    utils.DataError,
    utils.ProgrammingError,
    OverflowError,
    UnicodeEncodeError,
)


class CannotRun(FilterError):
    """A statement was refused by the database, or stopped."""


def fetch_all(
    text: str, params: tuple[Any, ...] = (), fetch: Fetch = sql.fetch_all
) -> list[sql.Row]:
    """Return the rows of a statement, by way of ``fetch``. Raise ``CannotRun``."""
    try:
        with _apart():
            return fetch(text, params)
    except _REFUSALS as error:
        raise _refusal(error) from error


def fetch_one(text: str, params: tuple[Any, ...] = ()) -> sql.Row | None:
    """Return the first row of a statement, or ``None``. Raise ``CannotRun``."""
    rows = fetch_all(text, params)
    return rows[0] if rows else None


def _refusal(error: Exception) -> Exception:
    """Return ``CannotRun``, or ``error`` itself where it is the database that is in trouble."""
    if time_limit.ran_out(error):
        return CannotRun(f"stopped after {time_limit.limit():g} seconds")
    cause = error.__cause__ if isinstance(error, utils.Error) and error.__cause__ else error
    return CannotRun(str(error)) if sql.dialect().is_refusal(cause) else error


@cache
def _error_ends_transaction() -> bool:
    return sql.dialect().error_ends_transaction


def _apart() -> AbstractContextManager[object]:
    """Have a statement that fails leave the transaction around it as it is."""
    if _error_ends_transaction() and connection.in_atomic_block:
        return transaction.atomic()
    return nullcontext()
