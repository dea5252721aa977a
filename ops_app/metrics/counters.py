"""How many requests there were, and how long they took: one small mapped file for each process.

Counting costs well below a microsecond and no system call. Whoever is asked for the numbers adds up
the files. A process that dies leaves its file, so numbers never go down while a server runs.
"""

from __future__ import annotations

import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "other")
STATUSES = ("2xx", "3xx", "4xx", "5xx", "other")
#: upper bounds in seconds; what is above the last is in one more
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_BUCKETS = len(BOUNDS) + 1
_PER_METHOD = len(STATUSES) + _BUCKETS + 1  # the last is the sum of seconds
_SIZE = 8 * _PER_METHOD * len(METHODS)
_OFFSETS = {method: at * _PER_METHOD for at, method in enumerate(METHODS)}
_OTHER = _OFFSETS["other"]
_LAST_STATUS = len(STATUSES) - 1
_FIRST_BUCKET = len(STATUSES)


class Total(NamedTuple):
    """What all processes have counted for one method."""

    method: str
    by_status: tuple[float, ...]
    buckets: tuple[float, ...]
    seconds: float


class _Counters:
    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._numbers: memoryview[float] | None = None  # nothing counted in this process yet

    def count(self, method: str | None, status: int, took_s: float) -> None:
        """Count one request."""
        start = _OFFSETS.get(method or "", _OTHER)
        kind = status // 100 - 2
        with self._lock:
            numbers = self._numbers
            if numbers is None:
                numbers = self._numbers = _open()
            numbers[start + (kind if 0 <= kind < _LAST_STATUS else _LAST_STATUS)] += 1
            numbers[start + _FIRST_BUCKET + bisect_left(BOUNDS, took_s)] += 1
            numbers[start + _PER_METHOD - 1] += took_s


def _open() -> memoryview[float]:
    """Return the numbers of this process."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / str(os.getpid()), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, _SIZE)
        return memoryview(mmap.mmap(descriptor, _SIZE)).cast("d")
    finally:
        os.close(descriptor)


_counters = _Counters()
count = _counters.count


def totals() -> list[Total]:
    """Return what all processes have counted, by method."""
    sums = [0.0] * (_SIZE // 8)
    for numbers in _files():
        for at, number in enumerate(numbers):
            sums[at] += number
    found = []
    for method, start in _OFFSETS.items():
        mine = sums[start : start + _PER_METHOD]
        statuses, buckets = mine[:_FIRST_BUCKET], mine[_FIRST_BUCKET:-1]
        found.append(Total(method, tuple(statuses), tuple(buckets), mine[-1]))
    return found


def forget() -> None:
    """Begin at zero; for a server that starts while no other runs."""
    if _folder().is_dir():
        for path in _folder().iterdir():
            path.unlink(missing_ok=True)


def _files() -> Iterator[memoryview[float]]:
    if not _folder().is_dir():
        return
    for path in _folder().iterdir():
        content = path.read_bytes()
        if len(content) == _SIZE:
            yield memoryview(content).cast("d")


def _folder() -> Path:
    return Path(settings.HOLDALL_DATA_DIR) / ".metrics"
