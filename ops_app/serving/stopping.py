"""How the process that serves tells its workers to stop, and is told to start anew."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

#: sent to a worker before SIGTERM: end the streams, or they would keep it from stopping
STOP_STREAMS = signal.SIGUSR1
#: sent to the process that serves: stop the workers, exchange the data, start as if called again
START_ANEW = signal.SIGUSR2

_SERVED = "HOLDALL_SERVED"
_RELOADED = 3  # the exit status by which Django's autoreloader starts its process again


def announce(workers: int) -> None:
    """Let the workers started from now on know that somebody starts and stops so many of them."""
    os.environ[_SERVED] = str(workers)


def workers() -> int:
    """Return how many workers of ``serve`` there are, 1 for a process that is none of them."""
    return int(os.environ.get(_SERVED, 1))


def is_served() -> bool:
    """Whether this process is a worker of ``serve``."""
    return _SERVED in os.environ


def start_anew(before: Callable[[], None] | None = None) -> NoReturn:
    """Run this process's command again, in this process; ``before`` is called first."""
    if before is not None:
        before()
    sys.stdout.flush()
    sys.stderr.flush()
    if os.environ.get(DJANGO_AUTORELOAD_ENV) == "true":
        os._exit(_RELOADED)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 what was run already
