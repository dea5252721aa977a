"""Moments of deletion: each act has its own, so that what it took can be told from all else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from core_app import dates

_A_LITTLE = timedelta(milliseconds=1)

_last = ""
_taking = threading.Lock()


def next_one() -> str:
    """Return the present moment in wire form, or one later than any that was returned before."""
    global _last
    with _taking:
        moment = dates.now()
        if moment <= _last:
            moment = dates.to_wire(dates.from_wire(_last) + _A_LITTLE)
        _last = moment
    return moment


def days_ago(days: int) -> str:
    """Return the moment ``days`` before now in wire form."""
    return dates.to_wire(datetime.now(UTC) - timedelta(days=days))
