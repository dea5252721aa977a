"""How many connections a process may hold: what the system's limit of open files leaves."""

from __future__ import annotations

import logging
import os
import resource

#: where the system sets no limit
_ENOUGH = 1 << 20

logger = logging.getLogger("holdall")


def raise_limit() -> None:
    """Let this process, and those that it starts, open as many files as it may give itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:  # macOS knows another limit than it tells
        logger.info("at most %s files may be open: %s", soft, error)


def most_connections() -> int:
    """Return how many connections one process takes; the rest is for files, databases, workers.

    ``HOLDALL_MAX_CONNECTIONS`` sets it.
    """
    given = int(os.environ.get("HOLDALL_MAX_CONNECTIONS") or 0)
    if given > 0:
        return given
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (_ENOUGH if soft == resource.RLIM_INFINITY else soft) * 7 // 8


def most_streams() -> int:
    """Return how many of them may be open for long, so that there is room for other requests."""
    return max(1, most_connections() * 7 // 8)
