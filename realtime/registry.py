"""The clients of this worker: by id, by topic and by who is signed in on them.

Any thread may ask and change it. What it gives out does not change, so nobody waits for anybody.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, get_args

from realtime import topics
from realtime.clients import Client
from realtime.topics import RuleName, Topic

if TYPE_CHECKING:
    from auth_app.signed_in import SignedIn

#: collection id and record id of a signed-in record
AuthKey = tuple[str, str]


class Audience(NamedTuple):
    """Clients that are the same person, or all guests."""

    auth: SignedIn | None
    clients: tuple[Client, ...]


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Group:
    """Clients with the same subscription, and the rule that guards what it brings them.

    It is the same group as long as these are the same clients, signed in as the same records.
    """

    topic: Topic
    rule_name: RuleName
    audiences: tuple[Audience, ...]


class Registry:
    """All open connections of this worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Client] = {}
        self._by_key: dict[str, dict[str, dict[AuthKey | None, set[Client]]]] = {}
        self._groups: dict[tuple[str, RuleName], Group] = {}
        self._bound: dict[str, dict[str, set[Client]]] = {}
        self._interests: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, client: Client) -> None:
        """Let ``client`` be found by its id."""
        with self._lock:
            self._by_id[client.id] = client

    def remove(self, client: Client) -> None:
        """Forget a client; it may have been forgotten already."""
        with self._lock:
            if self._by_id.pop(client.id, None) is not None:
                self._leave(client)

    def get(self, client_id: str) -> Client | None:
        return self._by_id.get(client_id)

    def all(self) -> list[Client]:
        with self._lock:
            return list(self._by_id.values())

    def subscribe(self, client: Client, wanted: Iterable[Topic], auth: SignedIn | None) -> bool:
        """Replace who a client is and all it listens to; ``False`` if it has gone meanwhile."""
        with self._lock:
            if client.id not in self._by_id:
                return False
            self._leave(client)
            client.topics = {topic.text: topic for topic in wanted if topic.text}
            client.auth = auth
            self._enter(client)
            return True

    def rebind(self, key: AuthKey, renew: Callable[[SignedIn], SignedIn | None]) -> None:
        """Give the clients of this record what ``renew`` makes of their sign-in; ``None``: guests.

        It must not ask the registry anything.
        """
        with self._lock:
            for client in tuple(self._bound.get(key[0], {}).get(key[1], ())):
                self._leave(client)
                client.auth = renew(client.auth) if client.auth is not None else None
                self._enter(client)

    def unsubscribe(self, client: Client, text: str) -> bool:
        """Take one subscription away; ``False`` if there was none."""
        with self._lock:
            if text not in client.topics or client.id not in self._by_id:
                return False
            self._leave(client)
            del client.topics[text]
            self._enter(client)
            return True

    def matching(self, name: str, collection_id: str, record_id: str) -> list[Group]:
        """Return the groups that a change of this record concerns."""
        found = []
        with self._lock:
            for key, rule_name in topics.keys_of(name, collection_id, record_id):
                for text, clients in self._by_key.get(key, {}).items():
                    group = self._groups.get((text, rule_name))
                    if group is None:
                        audiences = _audiences(clients)
                        topic = audiences[0].clients[0].topics[text]
                        group = Group(topic, rule_name, audiences)
                        self._groups[text, rule_name] = group
                    found.append(group)
        return found

    def listening(self, text: str) -> tuple[Client, ...]:
        """Return the clients with exactly this subscription."""
        with self._lock:
            audiences = self._by_key.get(text.partition("?")[0], {}).get(text, {})
            return tuple(client for clients in audiences.values() for client in clients)

    def bound_ids(self, collection_id: str) -> list[str]:
        """Return the ids of the records of an auth collection that are signed in here."""
        with self._lock:
            return list(self._bound.get(collection_id, ()))

    def has_bound(self, collection_id: str, record_id: str) -> bool:
        return record_id in self._bound.get(collection_id, ())

    def interests(self) -> frozenset[str]:
        """Return the names that changes must have to concern this worker."""
        with self._lock:
            return frozenset(self._interests)

    def wants(self, about: Collection[str]) -> bool:
        """Whether any of these names is among the interests."""
        return not self._interests.keys().isdisjoint(about)

    def _enter(self, client: Client) -> None:
        auth = client.auth
        key = None if auth is None else (auth.collection_id, auth.id)
        for text, topic in client.topics.items():
            groups = self._by_key.setdefault(topic.key, {})
            groups.setdefault(text, {}).setdefault(key, set()).add(client)
            self._changed(text)
        if key is not None:
            self._bound.setdefault(key[0], {}).setdefault(key[1], set()).add(client)
        self._interests.update(_interests(client))

    def _leave(self, client: Client) -> None:
        auth = client.auth
        key = None if auth is None else (auth.collection_id, auth.id)
        for text, topic in client.topics.items():
            groups = self._by_key[topic.key]
            audiences = groups[text]
            audiences[key].discard(client)
            if not audiences[key]:
                del audiences[key]
            if not audiences:
                del groups[text]
            if not groups:
                del self._by_key[topic.key]
            self._changed(text)
        if key is not None:
            records = self._bound[key[0]]
            records[key[1]].discard(client)
            if not records[key[1]]:
                del records[key[1]]
            if not records:
                del self._bound[key[0]]
        for name in _interests(client):
            self._interests[name] -= 1
            if not self._interests[name]:
                del self._interests[name]

    def _changed(self, text: str) -> None:
        """Make the groups of this subscription anew when they are needed."""
        for rule_name in get_args(RuleName):
            self._groups.pop((text, rule_name), None)


def _audiences(found: dict[AuthKey | None, set[Client]]) -> tuple[Audience, ...]:
    out = []
    for clients in found.values():
        together = tuple(clients)
        out.append(Audience(together[0].auth, together))
    return tuple(out)


def _interests(client: Client) -> list[str]:
    """Return what a change's ``about`` is compared with, once for each topic.

    ``base`` for records, ``base?`` where options make the answer depend on other rows,
    ``id@`` for the collection of whoever is signed in.
    """
    names = []
    for topic in client.topics.values():
        names.append(topic.base)
        if topic.options.query:
            names.append(f"{topic.base}?")
    if client.auth is not None:
        names.append(f"{client.auth.collection_id}@")
    return names
