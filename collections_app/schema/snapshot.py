"""``Snapshot``: every collection at one schema version, immutable, replaced as a whole.

``current()`` is what a piece of work goes by: pinned for a request (``pinned``), else the newest.
A process loads a snapshot when the schema version in the database has moved, never otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from collections_app.schema import build
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import sql, versions

Given = ParamSpec("Given")
Result = TypeVar("Result")

#: how often a request begins again because the schema changed under it
_MOST_RUNS = 10


class Snapshot:
    """All collections of one version, and what is derived from them once."""

    def __init__(self, version: int, collections: Iterable[CollectionDef]) -> None:
        self.version = version
        self.collections = tuple(collections)
        self.by_id = {item.id: item for item in self.collections}
        self.by_lower_name = {item.name.lower(): item for item in self.collections}
        #: anything derived from this version alone: compiled statements, shaping functions
        self.cache: dict[Any, Any] = {}
        self._models = build.Models(self)

    def find(self, name_or_id: str) -> CollectionDef | None:
        """Return the collection with this name (in any case), else the one with this id (exact)."""
        return self.by_lower_name.get(name_or_id.lower()) or self.by_id.get(name_or_id)

    def having(self, collection: CollectionDef) -> Snapshot:
        """Return these collections with ``collection`` in place of the one with its id, or added.

        A draft of what a change leads to; the version stays, so never keep it beyond the change.
        """
        if collection.id not in self.by_id:
            return Snapshot(self.version, (*self.collections, collection))
        return Snapshot(
            self.version,
            (collection if item.id == collection.id else item for item in self.collections),
        )

    def without(self, collection: CollectionDef) -> Snapshot:
        """Return these collections but ``collection``; see ``having``."""
        return Snapshot(
            self.version, (item for item in self.collections if item.id != collection.id)
        )

    def model(self, collection: CollectionDef) -> type[RecordModel]:
        """Return the runtime model of ``collection``, made on first need."""
        return self._models.of(collection.id)

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gave for ``key`` the first time. Keys are hashable tuples."""
        try:
            return self.cache[key]
        except KeyError:
            if len(self.cache) > 20_000:
                self.cache.clear()
            value = self.cache[key] = make()
            return value


_newest: Snapshot | None = None
_loading = threading.Lock()


class _Local(threading.local):
    """What this thread's work goes by."""

    snapshot: Snapshot | None = None  # pinned
    may_run_again = False  # see ``by_newest``


_local = _Local()


def current() -> Snapshot:
    """Return the snapshot this thread's work began with, or the newest if nothing is pinned."""
    pinned_one = _local.snapshot
    return pinned_one if pinned_one is not None else newest(versions.read().schema)


def newest(version: int) -> Snapshot:
    """Return the snapshot of ``version``, loading it if this process holds another."""
    global _newest
    held = _newest
    if held is not None and held.version == version:
        return held
    from collections_app.schema import rows

    with _loading:
        held = _newest
        if held is None or held.version != version:
            held = rows.load()
            _newest = held
    return held


def held() -> Snapshot | None:
    """Return the newest snapshot that this process has loaded, without a look at the database."""
    return _newest


@contextmanager
def pinned(snapshot: Snapshot | None = None) -> Iterator[Snapshot]:
    """Let everything in this thread go by one snapshot until the end of the block."""
    before = _local.snapshot
    _local.snapshot = pinned_one = snapshot or current()
    try:
        yield pinned_one
    finally:
        _local.snapshot = before


def renew() -> None:
    """Let this thread's pinned work go on by the newest snapshot: it has changed the schema."""
    if _local.snapshot is not None:
        _local.snapshot = newest(versions.read().schema)


def pin(snapshot: Snapshot | None) -> None:
    """Pin ``snapshot`` to this thread (``None``: let go). For request handling; see ``pinned``."""
    _local.snapshot = snapshot


def by_newest(run: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Return what ``run`` returns. If the schema changes under it and it fails, run it once more.

    The statements of a request that began before a column was renamed fail after it. The same goes
    for what a database ended for the sake of another transaction (a deadlock). One that has
    written something (``settle``) is not run again, and what it raises is raised.
    """
    for _ in range(_MOST_RUNS - 1):
        _local.may_run_again = True
        try:
            return run(*args, **kwargs)
        except Exception as error:
            if not _local.may_run_again or not (_gave_way(error) or has_moved()):
                raise
            renew()
        finally:
            _local.may_run_again = False
    return run(*args, **kwargs)


def _gave_way(error: BaseException | None) -> bool:
    """Return whether ``error`` came of a transaction that the database ended for another one."""
    while error is not None:
        if sql.dialect().may_try_again(error):
            return True
        error = error.__cause__
    return False


def settle() -> None:
    """Let what runs in ``by_newest`` not run again: it has committed something."""
    _local.may_run_again = False


def required_version() -> int | None:
    """In ``by_newest``, before anything is written, return the version that writes are to go by."""
    pinned_one = _local.snapshot
    if pinned_one is None or not _local.may_run_again:
        return None
    return pinned_one.version


def has_moved() -> bool:
    """Return whether there is a newer schema than the one this thread's work is pinned to."""
    pinned_one = _local.snapshot
    return pinned_one is not None and versions.read().schema != pinned_one.version
