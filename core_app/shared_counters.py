"""Counters in windows of time, shared by all processes of this machine through one mapped file.

A table of fixed size: a counter that nobody has touched for long gives way to a new one. Counting
costs a few microseconds and never waits for a disk.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from hashlib import blake2b
from pathlib import Path

SLOTS = 1 << 16
PROBED = 8  # neighbouring slots that a key may be in

_SLOT = struct.Struct("<QII")  # key's hash, second the window began, count


class SharedCounters:
    """The counters in ``path``; made anew where the file is absent or of another size."""

    def __init__(self, path: Path, slots: int = SLOTS) -> None:
        self.path = path
        self.slots = slots
        self._lock = threading.Lock()
        self._pid = 0
        self._file = -1
        self._map: mmap.mmap | None = None

    def add(self, key: str, window_s: int, now: float | None = None) -> int:
        """Count one more for ``key``; return how many there are in its present window.

        A window of whole seconds begins with the first count after the last one has passed.
        """
        second = int(time.time() if now is None else now)
        hashed = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") | 1
        with self._lock:
            table = self._table()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                at, start, count = self._find(table, hashed)
                if not count or second - start >= window_s or second < start:
                    start, count = second, 0
                _SLOT.pack_into(table, at, hashed, start, count + 1)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        return count + 1

    def _find(self, table: mmap.mmap, hashed: int) -> tuple[int, int, int]:
        """Return ``(offset, start, count)`` of the key's slot, or of the one that it takes over."""
        oldest = (0, 1 << 32)
        first = hashed >> 16
        for step in range(PROBED):
            at = (first + step) % self.slots * _SLOT.size
            found, start, count = _SLOT.unpack_from(table, at)
            if found == hashed:
                return at, start, count
            if start < oldest[1]:
                oldest = (at, start)
        return oldest[0], 0, 0

    def _table(self) -> mmap.mmap:
        # a lock that was taken before a fork would be shared with the parent
        if self._map is None or self._pid != os.getpid():
            size = self.slots * _SLOT.size
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if os.fstat(self._file).st_size != size:
                os.ftruncate(self._file, size)
            self._map = mmap.mmap(self._file, size)
            self._pid = os.getpid()
        return self._map
