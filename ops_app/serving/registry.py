"""Which servers run on this data folder: one file for each, locked while its process lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from django.conf import settings

from core_app import lock_files

_held: list[int] = []


def register() -> None:
    """Let others know that this process serves, until it ends (an ``exec`` ends it too)."""
    _folder().mkdir(mode=0o700, exist_ok=True)
    descriptor = lock_files.open_lock(_folder() / str(os.getpid()))
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    _held.append(descriptor)


def running() -> list[int]:
    """Return the process ids of the servers on this data folder."""
    if not _folder().is_dir():
        return []
    found = []
    for path in sorted(_folder().iterdir()):
        if path.name == str(os.getpid()) or _is_locked(path):
            found.append(int(path.name))
        else:
            path.unlink(missing_ok=True)
    return found


def others() -> list[int]:
    """Return the process ids of the servers on this data folder but this one."""
    return [pid for pid in running() if pid != os.getpid()]


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return lock_files.is_held(descriptor)
    finally:
        os.close(descriptor)


def _folder() -> Path:
    return Path(settings.HOLDALL_DATA_DIR) / ".servers"
