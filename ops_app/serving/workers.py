"""Granian's workers as we run them: forked from a process that has loaded everything already."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server.mp import MPServer

from core_app import open_files
from ops_app.serving import stopping, trial
from ops_app.serving.address import Address

#: what granian says goes where everything goes, in the same form
_LOGS: dict[str, Any] = {"handlers": {}, "loggers": {"_granian": {"propagate": True}}}

_PAUSE_S = 0.01
_SHORTEST = 0.001  # seconds; 0 would wait for ever


class Workers(MPServer):
    """Several processes on one address. One that dies is replaced."""

    def __init__(self, address: Address, count: int) -> None:
        super().__init__(
            settings.ASGI_APPLICATION,
            address=address.host,
            port=address.port,
            interface=Interfaces.ASGI,
            workers=count,
            loop=Loops.uvloop,
            websockets=False,
            backlog=2048,
            backpressure=open_files.most_connections(),  # idle ones and open streams count too
            log_level=LogLevels.warning,
            log_dictconfig=_LOGS,
            respawn_failed_workers=True,
            workers_kill_timeout=int(settings.HOLDALL_STOP_TIMEOUT),
        )
        self.where = address
        self._count = count
        self.anew = False
        self.failed = False

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; requests that have begun are finished.

        Then ``anew`` says whether the data is to be exchanged before serving goes on, ``failed``
        whether restored data has failed its trial.
        """
        stopping.announce(self._count)
        signal.signal(stopping.START_ANEW, self._start_anew)
        _run_as_batch()
        _load()  # here already, so that the workers share it
        connections.close_all()  # SQLite's do not survive a fork
        gc.collect()
        gc.freeze()
        try:
            self.serve(target_loader=_load, wrap_loader=False)
        except SystemExit:
            if not trial.is_on():
                raise
            self.failed = True  # they crash with the restored data

    def _start_anew(self, *_: object) -> None:
        self.anew = True
        self.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _give_up(self) -> None:
        self.failed = True
        self.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        super()._spawn_workers(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        if trial.is_on():
            trial.watch(self.where, self._give_up)

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            if worker.inner.is_alive():
                os.kill(worker.inner.pid, stopping.STOP_STREAMS)
            worker.terminate()  # type: ignore[no-untyped-call]
        ends = time.monotonic() + settings.HOLDALL_STOP_TIMEOUT
        for worker in self.wrks:
            has_ended(worker.inner, ends)
        self.workers_kill_timeout = _SHORTEST  # type: ignore[assignment]  # they have had their time
        super()._stop_workers()  # type: ignore[no-untyped-call]


def _run_as_batch() -> None:
    """Let threads that wake up wait for the one that runs, here and in the workers.

    Else the kernel stops it at once, most often while it holds the interpreter's lock, which the
    other one is about to ask for. Where the kernel has no such policy, somebody has chosen another,
    or a container may not choose, it stays as it is.
    """
    if hasattr(os, "SCHED_BATCH") and os.sched_getscheduler(0) == os.SCHED_OTHER:
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def has_ended(process: BaseProcess, ends: float) -> bool:
    """Wait for a process until ``time.monotonic()`` is ``ends``; return whether it is over.

    ``join`` alone comes back too early where another thread has just been told the same, and
    granian has one that watches.
    """
    process.join(max(ends - time.monotonic(), 0))
    while process.is_alive() and time.monotonic() < ends:
        time.sleep(_PAUSE_S)
    return not process.is_alive()


def _load() -> Callable[..., Any]:
    """Return the application; called in each worker."""
    application: Callable[..., Any] = import_string(settings.ASGI_APPLICATION)
    return application
