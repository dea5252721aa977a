"""One backup or restore at a time, whichever process of this machine does it, and how far it is.

A lock of a file in the data folder: the kernel lets go of it when its holder dies. What the holder
is doing stands in the file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from django.conf import settings

from core_app import lock_files
from ops_app.backups import swap
from ops_app.backups.errors import Busy

_BETWEEN_NOTES_S = 0.2


class Doing(NamedTuple):
    """What is being done: ``create`` or ``restore``, with which file, and how many bytes of it."""

    act: str
    key: str
    done: int
    total: int


@dataclass(slots=True)
class Progress:
    """How far the work has come; ``tell`` is called with it a few times a second.

    ``descriptor`` is the lock's file, or -1 for work that needs no lock.
    """

    act: str
    key: str
    descriptor: int
    tell: Callable[[Doing], None] | None = None
    done: int = 0
    total: int = 0
    noted: float = 0.0

    def add(self, size: int) -> None:
        """Count ``size`` more bytes."""
        self.done += size
        if time.monotonic() - self.noted > _BETWEEN_NOTES_S:
            self.note()

    def note(self) -> None:
        """Let others know."""
        self.noted = time.monotonic()
        doing = Doing(self.act, self.key, self.done, max(self.total, self.done))
        text = orjson.dumps(list(doing))
        if self.descriptor >= 0:
            os.pwrite(self.descriptor, text, 0)
            os.ftruncate(self.descriptor, len(text))
        if self.tell is not None:
            self.tell(doing)


@contextmanager
def alone(act: str, key: str, tell: Callable[[Doing], None] | None = None) -> Iterator[Progress]:
    """Hold the lock; yield what to count the work on. Raise ``Busy``."""
    descriptor = _open()
    try:
        if not lock_files.take(descriptor) or swap.is_under_way():
            raise Busy
        progress = Progress(act, key, descriptor, tell)
        progress.note()
        yield progress
    finally:
        os.close(descriptor)


def current() -> Doing | None:
    """Return what is being done now, ``None`` for nothing."""
    descriptor = _open()
    try:
        if lock_files.is_held(descriptor):
            return _read(descriptor)
    finally:
        os.close(descriptor)
    return Doing("restore", swap.key(), 0, 0) if swap.is_under_way() else None


def _read(descriptor: int) -> Doing:
    try:
        return Doing(*orjson.loads(os.pread(descriptor, 4096, 0)))
    except orjson.JSONDecodeError:  # it is just being written
        return Doing("", "", 0, 0)


def _open() -> int:
    return lock_files.open_lock(settings.HOLDALL_DATA_DIR / ".backups.lock")
