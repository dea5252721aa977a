"""Reads from a streaming replica (``DATABASE_REPLICA_URL``), where it knows enough for them.

Positions are those of the primary's log, in bytes. A replica may answer a request if it has
replayed what the primary had a moment ago, whatever the caller wrote last, and the schema that the
request goes by. What a caller wrote is noted under its account and its address in a table that all
workers and machines share. Anything else, and whatever fails, is asked of the primary.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, connections
from django.http import HttpRequest

from core_app import dialects, sql, time_limit

ALIAS = "replica"
#: seconds between two looks at how far the primary is; a replica may be up to four times as old
SPACING_S = 1.0
#: seconds for which a replica that failed is let alone
SHUNNED_S = 5.0
#: seconds after which a note is deleted; it means something while it is younger than a replica
NOTED_S = 60

_POSITION = "(pg_current_wal_insert_lsn() - '0/0')::bigint"
_MAKE = (
    "CREATE UNLOGGED TABLE IF NOT EXISTS auxiliary.last_writes ("
    "client text PRIMARY KEY, position bigint NOT NULL, at timestamptz NOT NULL)"
)
_NOTE = (
    "INSERT INTO auxiliary.last_writes AS held (client, position, at) "  # noqa: S608
    f"SELECT client, {_POSITION}, clock_timestamp() FROM unnest(ARRAY[%s, %s]::text[]) AS client "
    "GROUP BY client ORDER BY client ON CONFLICT (client) DO UPDATE "
    "SET position = greatest(held.position, excluded.position), at = excluded.at"
)
_FORGET = (
    "DELETE FROM auxiliary.last_writes "  # noqa: S608
    f"WHERE at < clock_timestamp() - interval '{NOTED_S} seconds'"
)
_NEEDED = (
    f"SELECT {_POSITION}, (SELECT max(position) FROM auxiliary.last_writes "  # noqa: S608
    f"WHERE client IN (%s, %s) AND at > clock_timestamp() - interval '{NOTED_S} seconds')"
)
_REPLAYED = (
    "SELECT CASE WHEN pg_is_in_recovery() "
    'THEN (pg_last_wal_replay_lsn() - \'0/0\')::bigint END, "schema" FROM "_versions"'
)

_IS_THERE = bool(settings.DATABASE_REPLICA_URL)
_BY_PRIMARY = nullcontext()

logger = logging.getLogger("holdall.replica")


def reading(request: HttpRequest, schema: int) -> AbstractContextManager[None]:
    """Let what the block reads through ``core_app.sql`` come from the replica, if it may.

    ``schema`` is the version that the request goes by. After a write, reads are the primary's.
    """
    return _by_replica() if _IS_THERE and _may_answer(request, schema) else _BY_PRIMARY


@contextmanager
def _by_replica() -> Iterator[None]:
    sql.read_by(_read)
    try:
        yield
    finally:
        sql.read_by(None)


def note_write(request: HttpRequest) -> None:
    """Remember that the caller has written, for all workers; call it after the commit."""
    names = _names(request)
    try:
        try:
            sql.execute(_NOTE, names)
        except ProgrammingError:  # nobody has made the table yet, or a restore took it away
            _make()
            sql.execute(_NOTE, names)
        if _notes.are_due(time.monotonic()):
            sql.execute(_FORGET)
    except DatabaseError as error:  # what was committed stays so, and has to be answered
        logger.warning("a write was not noted; its author may read what was before", exc_info=error)


def _make() -> None:
    how = sql.dialect()
    how.lock(connection, "last writes")
    try:
        sql.execute(_MAKE)
    finally:
        how.unlock(connection, "last writes")


class _Notes:
    """When this process last deleted old ones."""

    def __init__(self) -> None:
        self._next = 0.0

    def are_due(self, now: float) -> bool:
        if now < self._next:
            return False
        self._next = now + NOTED_S
        return True


class _Past:
    """How far the primary's log was a moment ago."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._newer = self._older = 0

    def reached(self, position: int, now: float) -> int:
        """Take in where the log is now; return what a replica has to have replayed."""
        with self._lock:
            age = now - self._at
            if age >= SPACING_S:
                # nobody has looked for long: what was seen then says nothing of a moment ago
                self._older = self._newer if age < 2 * SPACING_S else position
                self._newer, self._at = position, now
            return self._older


class _Health:
    """Whether the replica is used; changes are logged once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason = ""
        self._until = 0.0

    def is_shunned(self, now: float) -> bool:
        return now < self._until

    def failed(self, reason: str) -> None:
        with self._lock:
            self._until = time.monotonic() + SHUNNED_S
            if not self._reason:
                logger.warning("the replica is not used, reads go to the primary: %s", reason)
            self._reason = reason

    def works(self) -> None:
        if self._reason:
            with self._lock:
                self._reason = ""
                logger.info("the replica is used again")


_notes, _past, _health = _Notes(), _Past(), _Health()


def _may_answer(request: HttpRequest, schema: int) -> bool:
    now = time.monotonic()
    if _health.is_shunned(now) or connection.in_atomic_block:
        return False
    try:
        [(position, written)] = sql.fetch_all(_NEEDED, _names(request), "default")
    except ProgrammingError:
        note_write(request)  # makes the table
        return False
    past = _past.reached(position, now)
    try:
        if _has(schema, max(past, written or 0)):
            _health.works()
            return True
        replayed = _known(connections[ALIAS])[0]
    except DatabaseError as error:
        _health.failed(str(error).strip())
        return False
    if replayed is None:
        _health.failed("it is no standby")
    elif replayed < past:
        _health.failed(f"it is {past - replayed} bytes behind")
    return False


def _has(schema: int, position: int) -> bool:
    """Return whether the replica has this schema and has replayed up to ``position``."""
    replica = connections[ALIAS]
    for is_fresh in (False, True):
        if is_fresh:
            found = sql.fetch_all(_REPLAYED, (), ALIAS)
            dialects.of(replica).schema_is(replica, found[0][1])
            replica.connection.holdall_replayed = found[0]
        replayed, its_schema = _known(replica)
        if replayed is not None and replayed >= position and its_schema == schema:
            return True
    return False


def _known(replica: Any) -> tuple[int | None, int]:
    """Return what was last heard on this connection: position (``None``: no standby), schema."""
    known: tuple[int | None, int] = getattr(replica.connection, "holdall_replayed", (None, 0))
    return known


def _read(text: str, params: Sequence[Any]) -> list[sql.Row]:
    """Return a statement's rows from the replica; from the primary where it cannot give them."""
    if not connection.in_atomic_block:
        try:
            return sql.fetch_all(text, params, ALIAS)
        except DatabaseError as error:
            if time_limit.ran_out(error):
                raise
            if dialects.is_away(error):
                _health.failed(str(error).strip())
            sql.read_by(None)
    return sql.fetch_all(text, params, "default")


def _names(request: Any) -> tuple[str, str]:
    """Return what the caller is known by: its address, and its account or the same again."""
    address = f"address {getattr(request, 'real_ip', '')}"
    record = getattr(request, "auth_record", None)
    account = f"account {record.collection_id} {record.id}" if record is not None else address
    return _digest(address), _digest(account)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
