"""Moments in the one form that is stored and sent: ``2024-01-02 03:04:05.678Z``, always UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache


def now() -> str:
    """Return the present moment in wire form, milliseconds truncated."""
    seconds, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_second(seconds)}.{milliseconds:03}Z"


def to_wire(moment: datetime) -> str:
    """Return an aware ``moment`` in wire form, milliseconds truncated."""
    return moment.astimezone(UTC).isoformat(" ", "milliseconds").removesuffix("+00:00") + "Z"


def from_wire(text: str) -> datetime:
    """Return the moment that ``text`` (wire form) names. Raise ``ValueError`` on other forms."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    """Return the wire form up to the whole second since 1970, which many moments share."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ").removesuffix("+00:00")
