"""What a query of the console comes to, whichever the database."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from core_app import numbers

MOST_ROWS = 1000

#: what begins with one of these answers with how many rows it changed, all else with rows
WRITES = ("INSERT", "CREATE", "UPDATE", "DELETE", "DROP", "DETACH", "ALTER", "REPLACE")
#: a table whose rows every worker keeps in memory -> the version that tells them to read again
KEPT: dict[str, Any] = {"_collections": "schema", "_params": "settings"}


class QueryFailed(Exception):
    """The database refused; the text is the driver's."""


@dataclass(slots=True)
class Outcome:
    """``columns`` are (name, declared type), ``rows`` hold text or ``None``."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    changed: int = 0
    took_ms: int = 0


def number(value: float) -> str:
    """Return a number as PocketBase shows it."""
    return numbers.to_message(value) if math.isfinite(value) else numbers.to_text(value)
