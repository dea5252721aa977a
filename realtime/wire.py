"""Messages on a stream: length, turn, then JSON; questions carry a number, answers it too.

Messages are sent from any thread and received in the event loop of the bus. Knows no sockets' names
and no kinds of messages.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import struct
from collections.abc import Callable
from concurrent.futures import Future
from typing import cast

import orjson

from realtime.outgoing import Outgoing
from realtime.transport import Message, Reply

#: bytes that may wait for a peer that does not read; then it is taken for dead
MOST_WAITING = 64 << 20

#: bytes that follow, and the turn of what was published (0: none)
_HEAD = struct.Struct("!IQ")

logger = logging.getLogger("holdall.realtime")

OnMessage = Callable[["Connection", Message, int, Reply], None]


def pack(message: Message) -> bytes:
    """Return ``message`` as it is sent."""
    return with_head(orjson.dumps(message))


def with_head(body: bytes, turn: int = 0) -> bytes:
    """Return JSON as it is sent, to be taken when it is its turn."""
    return _HEAD.pack(len(body), turn) + body


class Connection(asyncio.Protocol):
    """One stream between two processes; both sides may tell, ask and answer."""

    def __init__(
        self, on_message: OnMessage, on_end: Callable[[Connection], None], tag: str = ""
    ) -> None:
        self.tag = tag
        #: what the other side wants to be told; ``None`` until it says so: everything
        self.interests: frozenset[str] | None = None
        #: the other side did not read what was sent to it
        self.is_given_up = False
        self._on_message = on_message
        self._on_end = on_end
        self._received = bytearray()
        self._asked: dict[int, Future[Message | None]] = {}
        self._numbers = itertools.count(1)
        self._transport: asyncio.Transport | None = None
        self._outgoing: Outgoing | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def has_unsent(self) -> bool:
        return self._outgoing is not None and self._outgoing.has_unsent

    def wants(self, about: frozenset[str]) -> bool:
        """Whether the other side is interested in one of these names; in all, if there are none."""
        return self.interests is None or not about or not self.interests.isdisjoint(about)

    def send(self, packed: bytes) -> None:
        """Send what ``pack`` made; from any thread."""
        if self._outgoing is not None:
            self._outgoing.write(packed)

    def ask(self, message: Message, answer: Future[Message | None], turn: int = 0) -> None:
        """Send a question; ``answer`` gets what comes back, ``None`` if the other side is gone."""
        number = next(self._numbers)
        self._asked[number] = answer
        self.send(with_head(orjson.dumps({**message, "ask": number}), turn))
        if not self.is_open:
            self._answer(number, None)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    # --- asyncio.Protocol ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        descriptor = transport.get_extra_info("socket").fileno()
        loop = asyncio.get_running_loop()
        self._outgoing = Outgoing(descriptor, loop, MOST_WAITING, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._outgoing is not None:
            self._outgoing.close()
        for number in tuple(self._asked):
            self._answer(number, None)
        self._on_end(self)

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        at = 0
        while len(received) - at >= _HEAD.size:
            length, turn = _HEAD.unpack_from(received, at)
            end = at + _HEAD.size + length
            if len(received) < end:
                break
            self._take(orjson.loads(received[at + _HEAD.size : end]), turn)
            at = end
        if at:
            del received[:at]

    def _take(self, message: Message, turn: int) -> None:
        number = message.get("re")
        if number is not None:
            self._answer(number, message)
            return
        self._on_message(self, message, turn, self._reply_to(message))

    def _answer(self, number: int, message: Message | None) -> None:
        answer = self._asked.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _give_up(self) -> None:
        logger.error("worker %s does not read; the connection to it is given up", self.tag)
        self.is_given_up = True
        if self._transport is not None:
            self._transport.abort()

    def _reply_to(self, message: Message) -> Reply:
        number = message.get("ask")

        def reply(answer: Message) -> None:
            if number is not None:
                self.send(pack({**answer, "re": number}))

        return reply
