"""``Hub``: realtime in this process. It joins the connections, the broker and the other workers.

A process that takes connections is a worker: it *starts*. Any other process (a command, a shell)
only tells the workers what it commits. ``current()`` is this process's own.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from concurrent import futures
from functools import partial
from typing import Any

from django.conf import settings

from auth_app.signed_in import SignedIn
from collections_app.hooks import RecordEvent
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from core_app import ids
from realtime import limits, redirects, subscriptions
from realtime.broker import Broker
from realtime.bus import TAG_LENGTH, Bus
from realtime.changes import Action, Change, about
from realtime.clients import Client
from realtime.outlet import Outlet
from realtime.presenting import depends_on_caller
from realtime.registry import Registry
from realtime.stream_bus import StreamBus
from realtime.subscriptions import Outcome
from realtime.transport import Message, Reply, Transport
from realtime.worker_thread import WorkerThread

CLIENT_ID_LENGTH = 40
#: how long another worker may take to answer for its connection
ANSWER_S = 3.0
#: how long a delete waits for those who have to judge it before; then they judge it after
PREPARE_S = 3.0

logger = logging.getLogger("holdall.realtime")


class Hub:
    """Realtime in one process. Methods may be called from any thread."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.registry = Registry()
        self.outlet = Outlet()
        self.broker = Broker(self.registry, self.outlet)
        self.is_worker = False
        self._desk = WorkerThread("realtime-desk")
        self._lock = threading.Lock()
        self._saying = threading.Lock()
        self._said: frozenset[str] = frozenset()
        self._is_forgetting = False

    # --- life -------------------------------------------------------------------------------------

    def start(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Become a worker that takes connections; nothing happens the second time.

        ``loop`` is the one that the connections live in. It runs, in another thread.
        """
        with self._lock:
            if self.is_worker:
                return
            if loop is not None:
                self.outlet.attach(loop)
            self.broker.start()
            self._desk.start()
            try:
                self.transport.join(self._take, loop)
            except (OSError, futures.TimeoutError):
                logger.exception("this worker cannot reach others: it has only its own events")
            self.is_worker = True

    def stop(self) -> None:
        """End all streams and stop being a worker."""
        with self._lock:
            if not self.is_worker:
                return
            self.is_worker = False
            self.close_streams()
            self.transport.leave()
            self._desk.stop()
            self.broker.stop()

    def close_streams(self) -> None:
        """End every stream of this worker."""
        self.outlet.dismiss(self.registry.all())

    # --- connections ------------------------------------------------------------------------------

    def new_client(self, ip: str) -> Client:
        """Return a client nobody knows yet. Its id tells which worker has it."""
        rest = ids.random_string(CLIENT_ID_LENGTH - TAG_LENGTH)
        return Client(self.transport.tag + rest, ip, limits.max_pending())

    def forget(self, client: Client) -> None:
        """Let a connection that has ended not be found any more."""
        self.registry.remove(client)
        if self.is_worker and not self._is_forgetting:
            self._is_forgetting = True
            self._desk.do(self._say_less)  # it may have to wait; this is the event loop

    def subscribe(
        self,
        client_id: str,
        ip: str,
        auth: SignedIn | None,
        wanted: Sequence[str],
        *,
        only_check: bool = False,
    ) -> Outcome:
        """Replace what a connection of any worker listens to, or only see whether one may."""
        if self._is_mine(client_id):
            return self._subscribe(client_id, ip, auth, wanted, only_check)
        answer = self._ask_owner(
            client_id,
            {
                "kind": "subscribe",
                "client": client_id,
                "ip": ip,
                "auth": auth and {"collection": auth.collection_id, "stored": dict(auth.stored)},
                "wanted": list(wanted),
                "only_check": only_check,
            },
        )
        return Outcome.NO_CLIENT if answer is None else Outcome(answer["outcome"])

    def redirected(self, client_id: str, ip: str, data: redirects.Answer) -> bool:
        """Give a provider's answer to the connection that waits for it; whether there is one."""
        if self._is_mine(client_id):
            return redirects.deliver(self.registry, self.broker, client_id, ip, data)
        message = {"kind": "redirected", "client": client_id, "ip": ip, "data": dict(data)}
        answer = self._ask_owner(client_id, message)
        return answer is not None and bool(answer["done"])

    def send(self, topic: str, data: bytes) -> None:
        """Send ``data`` (JSON) to everybody, at any worker, with exactly this subscription."""
        if self.is_worker:
            self.broker.send(topic, data)
        self.transport.tell({"kind": "send", "topic": topic, "data": data.decode()})

    # --- changes ----------------------------------------------------------------------------------

    def committed(
        self, action: Action, event: RecordEvent, held: str = "", schema: int = 0
    ) -> None:
        """Tell all subscribers of a change. Called in the order of the commits.

        ``schema`` is the version of the schema that the commit is known to go by.
        """
        names = about(event.collection)
        is_wanted_here = self.is_worker and self.registry.wants(names)
        if not is_wanted_here and not self.transport.is_wanted(names):
            return
        change = Change.of(action, event, held, schema)
        here = partial(self.broker.take, change) if is_wanted_here else None
        self.transport.publish({"kind": "change", **change.to_wire()}, names, here)

    def is_wanted(self, collection: CollectionDef) -> bool:
        """Return whether anybody, at any worker, wants to hear of changes in ``collection``."""
        return self._is_wanted(about(collection))

    def prepare_delete(self, event: RecordEvent) -> str:
        """Have a delete judged while the database still holds all that its rules may look at.

        Called in the deleting transaction, which others cannot see yet. Return the name under
        which the messages are held back, ``""`` where nothing depends on other rows.
        """
        collection = event.collection
        names = about(collection)[:2]
        if not self._is_wanted(names) or not self._must_prepare(collection, names):
            return ""
        change = Change.of("delete", event, ids.random_lower(15))
        answers: list[futures.Future[Any]] = []
        me = None
        if self.is_worker and self.registry.wants(names):
            here: futures.Future[Any] = futures.Future()
            answers.append(here)
            me = partial(self.broker.prepare, change, partial(here.set_result, None))
        answers += self.transport.ask_all({"kind": "prepare", **change.to_wire()}, names, me)
        if futures.wait(answers, PREPARE_S).not_done:
            logger.warning("a delete in %s is judged after it happened", collection.name)
        return change.held

    def auth_collection_changed(self, collection: CollectionDef) -> None:
        """See whether those who are signed in by this collection still are, at every worker."""
        if self.is_worker:
            self.broker.check_auth(collection.id)
        self.transport.tell({"kind": "auth", "collection": collection.id}, (f"{collection.id}@",))

    def _must_prepare(self, collection: CollectionDef, names: tuple[str, ...]) -> bool:
        return bool(
            collection.list_rule
            or collection.view_rule
            or depends_on_caller(collection)
            or self._is_wanted(tuple(f"{name}?" for name in names))
        )

    def _is_wanted(self, names: tuple[str, ...]) -> bool:
        here = self.is_worker and self.registry.wants(names)
        return here or self.transport.is_wanted(names)

    # --- between workers --------------------------------------------------------------------------

    def _take(self, message: Message, reply: Reply) -> None:
        """Take a peer's message; called in the thread or the loop of the transport."""
        match message["kind"]:
            case "change":
                self.broker.take(Change.from_wire(message))
            case "prepare":
                self.broker.prepare(Change.from_wire(message), lambda: reply({}))
            case "send":
                self.broker.send(message["topic"], message["data"].encode())
            case "auth":
                self.broker.check_auth(message["collection"])
            case "missed":
                self.outlet.dismiss(self.registry.all())
            case "subscribe":
                self._desk.do(lambda: reply({"outcome": int(self._subscribe_for(message))}))
            case "redirected":
                self._desk.do(lambda: reply({"done": self._redirected_for(message)}))

    def _subscribe_for(self, message: Message) -> Outcome:
        """Do for another worker what its client asked for."""
        auth, sent = None, message["auth"]
        if sent is not None:
            collection = snapshots.current().by_id.get(sent["collection"])
            auth = SignedIn(collection, sent["stored"]) if collection is not None else None
        return self._subscribe(
            message["client"], message["ip"], auth, message["wanted"], message["only_check"]
        )

    def _redirected_for(self, message: Message) -> bool:
        return redirects.deliver(
            self.registry, self.broker, message["client"], message["ip"], message["data"]
        )

    def _subscribe(
        self,
        client_id: str,
        ip: str,
        auth: SignedIn | None,
        wanted: Sequence[str],
        only_check: bool,
    ) -> Outcome:
        if only_check:
            return subscriptions.check(self.registry, client_id, ip, auth)
        outcome = subscriptions.replace(self.registry, client_id, ip, auth, wanted)
        if outcome is Outcome.DONE:
            # from here on peers tell us; what the account was when the request came may be old
            futures.wait(self._announce_interests(), ANSWER_S)
            if auth is not None:
                self.broker.check_auth(auth.collection_id, auth.id)
        return outcome

    def _announce_interests(self) -> Iterable[futures.Future[Any]]:
        """Tell the peers what to tell us, if that has changed; done when they have answered."""
        with self._saying:
            interests = self.registry.interests()
            if interests == self._said:
                return ()
            self._said = interests
            return self.transport.want(interests)

    def _say_less(self) -> None:
        self._is_forgetting = False
        self._announce_interests()

    def _is_mine(self, client_id: str) -> bool:
        return client_id.startswith(self.transport.tag)

    def _ask_owner(self, client_id: str, message: Message) -> Message | None:
        try:
            return self.transport.ask(client_id[:TAG_LENGTH], message).result(ANSWER_S)
        except futures.TimeoutError:
            logger.warning("worker %s does not answer", client_id[:TAG_LENGTH])
            return None


_current: Hub | None = None
_making = threading.Lock()


def current() -> Hub:
    """Return the hub of this process."""
    global _current
    if _current is None:
        with _making:
            if _current is None:
                _current = Hub(_transport())
    return _current


def _transport() -> Transport:
    if settings.REDIS_URL:
        # only then: most installations have no use for the package
        from realtime.stores.redis import RedisStream

        return StreamBus(RedisStream(settings.REDIS_URL, settings.HOLDALL_REDIS_PREFIX))
    if settings.DATABASE_URL:
        from realtime.stores.postgresql import PostgresStream

        return StreamBus(PostgresStream(settings.DATABASE_URL, settings.HOLDALL_REDIS_PREFIX))
    return Bus(settings.HOLDALL_DATA_DIR / "run")


def _forget_in_child() -> None:
    """What belongs to the parent's threads and sockets is not a forked child's."""
    global _current, _making
    _current, _making = None, threading.Lock()


def _flush() -> None:
    """Let a command's last changes reach the workers before it ends."""
    if _current is not None and not _current.is_worker:
        _current.transport.flush()


os.register_at_fork(after_in_child=_forget_in_child)
atexit.register(_flush)
