"""``Outlet``: from any thread into the event loop, woken once for all that is ready."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from realtime.clients import Batch, Client


class Outlet:
    """Hands batches to the loop that the connections live in, in the order they came."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._batches: deque[Batch] = deque()
        self._is_waking = False

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver into ``loop`` from now on."""
        self._loop = loop

    def deliver(self, batch: Batch) -> None:
        """Push the messages of ``batch`` to their clients soon; from any thread."""
        self._batches.append(batch)
        if not self._is_waking:
            self._is_waking = True
            self.call(self._push)

    def push(self, batch: Batch) -> None:
        """Push the messages of ``batch`` now, after all that was to be delivered; in the loop."""
        self._batches.append(batch)
        self._push()

    def dismiss(self, clients: Iterable[Client]) -> None:
        """Close connections soon; from any thread."""
        for client in clients:
            self.call(client.close)

    def call(self, step: Callable[[], None]) -> bool:
        """Have ``step`` called in the loop soon; ``False`` if there is none."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return False
        loop.call_soon_threadsafe(step)
        return True

    def _push(self) -> None:
        self._is_waking = False
        batches = self._batches
        while batches:
            for clients, message in batches.popleft():
                for client in clients:
                    client.push(message)
