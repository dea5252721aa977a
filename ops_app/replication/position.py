"""How far the replica is: written by the process that replicates, read by whoever is asked."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from django.conf import settings

from ops_app.replication.litestream import shown


@dataclass(frozen=True, slots=True)
class Position:
    """Every write that was answered before ``up_to`` is in the replica.

    ``up_to`` is in seconds since the epoch, 0 while nothing has been replicated. ``error`` says
    what keeps the replica from following, ``""`` for nothing.
    """

    url: str
    up_to: float = 0.0
    error: str = ""

    @property
    def behind_s(self) -> float:
        """Seconds of writes that may be missing in the replica."""
        return max(0.0, time.time() - self.up_to)


def read() -> Position | None:
    """Return the position, ``None`` where nothing replicates."""
    if not settings.HOLDALL_REPLICATE:
        return None
    try:
        return Position(**orjson.loads(_path().read_bytes()))
    except FileNotFoundError:
        return Position(shown(settings.HOLDALL_REPLICATE))


def write(position: Position) -> None:
    """Let everyone know."""
    waiting = _path().with_suffix(".new")
    waiting.write_bytes(orjson.dumps(asdict(position)))
    os.replace(waiting, _path())


def _path() -> Path:
    return Path(settings.HOLDALL_DATA_DIR) / ".replica"
