"""The two numbers every worker compares before a request: is my schema, are my settings, current?

One row of one small table, read by one statement. Whoever changes the schema or the settings gives
it a new one in the same transaction.

On SQLite every request looks. Where a look is a round trip to a server, one holds for a *lease* of
``HOLDALL_VERSIONS_LEASE`` seconds for all threads of the process, and whoever has changed something
waits for as long before it tells anybody: then no lease is left, in any process of any machine,
that was begun before. So a request that is sent after the answer to a change goes by that change,
here as there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from time import monotonic
from typing import Literal, NamedTuple

from django.conf import settings
from django.db import connections, transaction

from core_app import dialects, sql
from core_app.dialects.steps import Step

_LOOK = 'SELECT "schema", "settings" FROM "_versions"'
#: whether the schema has this version
_STILL_HOLDS = '(SELECT "schema" FROM "_versions") = ?'


class SchemaMoved(Exception):
    """Nothing was written: the schema is not any more what the request began with."""


class Versions(NamedTuple):
    schema: int
    settings: int


class _Look(NamedTuple):
    """What a thread of this process has read, and when it began, by the monotonic clock."""

    versions: Versions
    began: float


_latest = _Look(Versions(0, 0), float("-inf"))


def read() -> Versions:
    """Return the committed versions."""
    global _latest
    began = monotonic()
    rows = sql.fetch_all(_LOOK, using="default")
    found = Versions(*rows[0]) if rows else Versions(0, 0)
    connection = connections["default"]
    dialects.of(connection).schema_is(connection, found.schema)
    if not connection.in_atomic_block:  # else they may never be committed
        _latest = _Look(found, began)
    return found


def leased() -> Versions:
    """Return the versions that a request may go by: those of ``read()``, or of a lease.

    The lease is the process's. A thread whose connection may have broken has to read all the same.
    """
    connection = connections["default"]
    how = dialects.of(connection)
    held, began = _latest
    if (
        how.has_one_writer
        or monotonic() - began >= settings.HOLDALL_VERSIONS_LEASE
        or not how.is_quiet(connection)
    ):
        return read()
    how.schema_is(connection, held.schema)
    return held


def wait_for_leases() -> None:
    """Return when nobody goes any more by the versions before the last commit."""
    if not sql.dialect().has_one_writer:
        time.sleep(settings.HOLDALL_VERSIONS_LEASE)


def require_schema(version: int) -> None:
    """Raise ``SchemaMoved`` unless the schema has this version."""
    if read().schema != version:
        raise SchemaMoved


def commit_by_schema(version: int, steps: Sequence[Step] = (), *, may_wait: bool = False) -> None:
    """Run ``steps`` and commit if the schema has this version, else raise ``SchemaMoved``.

    ``may_wait``: nothing that follows has to come at once.
    """
    holds = Step(sql.marked(_STILL_HOLDS), (version,), SchemaMoved)
    sql.commit_after((*steps, holds), may_wait=may_wait)


def bump(what: Literal["schema", "settings"], using: str = "default") -> None:
    """Give ``what`` a new version; call it inside the transaction that changes it.

    Once that is committed, leases are waited for.

    A version is the moment in nanoseconds, never a count: a count that was rolled back would be
    given again, and a worker that saw the first could not tell it from the second.
    """
    from core_app.models import VersionRow

    VersionRow.objects.using(using).filter(pk=1).update(**{what: time.time_ns()})
    run_on_commit = connections["default"].run_on_commit
    waits = any(step is wait_for_leases for _, step, *_ in run_on_commit)
    if using == "default" and not waits:
        transaction.on_commit(wait_for_leases)
