"""Threads that live long, fed from an event loop, of which as few as possible run at a time.

Threads that compute hinder each other: they fight for the interpreter's lock, and writers for the
database's. So jobs run in a few *lanes* (one, on SQLite), and the thread that ran last runs next,
with its connection and caches warm. A job that takes long (a slow query, a password's hash, a mail
server) is overtaken: while jobs wait and none has ended for ``PATIENCE_S``, those that run leave
their lanes, and other threads go on with the queue.

Waking the loop makes it ask for the interpreter's lock, so while jobs wait a few results wait too,
at most ``PATIENCE_S``, and are delivered together. So do results that are not final yet
(``Unsettled``): one call of ``settle`` makes several of them final.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, NamedTuple

from django.db import connections

#: how long jobs wait behind others that do not end
PATIENCE_S = 0.003
#: how many results may wait for the loop while jobs wait for a thread
MOST_READY = 8
#: how many results are made final at once
MOST_UNSETTLED = 16

#: without a future: to settle what is there
Job = tuple["asyncio.Future[Any] | None", Callable[[Any], Any], Any]


class Unsettled(NamedTuple):
    """What a job returns whose result is to be had from ``settle``, which is given ``about``."""

    about: Any


class Failed(NamedTuple):
    """What ``settle`` returns for a job that has failed after all."""

    error: BaseException


_SETTLE: Job = (None, tuple, ())


class _Thread(threading.Thread):
    """A thread of the pool, and the door through which an idle one gets its next job."""

    def __init__(self, number: int, work: Callable[[_Thread], None]) -> None:
        super().__init__(name=f"django-{number}", daemon=True)
        self.door: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.overtaken = False
        self._work = work

    def run(self) -> None:
        self._work(self)


class ThreadPool:
    """At most ``count`` threads in ``lanes``; ``run`` awaits a function's result from one.

    ``settle`` returns the final results for what jobs have returned as ``Unsettled``.
    """

    def __init__(
        self,
        count: int,
        lanes: int = 1,
        settle: Callable[[Sequence[Any]], Sequence[Any]] = tuple,
    ) -> None:
        self.count = count
        self.lanes = min(lanes, count)
        self.running = False
        self._final = settle
        self._lock = threading.Lock()  # over the next seven
        self._unsettled: list[tuple[asyncio.Future[Any], Any]] = []
        self._unsettled_since = 0.0
        self._jobs: deque[Job] = deque()
        self._idle: list[_Thread] = []
        self._busy: set[_Thread] = set()
        self._free_lanes = self.lanes
        self._ended = 0  # jobs
        self._done: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waking = False
        self._watching = False
        self._threads: list[_Thread] = []

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads; results go to ``loop``."""
        if self.running:
            return
        self.running = True
        self._loop = loop
        self._threads = [_Thread(number, self._work) for number in range(self.count)]
        self._idle = self._threads[::-1]
        for thread in self._threads:
            thread.start()

    def run(self, function: Callable[[Any], Any], argument: Any) -> asyncio.Future[Any]:
        """Return a future of ``function(argument)``; called in the loop's thread."""
        future: asyncio.Future[Any] = self._loop.create_future()  # type: ignore[union-attr]
        with self._lock:
            self._jobs.append((future, function, argument))
            if self._free_lanes and self._idle:
                self._start_next()
                return future
        if not self._watching:
            self._watch_later()
        return future

    def stop(self) -> None:
        """Finish what is queued, then end the threads and close their connections."""
        if self.running:
            self.running = False
            with self._lock:
                self._free_lanes = self.count  # all at once: nobody watches any more
                while self._jobs and self._idle:
                    self._start_next()
            for thread in self._threads:
                thread.door.put(None)
            for thread in self._threads:
                thread.join()

    def _start_next(self) -> None:
        """Give the next job to the thread that went idle last. The caller holds the lock."""
        self._free_lanes -= 1
        thread = self._idle.pop()
        self._busy.add(thread)
        thread.door.put(self._jobs.popleft())

    def _next_job(self, thread: _Thread) -> Job | None:
        """Return the job that follows in the thread's lane; ``None`` if it goes idle."""
        with self._lock:
            self._ended += 1
            if thread.overtaken:
                thread.overtaken = False
                if not self._free_lanes:
                    self._busy.discard(thread)
                    self._idle.append(thread)
                    return None
                self._free_lanes -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._free_lanes += 1
            self._busy.discard(thread)
            self._idle.append(thread)
            return None

    def _work(self, thread: _Thread) -> None:
        done = self._done
        wake = self._loop.call_soon_threadsafe  # type: ignore[union-attr]
        while (job := thread.door.get()) is not None:
            while job is not None:
                future, function, argument = job
                if future is not None:
                    try:
                        result = function(argument)
                    except BaseException as error:  # noqa: BLE001 it is raised where it is awaited
                        done.append((future, None, error))
                    else:
                        if type(result) is Unsettled:
                            self._keep(future, result.about)
                        else:
                            done.append((future, result, None))
                if self._unsettled and self._is_time_to_settle():
                    self._settle()
                # let go of the request before waiting for the next
                job = future = function = argument = result = None  # type: ignore[assignment]
                if done and not self._waking and (not self._jobs or len(done) >= MOST_READY):
                    self._waking = True
                    wake(self._deliver)
                job = self._next_job(thread)
        connections.close_all()

    def _keep(self, future: asyncio.Future[Any], about: Any) -> None:
        with self._lock:
            if not self._unsettled:
                self._unsettled_since = monotonic()
            self._unsettled.append((future, about))

    def _is_time_to_settle(self) -> bool:
        return (
            not self._jobs
            or len(self._unsettled) >= MOST_UNSETTLED
            or monotonic() - self._unsettled_since >= PATIENCE_S
        )

    def _settle(self) -> None:
        """Make final what is there, in this thread."""
        with self._lock:
            kept, self._unsettled = self._unsettled, []
        if not kept:
            return
        try:
            results = self._final([about for _, about in kept])
        except BaseException as error:  # noqa: BLE001 it is raised where it is awaited
            results = [Failed(error)] * len(kept)
        for (future, _), result in zip(kept, results, strict=True):
            if type(result) is Failed:
                self._done.append((future, None, result.error))
            else:
                self._done.append((future, result, None))

    def _deliver(self) -> None:
        """Hand results to whoever awaits them; runs in the event loop."""
        self._waking = False
        done = self._done
        while done:
            future, result, error = done.popleft()
            if future.done():
                continue  # the request was cancelled
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _watch_later(self) -> None:
        self._watching = True
        self._loop.call_later(PATIENCE_S, self._watch, self._ended)  # type: ignore[union-attr]

    def _watch(self, ended: int) -> None:
        """Let the queue overtake the jobs that run, if none has ended since the last look."""
        self._deliver()  # what waits for a job that takes long
        with self._lock:
            is_stuck = self._idle and ended == self._ended
            if is_stuck and self._unsettled:
                self._jobs.appendleft(_SETTLE)  # a job that takes long does not hold it up
            if is_stuck and self._jobs:
                for thread in self._busy:
                    if not thread.overtaken:
                        thread.overtaken = True
                        self._free_lanes += 1
                while self._free_lanes and self._jobs and self._idle:
                    self._start_next()
            waiting = bool(self._jobs or self._unsettled)
        self._watching = False
        if waiting:
            self._watch_later()
