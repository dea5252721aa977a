"""``Bus``: the workers of one machine reach each other through Unix sockets in ``data/run``.

A worker listens on ``run/<tag>.sock``; whoever has something to tell (workers, commands, shells)
connects to every socket in that folder. Each thread writes into the sockets by itself, so what was
told arrives even if this process is killed. The rest is done in an event loop: the worker's own, so
that no other thread has to be woken first; elsewhere one in a thread of its own. The folder is
looked through every second; workers also introduce themselves, so a new one is usually known at
once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from core_app import ids
from realtime.transport import Inbox, Message, Reply
from realtime.turns import LOST_AFTER_S, Counter, Sequence
from realtime.wire import Connection, pack, with_head

TAG_LENGTH = 8
LOOK_EVERY_S = 1.0
#: how long joining, leaving and a first look may take
PATIENCE_S = 5.0

_SUFFIX = ".sock"
_COUNTER_SUFFIX = ".turn"
_LONGEST_ADDRESS = 100  # the kernel takes 108 bytes

logger = logging.getLogger("holdall.realtime")


class Bus:
    """A ``Transport``. Without a loop it starts a thread when there is somebody to talk to."""

    def __init__(self, folder: Path) -> None:
        self.tag = ids.random_string(TAG_LENGTH)
        self._folder = folder
        self._loop: asyncio.AbstractEventLoop | None = None
        #: runs the loop, unless that is the worker's
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._peers: dict[str, Connection] = {}
        self._links: tuple[Connection, ...] = ()
        self._callers: set[Connection] = set()
        #: workers that did not read what we told them
        self._given_up: set[str] = set()
        self._interests: frozenset[str] = frozenset()
        self._inbox: Inbox | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._looked_at = 0.0
        self._publishing = threading.Lock()
        self._sequence = Sequence()
        self._is_gap_watched = False
        self._counters: dict[str, Counter] = {}
        self._descriptor: int | None = None

    # --- Transport: any thread ------------------------------------------------------------------

    def join(self, inbox: Inbox, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._inbox = inbox
        if self._loop is None:
            self._loop = loop
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._run(self._join())

    def leave(self) -> None:
        loop, thread = self._loop, self._thread
        if loop is not None and loop.is_running():
            self._run(self._leave())
            if thread is not None:
                loop.call_soon_threadsafe(loop.stop)
                thread.join(PATIENCE_S)
        elif self._server is not None:  # the loop has ended, and with it all connections
            self._remove(self.tag)
        self._loop = self._thread = None
        with self._publishing:
            for counter in self._counters.values():
                counter.close()
            self._counters.clear()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_wanted(self, about: Collection[str]) -> bool:
        names = frozenset(about)
        return any(link.wants(names) for link in self._known())

    def tell(self, message: Message, about: Collection[str] = ()) -> None:
        packed = b""
        for link in self._wanting(about):
            packed = packed or pack(message)
            link.send(packed)

    def publish(
        self, message: Message, about: Collection[str], me: Callable[[], None] | None
    ) -> None:
        links = self._wanting(about)
        body = orjson.dumps(message) if links else b""
        self._in_turn(links, lambda link, turn: link.send(with_head(body, turn)), me)

    def ask(self, tag: str, message: Message) -> Future[Message | None]:
        answer: Future[Message | None] = Future()
        loop = self._loop
        if loop is None:
            answer.set_result(None)
        else:
            asyncio.run_coroutine_threadsafe(self._ask(tag, message, answer), loop)
        return answer

    def ask_all(
        self, message: Message, about: Collection[str], me: Callable[[], None] | None
    ) -> list[Future[Message | None]]:
        answers: list[Future[Message | None]] = []

        def ask(link: Connection, turn: int) -> None:
            answers.append(Future())
            link.ask(message, answers[-1], turn)

        self._in_turn(self._wanting(about), ask, me)
        return answers

    def want(self, interests: frozenset[str]) -> list[Future[Message | None]]:
        # workers that connect from now on learn it when they say hello
        self._interests = interests
        answers: list[Future[Message | None]] = []
        for caller in tuple(self._callers):
            if caller.tag:
                answers.append(Future())
                caller.ask({"kind": "interests", "names": sorted(interests)}, answers[-1])
        return answers

    def _wanting(self, about: Collection[str]) -> list[Connection]:
        names = frozenset(about)
        return [link for link in self._known() if link.wants(names)]

    def _in_turn(
        self,
        links: list[Connection],
        send: Callable[[Connection, int], None],
        me: Callable[[], None] | None,
    ) -> None:
        """Send something to peers and have ``me`` called, each with the next turn of the worker."""
        with self._publishing:
            for link in links:
                turn = self._next_turn(link.tag)
                if turn is not None:
                    send(link, turn)
            if me is not None:
                self._take(self._next_turn(self.tag) or 0, me)

    def _next_turn(self, tag: str) -> int | None:
        """Return the next number of a worker, ``None`` if it has gone; 0 is no turn at all."""
        try:
            counter = self._counters.get(tag)
            if counter is None:
                counter = self._counters[tag] = Counter(self._path(tag, _COUNTER_SUFFIX))
            return counter.next()
        except FileNotFoundError:
            return None
        except OSError:
            logger.exception("no turn of worker %s can be had: its events may swap places", tag)
            return 0

    def _take(self, turn: int, step: Callable[[], None]) -> None:
        """Make ``step`` in its turn; see to it that a turn that never comes holds up nothing."""
        if not turn:
            step()
            return
        self._sequence.take(turn, step)
        if self._sequence.is_waiting and not self._is_gap_watched and self._loop is not None:
            self._is_gap_watched = True
            self._loop.call_soon_threadsafe(self._watch_gap)

    def _watch_gap(self) -> None:
        asyncio.get_running_loop().call_later(LOST_AFTER_S, self._skip_lost)

    def _skip_lost(self) -> None:
        self._is_gap_watched = False
        if self._sequence.skip_lost():
            logger.warning("a change that another process announced has not come")
        if self._sequence.is_waiting:
            self._is_gap_watched = True
            self._watch_gap()

    def _known(self) -> tuple[Connection, ...]:
        """Return the links to peers. Who is no worker looks for them now and then, on need."""
        if self._inbox is None:
            now = time.monotonic()
            if now - self._looked_at >= LOOK_EVERY_S:
                self._looked_at = now
                if self._loop is not None or self._others():
                    self._run(self._look())
        return self._links

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` in the loop, which is started if need be, and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._started()).result(PATIENCE_S)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run_loop, args=(self._loop,), name="realtime-bus", daemon=True
                )
                self._thread.start()
            return self._loop

    def _others(self) -> list[str]:
        """Return the tags of the other workers' sockets."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        tags = (name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))
        return [tag for tag in tags if tag != self.tag]

    def _path(self, tag: str, suffix: str = _SUFFIX) -> Path:
        return self._folder / f"{tag}{suffix}"

    def _address(self, path: Path) -> str:
        """Return ``path`` in a form short enough for a socket's address."""
        address = str(path)
        if len(os.fsencode(address)) <= _LONGEST_ADDRESS:
            return address
        if not sys.platform.startswith("linux"):
            raise OSError(f"the path of the data folder is too long for sockets: {address}")
        if self._descriptor is None:
            self._descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._descriptor}/{path.name}"

    # --- the loop -------------------------------------------------------------------------------

    async def _join(self) -> None:
        self._counters[self.tag] = Counter(self._path(self.tag, _COUNTER_SUFFIX), create=True)
        # bound under another name first: what ends in .sock and refuses a connection is dead
        path = self._path(self.tag)
        unready = path.with_suffix(".new")
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(self._address(unready))
        os.chmod(unready, 0o600)
        listening.listen(128)
        os.rename(unready, path)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._caller, sock=listening)
        await self._look()
        self._look_again()

    async def _leave(self) -> None:
        if self._server is not None:
            self._remove(self.tag)
            self._server.close()
            self._server = None
        await self.flushed()
        for connection in (*self._peers.values(), *self._callers):
            connection.close()

    async def flushed(self) -> None:
        """Return when everything has been sent that was told."""
        deadline = time.monotonic() + PATIENCE_S / 2
        while time.monotonic() < deadline:
            if not any(connection.has_unsent for connection in (*self._links, *self._callers)):
                return
            await asyncio.sleep(0.005)

    def flush(self) -> None:
        """Wait until everything has been sent that was told; for processes about to end."""
        if self._loop is not None and self._loop.is_running():
            self._run(self.flushed())

    def _look_again(self) -> None:
        if self._server is None:
            return
        loop = asyncio.get_running_loop()
        loop.call_later(LOOK_EVERY_S, self._look_again)
        if any(tag not in self._peers for tag in self._others()):
            self._start(self._look())

    async def _look(self) -> None:
        """Connect to every worker that is not connected yet, and say hello."""
        unknown = [tag for tag in self._others() if tag not in self._peers]
        found = await asyncio.gather(*(self._connect(tag) for tag in unknown))
        await asyncio.gather(*(self._greet(peer) for peer in found if peer is not None))

    def _remove(self, tag: str) -> None:
        """Remove what a worker leaves in the folder."""
        for suffix in (_SUFFIX, _COUNTER_SUFFIX):
            self._path(tag, suffix).unlink(missing_ok=True)

    async def _connect(self, tag: str) -> Connection | None:
        path = self._path(tag)
        loop = asyncio.get_running_loop()
        try:
            _, peer = await loop.create_unix_connection(
                lambda: Connection(self._on_message, self._on_peer_gone, tag), self._address(path)
            )
        except ConnectionRefusedError:
            logger.info("the socket of worker %s is a leftover", tag)
            self._remove(tag)
            return None
        except FileNotFoundError:
            return None
        if tag in self._peers:  # it came to us meanwhile, and we to it
            peer.close()
            return None
        self._peers[tag] = peer
        self._links = tuple(self._peers.values())
        return peer

    async def _greet(self, peer: Connection) -> None:
        """Say who we are; learn what ``peer`` wants, and that it can reach us."""
        answer: Future[Message | None] = Future()
        tag = self.tag if self._inbox is not None else ""
        has_missed = peer.tag in self._given_up
        self._given_up.discard(peer.tag)
        names = sorted(self._interests)
        hello = {"kind": "hello", "tag": tag, "names": names, "missed": has_missed}
        peer.ask(hello, answer)
        with suppress(TimeoutError):
            said = await asyncio.wait_for(asyncio.wrap_future(answer), PATIENCE_S / 2)
            if said is not None and peer.interests is None:
                peer.interests = frozenset(said["names"])

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself does not hold it
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, tag: str, message: Message, answer: Future[Message | None]) -> None:
        peer = self._peers.get(tag)
        if peer is None and tag in self._others():
            await self._look()
            peer = self._peers.get(tag)
        if peer is None:
            answer.set_result(None)
        else:
            peer.ask(message, answer)

    def _caller(self) -> Connection:
        """Make the connection of somebody who has connected to our socket."""
        caller = Connection(self._on_message, self._callers.discard)
        self._callers.add(caller)
        return caller

    def _on_peer_gone(self, peer: Connection) -> None:
        if peer.is_given_up:
            self._given_up.add(peer.tag)
        if self._peers.get(peer.tag) is peer:
            del self._peers[peer.tag]
            self._links = tuple(self._peers.values())
            with self._publishing:
                counter = self._counters.pop(peer.tag, None)
                if counter is not None:
                    counter.close()

    def _on_message(
        self, connection: Connection, message: Message, turn: int, reply: Reply
    ) -> None:
        kind = message["kind"]
        if kind == "interests":
            connection.interests = frozenset(message["names"])
            reply({})
        elif kind == "hello":
            self._welcome(connection, message["tag"], message["names"], reply)
            if message["missed"] and self._inbox is not None:
                self._inbox({"kind": "missed"}, reply)
        elif self._inbox is not None:
            self._take(turn, partial(self._inbox, message, reply))

    def _welcome(self, caller: Connection, tag: str, names: list[str], reply: Reply) -> None:
        """Answer a hello, once we can reach the caller too."""
        caller.tag = tag or "-"

        async def welcome() -> None:
            if tag and tag not in self._peers:
                peer = await self._connect(tag)
                if peer is not None:
                    peer.interests = frozenset(names)
                    self._start(self._greet(peer))
            reply({"names": sorted(self._interests)})

        self._start(welcome())


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()
