"""What realtime needs of whatever connects the workers.

``bus`` does it on one machine, ``stream_bus`` between machines. A message is a JSON-ready dict; its
key ``kind`` says what it is (``hub`` knows the kinds). A worker that was not told all that it
wanted gets ``{"kind": "missed"}``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any, Protocol

Message = dict[str, Any]
Reply = Callable[[Message], None]
#: takes a peer's message and, where it is a question, how to answer it, from any thread, once
Inbox = Callable[[Message, Reply], None]


class Transport(Protocol):
    """The way to the other workers. All methods may be called from any thread."""

    #: what this worker is called by its peers; the ids of its clients begin with it
    tag: str

    def join(self, inbox: Inbox, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Be a worker: from now on peers find this one, and ``inbox`` gets their messages.

        ``inbox`` must return at once. ``loop`` runs in another thread; it may be used for reading.
        """

    def leave(self) -> None:
        """Stop being found, after what was told has been sent."""

    def flush(self) -> None:
        """Wait until what was told has been sent; for a process about to end."""

    def is_wanted(self, about: Collection[str]) -> bool:
        """Whether any peer is interested in one of these names, or has not said what it wants."""

    def tell(self, message: Message, about: Collection[str] = ()) -> None:
        """Send ``message`` to the peers interested in ``about`` (to all, if it is empty).

        Returns at once. What one thread tells arrives in that order.
        """

    def publish(
        self, message: Message, about: Collection[str], me: Callable[[], None] | None
    ) -> None:
        """Send ``message`` as ``tell`` does, and have ``me`` called as if this worker got it too.

        What is published one after the other, by whichever processes, comes to every worker in
        that order, even if the publisher is killed right after. Returns at once; ``me`` must do so
        too.
        """

    def ask(self, tag: str, message: Message) -> Future[Message | None]:
        """Ask one worker. ``None``: there is no such worker, or it went away."""

    def ask_all(
        self, message: Message, about: Collection[str], me: Callable[[], None] | None
    ) -> list[Future[Message | None]]:
        """Ask the peers that ``publish`` would reach, in the same order with what is published."""

    def want(self, interests: frozenset[str]) -> list[Future[Message | None]]:
        """Say what this worker is interested in; a peer has answered when it goes by that."""
