"""Locks on files, for the processes of one machine; the kernel frees them when a holder dies.

A lock belongs to the open file: closing the descriptor lets go of it.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

#: who asks about a lock has a part in it for an instant, which is no reason to give up
_TRIES = 3
_PAUSE_S = 0.01


def open_lock(path: Path) -> int:
    """Return a descriptor of the file at ``path``, which is made if need be; not locked yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take(descriptor: int) -> bool:
    """Lock the file; ``False`` if another descriptor holds the lock."""
    for at in range(_TRIES):
        if at:
            time.sleep(_PAUSE_S)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def is_held(descriptor: int) -> bool:
    """Whether another descriptor holds the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
