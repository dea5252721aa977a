"""``StreamBus``: a ``Transport`` over one stream that workers on several machines read.

All that is told goes through one stream, so everybody reads it in one order. Each message has its
sender's number: what comes twice is dropped, and what is missing shows, whatever the reason (the
store lost its memory, somebody read too slowly). Who missed something gets ``{"kind": "missed"}``.

While the store is away each worker has its own changes at once, and keeps what it has to tell until
it is back. ``stores`` has them: Redis, and the app's PostgreSQL.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from concurrent import futures
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

import orjson

from core_app import ids
from realtime.bus import TAG_LENGTH
from realtime.stores.base import Away, Entry, Place, Stream
from realtime.transport import Inbox, Message

#: messages that the stream keeps at most, and for how long (by the store's clock)
MOST_TOLD = 10_000
TOLD_FOR_S = 60
#: a worker renews its key so often, and is gone when it has not for so long
BEAT_EVERY_S = 2.0
GONE_AFTER_S = 10.0
#: how long the others are waited for
PATIENCE_S = 3.0
#: how long a read waits for something to come
READ_S = 0.5
#: pauses between attempts to reach the store
RETRY_S = 0.25
#: messages kept while the store is away; beyond that they are dropped, and the others will know
MOST_KEPT = 20_000
#: messages read at once
_AT_ONCE = 500
#: senders whose numbers are remembered; commands come and go
_MOST_SEEN = 10_000
_NOTHING = b'{"kind":"nothing","about":[]}'

logger = logging.getLogger("holdall.realtime")

Names = frozenset[str]
Answer = Future[Message | None]
Step = Callable[[], None]


class _Peer(NamedTuple):
    """What is known of another worker: what it wants to be told, and how much it had told."""

    names: Names
    told: int


class StreamBus:
    """Workers join and read the stream; any other process only writes to it."""

    def __init__(self, stream: Stream) -> None:
        self.tag = ids.random_string(TAG_LENGTH)
        self._stream = stream
        self._inbox: Inbox | None = None
        self._interests: Names = frozenset()
        #: what the others have been told that we want
        self._announced: Names = frozenset()
        self._peers: dict[str, _Peer] = {}
        #: guards the order of what is told: numbers, what is kept, what waits to come back
        self._telling = threading.Lock()
        self._told = 0
        self._kept: deque[Entry] = deque()
        self._mine: OrderedDict[int, Step] = OrderedDict()
        self._is_away = False
        self._try_again_at = 0.0
        self._asked: dict[int, tuple[str, Answer]] = {}
        self._numbers = itertools.count(1)
        # the rest belongs to the thread that reads
        self._seen: dict[str, int] = {}
        self._at: Place | None = None
        self._is_caught_up = False
        self._thread: threading.Thread | None = None
        self._is_leaving = threading.Event()

    # --- Transport: any thread ------------------------------------------------------------------

    def join(self, inbox: Inbox, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._inbox = inbox
        answers: list[Answer] = []
        try:
            answers = self._enter()
        except Away as error:
            self._lose(error)
        self._thread = threading.Thread(target=self._work, name="realtime-stream", daemon=True)
        self._thread.start()
        futures.wait(answers, PATIENCE_S)

    def leave(self) -> None:
        self._is_leaving.set()
        if not self._is_away:
            self._say({"kind": "bye"})  # which our own read has waited for, too
        if self._thread is not None:
            self._thread.join(PATIENCE_S * 2)
        if not self._is_away:
            with suppress(Away):
                self._stream.withdraw(self.tag)
        self._stream.close()

    def flush(self) -> None:
        if self._kept:
            with suppress(Away):
                self._send_kept()

    def is_wanted(self, about: Collection[str]) -> bool:
        self._look()
        return bool(self._wanting(about)) or (self._inbox is None and self._is_away)

    def tell(self, message: Message, about: Collection[str] = ()) -> None:
        if self.is_wanted(about):
            self._say(message, about)

    def publish(self, message: Message, about: Collection[str], me: Step | None) -> None:
        # ours too: only what comes back from the stream has its place among what others tell
        if me is not None or self._inbox is None or self._wanting(about):
            self._say(message, about, me=me)

    def ask(self, tag: str, message: Message) -> Answer:
        if tag not in self._peers:
            nobody: Answer = Future()
            nobody.set_result(None)
            return nobody
        return self._ask_each([tag], message)[0]

    def ask_all(self, message: Message, about: Collection[str], me: Step | None) -> list[Answer]:
        return self._ask_each(self._wanting(about), message, me)

    def want(self, interests: Names) -> list[Answer]:
        self._interests = interests
        try:
            self._beat()
        except Away as error:
            with self._telling:
                self._lose(error)
            return []
        message = {"kind": "interests", "names": sorted(interests)}
        answers = self._ask_each(list(self._peers), message)
        if not self._is_away:
            self._announced = interests
        return answers

    # --- telling --------------------------------------------------------------------------------

    def _say(
        self,
        message: Message,
        about: Collection[str] = (),
        *,
        me: Step | None = None,
        is_lasting: bool = True,
    ) -> None:
        """Put ``message`` into the stream; have ``me`` called when it comes back from there.

        Unless it ``is_lasting``, it is of no use to anybody later, when the store is back.
        """
        body = orjson.dumps({**message, "about": [*about]})
        with self._telling:
            self._told += 1
            entry = Entry(self.tag, self._told, body)
            if not self._is_away:
                if me is not None:
                    self._mine[self._told] = me
                try:
                    self._stream.add((entry,), MOST_TOLD)
                except Away as error:
                    self._lose(error)
                else:
                    return
            elif me is not None:
                _make(me)
            if len(self._kept) >= MOST_KEPT:
                self._kept.popleft()  # its number will be missed
            self._kept.append(entry if is_lasting else entry._replace(body=_NOTHING))

    def _send_kept(self) -> None:
        """Send what was kept, oldest first, and go on as usual. Raise ``Away``."""
        with self._telling:
            kept = self._kept
            while kept:
                some = list(itertools.islice(kept, _AT_ONCE))
                self._stream.add(some, MOST_TOLD)
                for _ in some:
                    kept.popleft()
            self._is_away = False

    def _lose(self, error: Exception) -> None:
        """The store is away: what is ours and on its way is done here, in order; nobody answers."""
        if not self._is_away:
            logger.warning("%s is away: %s", self._stream.name, error)
            self._is_away = True
        self._try_again_at = time.monotonic() + RETRY_S
        while self._mine:
            _make(self._mine.popitem(last=False)[1])
        for number in tuple(self._asked):
            self._answer(number, None)

    # --- asking ---------------------------------------------------------------------------------

    def _ask_each(
        self, tags: Sequence[str], message: Message, me: Step | None = None
    ) -> list[Answer]:
        """Ask several at once, by one message that takes its turn."""
        answers: list[Answer] = []
        asked: dict[str, int] = {}
        if self._inbox is not None:  # who does not read hears no answer
            for tag in tags:
                asked[tag] = next(self._numbers)
                answers.append(Future())
                self._asked[asked[tag]] = tag, answers[-1]
        if tags or me is not None:
            self._say({**message, "ask": asked}, me=me, is_lasting=False)
        if self._is_away:
            for number in asked.values():
                self._answer(number, None)
        return answers

    def _answer(self, number: int, message: Message | None) -> None:
        _, answer = self._asked.pop(number, ("", None))
        if answer is not None and not answer.done():
            answer.set_result(message)

    # --- who is there ---------------------------------------------------------------------------

    def _wanting(self, about: Collection[str]) -> list[str]:
        return [
            tag
            for tag, peer in self._peers.items()
            if not about or not peer.names.isdisjoint(about)
        ]

    def _look(self) -> None:
        """Learn who is there. Who is no worker, and so is told nothing, has to ask."""
        if self._inbox is not None or (self._is_away and time.monotonic() < self._try_again_at):
            return
        try:
            self._peers = self._find_peers()
            if self._is_away:
                self._send_kept()
        except Away as error:
            with self._telling:
                self._lose(error)

    def _find_peers(self) -> dict[str, _Peer]:
        found = self._stream.workers()
        said_by = {tag: orjson.loads(said) for tag, said in found.items() if tag != self.tag}
        return {tag: _Peer(frozenset(said["names"]), said["told"]) for tag, said in said_by.items()}

    def _beat(self) -> None:
        """Say that we are there, what we want, and how much we have told."""
        with self._telling:  # what is counted is in the stream
            told = self._kept[0].number - 1 if self._kept else self._told
        said = orjson.dumps({"names": sorted(self._interests), "told": told})
        self._stream.announce(self.tag, said, GONE_AFTER_S)

    # --- the thread that reads ------------------------------------------------------------------

    def _enter(self) -> list[Answer]:
        """Become known, learn who is there, and read from here on, or from where we were.

        The peers answer when they know us.
        """
        self._beat()
        self._is_caught_up = False
        newest = self._stream.newest()
        if self._at is None:
            self._at = newest
        elif newest < self._at:
            self._at = self._stream.start  # a new stream; numbers tell what of it is news
        self._peers = self._find_peers()
        self._send_kept()
        interests = self._interests
        hello = {"kind": "hello", "names": sorted(interests)}
        answers = self._ask_each(list(self._peers), hello)
        if interests != self._announced:
            # what clients have asked for meanwhile nobody has told us
            self._announced = interests
            self._miss()
        return answers

    def _work(self) -> None:
        beat_at = time.monotonic() + BEAT_EVERY_S
        while not self._is_leaving.is_set():
            try:
                if self._is_away:
                    self._enter()
                    beat_at = time.monotonic() + BEAT_EVERY_S
                    logger.warning("%s is there", self._stream.name)
                if time.monotonic() >= beat_at:
                    beat_at = time.monotonic() + BEAT_EVERY_S
                    self._renew()
                self._read()
            except Away as error:
                with self._telling:
                    self._lose(error)
                self._is_leaving.wait(RETRY_S)
            except Exception:
                logger.exception("a message of another worker cannot be taken")

    def _read(self) -> None:
        assert self._at is not None  # noqa: S101 who has entered has a place
        entries = self._stream.read(self._at, _AT_ONCE, READ_S)
        for at, entry in entries:
            self._at = at
            self._receive(*entry)
        self._is_caught_up = len(entries) < _AT_ONCE

    def _renew(self) -> None:
        """Say that we are still there; see who is; look for what was told and never came."""
        self._beat()
        before, now = self._peers, self._find_peers()
        self._stream.trim(TOLD_FOR_S)
        for tag in before.keys() - now.keys():
            self._part_with(tag)
        self._peers = now
        if self._is_caught_up:
            # what was told a whole beat ago has been read by now
            late = [
                tag
                for tag, peer in before.items()
                if self._seen.setdefault(tag, peer.told) < peer.told
            ]
            self._seen.update((tag, before[tag].told) for tag in late)
            if late:
                self._miss()
        if len(self._seen) > _MOST_SEEN:
            self._seen = {tag: number for tag, number in self._seen.items() if tag in now}

    def _part_with(self, tag: str) -> None:
        self._peers = {other: peer for other, peer in self._peers.items() if other != tag}
        for number, (asked, _) in tuple(self._asked.items()):
            if asked == tag:
                self._answer(number, None)

    def _receive(self, tag: str, number: int, body: bytes) -> None:
        if tag == self.tag:
            self._make_mine(number)
            return
        seen = self._seen.get(tag, number - 1)
        if number <= seen:
            return
        self._seen[tag] = number
        if number > seen + 1:
            self._miss()
        self._take(tag, number, orjson.loads(body))

    def _make_mine(self, number: int) -> None:
        """Do what waited for our message to come back, and for those cut off before it."""
        with self._telling:
            mine = self._mine
            due = [mine.popitem(last=False)[1] for _ in range(sum(at <= number for at in mine))]
        for me in due:
            _make(me)

    def _take(self, tag: str, number: int, message: Message) -> None:
        asked = message.pop("ask", {})
        about = message.pop("about")

        def reply(answer: Message) -> None:
            if self.tag in asked:
                said = {**answer, "kind": "answer", "to": tag, "re": asked[self.tag]}
                self._say(said, is_lasting=False)

        match message["kind"]:
            case "nothing":
                pass
            case "answer":
                if message["to"] == self.tag:
                    self._answer(message["re"], message)
            case "hello" | "interests":
                self._peers = {**self._peers, tag: _Peer(frozenset(message["names"]), number)}
                reply({})
            case "bye":
                self._part_with(tag)
            case _ if self._inbox is not None:
                is_for_us = self.tag in asked if asked else self._wants(about)
                if is_for_us:
                    self._inbox(message, reply)

    def _wants(self, about: Sequence[str]) -> bool:
        return not about or not self._interests.isdisjoint(about)

    def _miss(self) -> None:
        logger.error("messages of other workers are lost: all clients have to connect again")
        if self._inbox is not None:
            self._inbox({"kind": "missed"}, lambda _: None)


def _make(step: Step) -> None:
    try:
        step()
    except Exception:
        logger.exception("an event is lost")
