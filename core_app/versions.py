"""The two numbers every worker compares before a request: is my schema, are my settings, current?

One row of one small table, read by one statement. Whoever changes the schema or the settings gives
it a new one in the same transaction.

On SQLite every request looks. Where a look is a round trip to a server, one holds for a *lease* of
``HOLDALL_VERSIONS_LEASE`` seconds, and whoever has changed something waits for as long before it
tells anybody: then no lease is left, in any process of any machine, that was begun before. So a
request that is sent after the answer to a change goes by that change, here as there.
"""

from __future__ import annotations

import threading
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


class _LastLook(threading.local):
    """When this thread asked last, by the monotonic clock: its connection was there then."""

    began = float("-inf")


_last_look = _LastLook()
#: what a thread of this process has read last
_latest = Versions(0, 0)


def read() -> Versions:
    """Return the committed versions."""
    global _latest
    began = monotonic()
    row = sql.fetch_one(_LOOK, using="default")
    found = Versions(*row) if row else Versions(0, 0)
    connection = connections["default"]
    dialects.of(connection).schema_is(connection, found.schema)
    if not connection.in_atomic_block:  # else they may never be committed
        _latest, _last_look.began = found, began
    return found


def leased() -> Versions:
    """Return the versions that a request may go by: those of ``read()``, or of a lease."""
    connection = connections["default"]
    how = dialects.of(connection)
    if (
        how.has_one_writer
        or connection.connection is None
        or monotonic() - _last_look.began >= settings.HOLDALL_VERSIONS_LEASE
    ):
        return read()
    held = _latest
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


def commit_by_schema(version: int, steps: Sequence[Step] = ()) -> None:
    """Run ``steps`` and commit if the schema has this version, else raise ``SchemaMoved``."""
    sql.commit_after((*steps, Step(sql.marked(_STILL_HOLDS), (version,), SchemaMoved)))


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
