"""Acts on many records that are done as one: all of it, or nothing, stored files included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from collections_app.records.undo import undoing
from core_app.transactions import write


class TakenBack(Exception):
    """Raised inside ``together``: nothing of it shall stay."""


@contextmanager
def together() -> Iterator[None]:
    """One transaction for all that is inside. It ends quietly after ``TakenBack``."""
    try:
        with undoing(), write():
            yield
    except TakenBack:
        return
