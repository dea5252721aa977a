"""One order for all workers: who tells a worker of a commit takes a number from that worker's file.

Numbers are taken while the database's write gate is held, so they follow the commits, whichever
process they come from. The worker takes what it is told in the order of the numbers.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

#: how long a number is waited for whose owner may have died before telling
LOST_AFTER_S = 0.5

logger = logging.getLogger("holdall.realtime")


class Counter:
    """A number in a file that several processes count up.

    Raise ``FileNotFoundError`` if there is none, unless it is to be created.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        self._file = os.open(path, flags, 0o600)

    def next(self) -> int:
        """Return the next number; the first is 1. Not for two threads at the same time."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            number = int.from_bytes(os.pread(self._file, 8, 0)) + 1
            os.pwrite(self._file, number.to_bytes(8), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        return number

    def close(self) -> None:
        os.close(self._file)


class Sequence:
    """Takes numbered steps from any thread in any order, and makes them in the numbers' order.

    A step that raises is logged and stops no other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 1
        self._early: dict[int, Callable[[], None]] = {}
        self._waiting_since = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether there are steps that came early."""
        return bool(self._early)

    def take(self, number: int, step: Callable[[], None]) -> None:
        """Make ``step`` when all with lower numbers have been made; it must return at once."""
        with self._lock:
            if number < self._next:  # it was given up
                _make(step)
                return
            if not self._early:
                self._waiting_since = time.monotonic()
            self._early[number] = step
            self._go_on()

    def skip_lost(self) -> bool:
        """Go on without the numbers that have not come for long; whether there were any."""
        with self._lock:
            if not self._early or time.monotonic() - self._waiting_since < LOST_AFTER_S:
                return False
            self._next = min(self._early)
            self._go_on()
            return True

    def _go_on(self) -> None:
        early = self._early
        while early:
            step = early.pop(self._next, None)
            if step is None:
                return
            self._next += 1
            self._waiting_since = time.monotonic()
            _make(step)


def _make(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception:
        logger.exception("an event is lost")
