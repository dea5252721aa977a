"""Who runs a job and what became of it: one row for each job, and a lock while it runs.

The row's minute is taken by one machine only. The lock is a file's in the data folder, so it covers
the processes of one machine, and the kernel lets go of it when its holder dies.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection

from core_app import dates, lock_files, sql
from core_app.transactions import write

logger = logging.getLogger("holdall.crons")

_LONGEST_ERROR = 2000

_TAKE = (
    'INSERT INTO "_cron_runs" ("id", "minute", "started", "finished", "took_ms", "error") '
    "VALUES (?, ?, '', '', 0, '') "
    'ON CONFLICT ("id") DO UPDATE SET "minute" = excluded."minute" '
    'WHERE "_cron_runs"."minute" < excluded."minute" OR "_cron_runs"."minute" > ?'
)
#: how much clocks of several machines may differ; what is beyond was taken by a wrong one
_MOST_AHEAD = timedelta(minutes=10)
_STARTED = (
    'INSERT INTO "_cron_runs" ("id", "minute", "started", "finished", "took_ms", "error") '
    "VALUES (?, '', ?, '', 0, '') "
    'ON CONFLICT ("id") DO UPDATE SET "started" = excluded."started", "finished" = \'\', '
    '"took_ms" = 0, "error" = \'\''
)
_FINISHED = 'UPDATE "_cron_runs" SET "finished" = ?, "took_ms" = ?, "error" = ? WHERE "id" = ?'


class Run(NamedTuple):
    """The last run of a job: moments in wire form (``""``: not yet), its error (``""``: none)."""

    started: str
    finished: str
    took_ms: int
    error: str
    is_running: bool


def take(job_id: str, moment: datetime) -> bool:
    """Return whether the minute of ``moment`` is ours to run the job in."""
    minute = moment.replace(second=0, microsecond=0)
    ahead = dates.to_wire(minute + _MOST_AHEAD)
    with write():
        return sql.execute(sql.marked(_TAKE), (job_id, dates.to_wire(minute), ahead)) == 1


@contextmanager
def alone(job_id: str) -> Iterator[bool]:
    """Yield whether no process runs the job; until the end none begins to.

    Where the database is shared, the lock is the database's too.
    """
    descriptor, lock = _open(job_id), f"cron {job_id}"
    is_ours = False
    try:
        is_ours = lock_files.take(descriptor) and sql.dialect().lock(connection, lock, waits=False)
        yield is_ours
    finally:
        if is_ours:
            sql.dialect().unlock(connection, lock)
        os.close(descriptor)


def started(job_id: str) -> None:
    """Note that the job has begun. Where that cannot be written it runs all the same."""
    _note(_STARTED, (job_id, dates.now()))


def finished(job_id: str, took_ms: int, error: str) -> None:
    """Note how the job has ended."""
    _note(_FINISHED, (dates.now(), took_ms, error[:_LONGEST_ERROR], job_id))


def last(job_id: str) -> Run | None:
    """Return the last run of a job, ``None`` if it has never run."""
    row = sql.fetch_one(
        sql.marked(
            'SELECT "started", "finished", "took_ms", "error" FROM "_cron_runs" '
            'WHERE "id" = ? AND "started" != \'\''
        ),
        (job_id,),
    )
    if row is None:
        return None
    began, ended, took_ms, error = row
    return Run(began, ended, took_ms, error, _is_running(job_id))


def _note(statement: str, params: tuple[object, ...]) -> None:
    try:
        with write():
            sql.execute(sql.marked(statement), params)
    except DatabaseError:
        logger.exception("the run of a job could not be noted")


def _is_running(job_id: str) -> bool:
    descriptor = _open(job_id)
    try:
        return lock_files.is_held(descriptor)
    finally:
        os.close(descriptor)


def _open(job_id: str) -> int:
    folder = Path(settings.HOLDALL_DATA_DIR) / ".crons"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = blake2b(job_id.encode(), digest_size=8).hexdigest()
    return lock_files.open_lock(folder / name)
