"""``WorkerThread``: one thread that does jobs in the order they came.

It lives as long as the worker, so its database connections stay open.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from django.db import connections

Job = Callable[[], None]

#: how long the end may take
PATIENCE_S = 10.0

logger = logging.getLogger("holdall.realtime")


class WorkerThread:
    """Does what it is given. What a job raises is logged and stops nothing."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._undone = 0

    @property
    def waiting(self) -> int:
        """How many jobs are not begun."""
        return self._jobs.qsize()

    @property
    def is_idle(self) -> bool:
        """Whether all that it was given is done."""
        return not self._undone

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Finish what was given, then end."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join(PATIENCE_S)
            self._thread = None

    def do(self, job: Job) -> None:
        """Have ``job`` done soon; returns at once."""
        self._count(1)
        self._jobs.put(job)

    def forget(self) -> None:
        """Drop the jobs that are not begun."""
        with suppress(queue.Empty):
            while self._jobs.get_nowait() is not None:
                self._count(-1)
            self._jobs.put(None)  # that was the end

    def _count(self, more: int) -> None:
        with self._lock:
            self._undone += more

    def _work(self) -> None:
        take = self._jobs.get
        while (job := take()) is not None:
            try:
                job()
            except Exception:
                logger.exception("a realtime job failed")
                for connection in connections.all(initialized_only=True):
                    connection.close_if_unusable_or_obsolete()
            finally:
                self._count(-1)
        connections.close_all()
