"""Jobs that run by the clock: ``@cron("nightly", "0 3 * * *")``. Times are UTC.

Every worker keeps the time; the one that holds a lock in the data folder runs the jobs, and when
it ends another takes over. Of several machines on one database, one takes each minute of a job.
Where a replica is followed none is run.
A job that still runs is not started again. What a job raises is logged; ``cron_runs`` knows it too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections

from core_app import cron_runs, lock_files, versions
from core_app.cron_expression import Schedule, parse
from core_app.lifecycle import server_starting
from core_app.settings_store import store

logger = logging.getLogger("holdall.crons")

Function = TypeVar("Function", bound=Callable[[], Any])


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    schedule: Schedule
    function: Callable[[], Any]


_jobs: dict[str, Job] = {}


def cron(job_id: str, expression: str) -> Callable[[Function], Function]:
    """Run the decorated function by ``expression``; a job of the same id is replaced.

    Raise ``BadExpression``.
    """
    schedule = parse(expression)

    def register(function: Function) -> Function:
        _jobs[job_id] = Job(job_id, schedule, function)
        return function

    return register


def remove(job_id: str) -> None:
    """Forget a job, if there is one of this id."""
    _jobs.pop(job_id, None)


def jobs() -> list[Job]:
    """Return all jobs in the order of registration."""
    return list(_jobs.values())


def find(job_id: str) -> Job | None:
    """Return the job with this id, or ``None``."""
    return _jobs.get(job_id)


def run_in_background(job: Job) -> threading.Thread:
    """Start a job in a thread of its own, unless it still runs; return the thread."""
    thread = threading.Thread(target=_run, args=(job,), name=f"cron {job.id}", daemon=True)
    thread.start()
    return thread


def run_due(moment: datetime) -> list[threading.Thread]:
    """Start every job that is due in the minute of ``moment`` and that nobody else has taken."""
    return [
        run_in_background(job)
        for job in jobs()
        if job.schedule.is_due(moment) and cron_runs.take(job.id, moment)
    ]


def _run(job: Job) -> None:
    try:
        with cron_runs.alone(job.id) as is_alone:
            if is_alone:
                _noted(job)
            else:
                logger.warning("cron job %s still runs and was not started again", job.id)
    finally:
        connections.close_all()


def _noted(job: Job) -> None:
    """Run a job and keep what became of it. Nothing it raises reaches the caller."""
    cron_runs.started(job.id)
    began = time.monotonic()
    error = ""
    try:
        job.function()
    except Exception as raised:
        logger.exception("cron job %s failed", job.id)
        error = f"{type(raised).__name__}: {raised}"
    cron_runs.finished(job.id, int((time.monotonic() - began) * 1000), error)


def _keep_time(**_: Any) -> None:
    if settings.HOLDALL_FOLLOW:
        return  # the jobs are run where the data is written
    threading.Thread(target=_tick, name="crons", daemon=True).start()


def _tick() -> None:
    """Wait for each minute to begin; run what is due if this process is the one to do it."""
    lock = lock_files.open_lock(settings.HOLDALL_DATA_DIR / ".crons.lock")
    while True:
        now = time.time()
        time.sleep(60 - now % 60)
        if lock_files.take(lock):  # no other worker runs the jobs
            _tick_once(datetime.now(UTC))


def _tick_once(moment: datetime) -> None:
    try:
        store.newest(versions.read().settings)  # some jobs are there as the settings say
        run_due(moment)
    except Exception:
        logger.exception("the jobs of %s were not started", moment)
    finally:
        connections.close_all()


server_starting.connect(_keep_time, weak=False, dispatch_uid="crons")
