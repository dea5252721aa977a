"""``Intake``: what a worker is told, done in the order it came, and at once where that is possible.

What needs nothing but memory is done in the event loop, which has to be woken for the clients' sake
anyway. Everything else is done by a thread, and what comes after it waits for it there.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from realtime.outlet import Outlet
from realtime.worker_thread import Job, WorkerThread

#: tries to do a job in the event loop, and says whether that was possible
Attempt = Callable[[], bool]

#: jobs that are done before the loop turns to others
_AT_A_TIME = 32

logger = logging.getLogger("holdall.realtime")


def _never() -> bool:
    return False


class Intake:
    """Does jobs one at a time: in the loop of ``outlet``, or in ``thread``."""

    def __init__(self, outlet: Outlet, thread: WorkerThread) -> None:
        self._outlet = outlet
        self._thread = thread
        self._arrived: deque[tuple[Job, Attempt]] = deque()
        self._is_waking = False
        self._passing = threading.Lock()

    def __len__(self) -> int:
        """Return how many jobs are not begun."""
        return len(self._arrived) + self._thread.waiting

    def do(self, job: Job, attempt: Attempt = _never) -> None:
        """Have ``job`` done in its turn, unless ``attempt`` does it; from any thread."""
        self._arrived.append((job, attempt))
        if not self._is_waking:
            self._wake()

    def forget(self) -> None:
        """Drop the jobs that are not begun."""
        self._arrived.clear()
        self._thread.forget()

    def _wake(self) -> None:
        self._is_waking = True
        if not self._outlet.call(self._go_on):
            self._pass_on()

    def _pass_on(self) -> None:
        """Leave everything to the thread: there is no loop yet, or not any more."""
        with self._passing:
            self._is_waking = False
            while (next_ := self._next()) is not None:
                self._thread.do(next_[0])

    def _go_on(self) -> None:
        self._is_waking = False
        for _ in range(_AT_A_TIME):
            next_ = self._next()
            if next_ is None:
                return
            job, attempt = next_
            if not self._thread.is_idle or not _succeeds(attempt):
                self._thread.do(job)
        if self._arrived and not self._is_waking:
            self._wake()

    def _next(self) -> tuple[Job, Attempt] | None:
        try:
            return self._arrived.popleft()
        except IndexError:
            return None


def _succeeds(attempt: Attempt) -> bool:
    try:
        return attempt()
    except Exception:
        logger.exception("a change could not be told at once")
        return False
