"""``Outgoing``: bytes into a socket from any thread, in the order of the calls, without waiting.

What the kernel takes at once arrives even if this process is killed right after. Only what does not
fit is kept here until the event loop can send it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections import deque
from collections.abc import Callable


class Outgoing:
    """The writing half of a connection whose reading half belongs to ``loop``.

    ``on_overflow`` is called in the loop when more than ``limit`` bytes wait; then no more
    is sent.
    """

    def __init__(
        self,
        descriptor: int,
        loop: asyncio.AbstractEventLoop,
        limit: int,
        on_overflow: Callable[[], object],
    ) -> None:
        # a descriptor of our own: the loop allows one watcher for each
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._socket.setblocking(False)
        self._loop = loop
        self._limit = limit
        self._on_overflow = on_overflow
        self._lock = threading.Lock()
        self._waiting: deque[memoryview] = deque()
        self._size = 0
        self._is_closed = False

    @property
    def has_unsent(self) -> bool:
        return bool(self._waiting) and not self._is_closed

    def write(self, data: bytes) -> None:
        """Send ``data``, or what is left of it when the socket can take it."""
        with self._lock:
            if self._is_closed:
                return
            rest = memoryview(data)
            if not self._waiting:
                rest = rest[self._send(rest) :]
                if not rest:
                    return
                self._call(self._watch)
            self._waiting.append(rest)
            self._size += len(rest)
            if self._size > self._limit:
                self._is_closed = True
                self._call(self._on_overflow)

    def close(self) -> None:
        """Give up what waits. Called in the loop."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            if self._socket.fileno() >= 0:
                self._loop.remove_writer(self._socket)
                self._socket.close()

    def _watch(self) -> None:
        if not self._is_closed:
            self._loop.add_writer(self._socket, self._go_on)

    def _go_on(self) -> None:
        with self._lock:
            waiting = self._waiting
            while waiting:
                sent = self._send(waiting[0])
                self._size -= sent
                if sent < len(waiting[0]):
                    waiting[0] = waiting[0][sent:]
                    return
                waiting.popleft()
            self._loop.remove_writer(self._socket)

    def _send(self, data: memoryview) -> int:
        """Return how many bytes were taken; all, if nobody reads them any more."""
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:  # the reading half will see the end
            return len(data)

    def _call(self, step: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(step)
