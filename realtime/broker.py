"""``Broker``: changes in, messages for this worker's clients out, in the order of the commits.

What can be judged, presented and encoded from memory is, in the event loop; a thread does the rest.
Who is signed in on a connection is followed here too, in the same order.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from auth_app.signed_in import SignedIn
from collections_app.records import rows
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from core_app.transactions import read
from realtime import frames
from realtime.changes import Change
from realtime.clients import Batch, Client
from realtime.conditions import Conditions
from realtime.hooks import MessageEvent, before_realtime_message
from realtime.intake import Intake
from realtime.judging import Judge
from realtime.outlet import Outlet
from realtime.presenting import Presenter, depends_on_caller
from realtime.registry import Audience, Group, Registry
from realtime.worker_thread import WorkerThread

#: deletes that were prepared and neither committed nor forgotten
MOST_HELD = 10_000
#: changes that wait; beyond that the clients are sent away rather than told ever later
MOST_WAITING = 100_000
#: audiences that are told of a change in the event loop; more of them take the loop too long
MOST_AT_ONCE = 500

logger = logging.getLogger("holdall.realtime")


class Broker:
    """What it makes goes to the clients through ``outlet``."""

    def __init__(self, registry: Registry, outlet: Outlet) -> None:
        self._registry = registry
        self._outlet = outlet
        self._thread = WorkerThread("realtime-broker")
        self._intake = Intake(outlet, self._thread)
        self._conditions = Conditions()
        self._held: OrderedDict[str, Batch] = OrderedDict()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.stop()

    # --- any thread -------------------------------------------------------------------------------

    def take(self, change: Change) -> None:
        """Tell the subscribers of ``change``, which is committed."""
        if len(self._intake) >= MOST_WAITING:
            logger.error("realtime is too far behind: all its clients have to connect again")
            self._intake.forget()
            self._outlet.dismiss(self._registry.all())
            return
        self._intake.do(partial(self._tell, change), partial(self._tell_at_once, change))

    def prepare(self, change: Change, prepared: Callable[[], None]) -> None:
        """Make the messages of a delete while the database does not know of it; hold them back.

        What was committed before is judged before too, while its relations still are there.
        """
        self._intake.do(partial(self._prepare, change, prepared))

    def send(self, topic: str, data: bytes) -> None:
        """Send ``data`` (JSON) to the clients with exactly this subscription."""
        self._intake.do(lambda: self._pass_on(topic, data, self._registry.listening(topic)))

    def send_to(self, client: Client, topic: str, data: bytes) -> None:
        """Send ``data`` (JSON) to one client."""
        self._intake.do(lambda: self._pass_on(topic, data, (client,)))

    def check_auth(self, collection_id: str, record_id: str = "") -> None:
        """See whether the sign-ins of a record (or of all of a collection) still hold."""
        self._intake.do(partial(self._check_auth, collection_id, record_id))

    # --- the event loop ---------------------------------------------------------------------------

    def _tell_at_once(self, change: Change) -> bool:
        """Tell of a change if memory is enough for that; return whether it was."""
        if self._registry.has_bound(change.collection_id, change.record_id):
            return False
        batch = self._held.pop(change.held, None) if change.held else self._known(change)
        if batch is None:
            return False
        self._outlet.push(batch)
        return True

    def _known(self, change: Change) -> Batch | None:
        """Return the messages of ``change``; ``None`` if something has to be looked up for them.

        Its rules are those of its commit: whoever holds another schema cannot know them.
        """
        snapshot = snapshots.held()
        if snapshot is None or snapshot.version != change.schema:
            return None
        collection = snapshot.by_id.get(change.collection_id)
        if collection is None or depends_on_caller(collection) or before_realtime_message.receivers:
            return None
        judge = Judge(snapshot, collection, change, self._conditions)
        judged: list[tuple[Group, list[Audience]]] = []
        for group in self._matching(change):
            audiences = judge.known(collection.rule(group.rule_name), group)
            if audiences is None or group.topic.options.expand or len(audiences) > MOST_AT_ONCE:
                return None
            judged.append((group, audiences))
        return self._presented(judged, Presenter(snapshot, collection, change))

    # --- the broker's thread ----------------------------------------------------------------------

    def _tell(self, change: Change) -> None:
        if self._registry.has_bound(change.collection_id, change.record_id):
            self._check_auth(change.collection_id, change.record_id)
        batch = self._held.pop(change.held, None) if change.held else None
        if batch is None:
            batch = self._messages(change)
        if batch:
            self._outlet.deliver(batch)

    def _prepare(self, change: Change, prepared: Callable[[], None]) -> None:
        try:
            self._held[change.held] = self._messages(change)
            if len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        finally:
            prepared()

    def _messages(self, change: Change) -> Batch:
        """Return the messages of ``change``, one for all clients that get the same."""
        groups = self._matching(change)
        if not groups:
            return []
        with snapshots.pinned() as snapshot:
            collection = snapshot.by_id.get(change.collection_id)
            if collection is None:
                return []
            judge = Judge(snapshot, collection, change, self._conditions)
            judged: list[tuple[Group, list[Audience]]] = []
            with read():  # the row must not change between two questions about it
                for group in groups:
                    with _one_topic(collection):
                        rule = collection.rule(group.rule_name)
                        judged.append((group, judge.allowed(rule, group)))
            return self._presented(judged, Presenter(snapshot, collection, change))

    def _matching(self, change: Change) -> list[Group]:
        return self._registry.matching(
            change.collection_name, change.collection_id, change.record_id
        )

    def _presented(
        self, judged: Iterable[tuple[Group, list[Audience]]], presenter: Presenter
    ) -> Batch:
        batch: Batch = []
        for group, audiences in judged:
            with _one_topic(presenter.collection):
                batch += self._messages_of(group, audiences, presenter)
        return batch

    def _messages_of(self, group: Group, audiences: list[Audience], presenter: Presenter) -> Batch:
        same: dict[bytes, list[Client]] = {}
        for audience in audiences:
            data = presenter.json(audience, group.topic.options)
            if data is not None:
                same.setdefault(data, []).extend(audience.clients)
        batch: Batch = []
        for data, clients in same.items():
            batch += self._addressed(group.topic.text, data, tuple(clients))
        return batch

    def _pass_on(self, topic: str, data: bytes, clients: tuple[Client, ...]) -> None:
        if clients:
            self._outlet.deliver(self._addressed(topic, data, clients))

    def _addressed(self, name: str, data: bytes, clients: tuple[Client, ...]) -> Batch:
        """Return one frame for all, or one for each if anybody wants to see it before."""
        if not before_realtime_message.receivers:
            return [(clients, frames.frame(name, data))]
        batch: Batch = []
        for client in clients:
            message = heard(client, name, data)
            if message is None:
                self._outlet.dismiss((client,))
            else:
                batch.append(((client,), message))
        return batch

    def _check_auth(self, collection_id: str, record_id: str) -> None:
        with snapshots.pinned() as snapshot:
            collection = snapshot.by_id.get(collection_id)
            wanted = [record_id] if record_id else self._registry.bound_ids(collection_id)
            for id_ in wanted:
                stored = rows.stored_by(collection, "id", id_) if collection else None
                now = SignedIn(collection, stored) if collection and stored else None
                self._registry.rebind((collection_id, id_), partial(_still, now))


def heard(client: Client, name: str, data: bytes) -> bytes | None:
    """Return the frame of a message after its receivers; ``None`` if one of them raised."""
    event = MessageEvent(client, name, data)
    for _receiver, answer in before_realtime_message.send_robust(None, event=event):
        if isinstance(answer, Exception):
            return None
    return frames.frame(event.name, event.data)


def _still(now: SignedIn | None, bound: SignedIn) -> SignedIn | None:
    """Return who a connection belongs to, given the record as it is stored now."""
    if now is None or now.token_key != bound.token_key or _secret(now) != _secret(bound):
        return None
    return now


def _secret(auth: SignedIn) -> object:
    return auth.collection.options["authToken"]["secret"]


@contextmanager
def _one_topic(collection: CollectionDef) -> Iterator[None]:
    """What goes wrong inside costs one topic its event, and no other."""
    try:
        yield
    except Exception:
        logger.exception("an event of %s is lost for a topic", collection.name)
