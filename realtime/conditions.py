"""``Conditions``: what a rule says about each account, found out once, used often.

The same accounts are judged with every change of a collection. What a rule knows of them, and what
it asks of the database for them, differs only in the record. So it is kept until the collections
change or an account's record does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from weakref import WeakKeyDictionary

from collections_app.query.macros import MACROS
from collections_app.query.sql import Sql
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import AuthRecord
from realtime.registry import Group
from realtime.sieve import Sieve
from realtime.topics import Options

#: entries that are kept, then all are dropped
MOST_KEPT = 50_000

#: joins and condition; ``None``: cannot be compiled, so nobody passes
Condition = tuple[Sql, Sql] | None
_Key = tuple[str, str, str, int, int]


class Conditions:
    """What is asked is kept by (collection, rule, table, options, account), what is known by group.

    Not for two threads at the same time.
    """

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        # what the numbers in a key stand for is held, so that they stay its own
        self._kept: dict[_Key, tuple[Options, AuthRecord | None, Condition]] = {}
        self._sieves: WeakKeyDictionary[Group, dict[tuple[str, str | None], Sieve]]
        self._sieves = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._kept)

    def of(
        self,
        snapshot: Snapshot,
        collection_id: str,
        rule: str,
        table: str,
        options: Options,
        auth: AuthRecord | None,
        make: Callable[[], Condition],
    ) -> Condition:
        """Return what ``make`` returned when this was asked for the first time."""
        if not _is_lasting(rule):
            return make()
        self._go_by(snapshot)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        key = (collection_id, rule, table, id(options), id(auth))
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = options, auth, make()
        return kept[2]

    def sieve(
        self,
        snapshot: Snapshot,
        collection_id: str,
        rule: str | None,
        group: Group,
        make: Callable[[], Sieve],
    ) -> Sieve:
        """Return what ``make`` returned when these clients were first asked about."""
        sieve = self.kept_sieve(snapshot, collection_id, rule, group)
        if sieve is None:
            sieve = make()
            self._sieves.setdefault(group, {})[collection_id, rule] = sieve
        return sieve

    def kept_sieve(
        self, snapshot: Snapshot, collection_id: str, rule: str | None, group: Group
    ) -> Sieve | None:
        """Return what ``sieve`` has returned before, if it was asked for."""
        self._go_by(snapshot)
        return self._sieves.get(group, {}).get((collection_id, rule))

    def _go_by(self, snapshot: Snapshot) -> None:
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._kept.clear()
            self._sieves.clear()


@lru_cache(maxsize=1024)
def _is_lasting(rule: str) -> bool:
    """Whether what ``rule`` asks does not depend on the time of day."""
    return not any(name in rule for name in MACROS)
