"""Where a floor above learns of each finished change, still inside its transaction.

One call for each act, however many collections it changed: an import is one entry.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from collections_app.schema.snapshot import Snapshot

Keeper = Callable[[Snapshot, Snapshot], None]

_keepers: list[Keeper] = []
_local = threading.local()


def register(keeper: Keeper) -> None:
    """Have ``keeper`` called with all collections before and after each change."""
    _keepers.append(keeper)


def write(before: Snapshot, after: Snapshot) -> None:
    """Tell the keepers. What one raises undoes the change."""
    if not getattr(_local, "is_paused", False):
        for keeper in _keepers:
            keeper(before, after)


@contextmanager
def paused() -> Iterator[None]:
    """Keep no account of what this thread changes in the block: it is on record already."""
    before = getattr(_local, "is_paused", False)
    _local.is_paused = True
    try:
        yield
    finally:
        _local.is_paused = before
