"""``Client``: one open connection of this worker, and what waits to be written to it.

Threads change who it is and what it listens to (through ``registry``); messages are pushed and
taken in the event loop alone. Nothing here knows ASGI, records or other workers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from realtime import frames

if TYPE_CHECKING:
    from auth_app.signed_in import SignedIn
    from realtime.topics import Topic

#: bytes that are written in one piece
AT_ONCE = 1 << 18
#: what one waiting message is counted as beside its bytes
_OVERHEAD = 100


class Client:
    """A connection: ``id``, the ``ip`` it came from, who is signed in on it and its topics.

    ``limit`` is how many bytes may wait for a reader that does not keep up; then it is cut off.
    """

    __slots__ = (
        "_bytes",
        "_closing",
        "_limit",
        "_pending",
        "_waiter",
        "auth",
        "id",
        "ip",
        "is_cut",
        "on_cut",
        "prefix",
        "topics",
    )

    def __init__(self, client_id: str, ip: str, limit: int) -> None:
        self.id = client_id
        self.ip = ip
        self.auth: SignedIn | None = None
        self.topics: dict[str, Topic] = {}
        self.prefix = frames.prefix(client_id)
        #: it did not read what was sent to it; whatever waits is given up
        self.is_cut = False
        #: called when that happens: stops the write that is stuck
        self.on_cut: Callable[[], object] = _nothing
        self._limit = limit
        self._closing = False
        self._pending: deque[bytes] = deque()
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<client {self.id}>"

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The topics as they were sent."""
        return tuple(self.topics)

    # --- in the event loop --------------------------------------------------------------------

    def push(self, message: bytes) -> None:
        """Let ``message`` (a frame without its id line) be written when its turn comes."""
        if self._closing:
            return
        self._bytes += len(message) + _OVERHEAD
        if self._bytes > self._limit:
            self.is_cut = True
            self._pending.clear()
            self.close()
            self.on_cut()
            return
        self._pending.append(message)
        self._wake()

    def close(self) -> None:
        """End the stream after what already waits."""
        self._closing = True
        self._wake()

    async def next(self) -> bytes | None:
        """Return what waits, as bytes to write; wait for something; ``None`` at the end.

        Not more than ``AT_ONCE`` and one message: until it is written it is this client's alone,
        while what waits is shared with all who get it.
        """
        while not self._pending:
            if self._closing:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        messages = self._pending
        if self._bytes <= AT_ONCE:
            out = self.prefix + self.prefix.join(messages)
            messages.clear()
            self._bytes = 0
            return out
        taken, size = [], 0
        while messages and size < AT_ONCE:
            message = messages.popleft()
            taken.append(message)
            size += len(message) + _OVERHEAD
        self._bytes -= size
        return self.prefix + self.prefix.join(taken)

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


#: messages, each with those who get it
Batch = list[tuple[tuple[Client, ...], bytes]]


def _nothing() -> None:
    """Stand in for ``on_cut`` until there is a stream."""
