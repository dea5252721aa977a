"""How far a long act has come, in lines: the first of each subject, then one a second."""

from __future__ import annotations

import time
from collections.abc import Callable

_BETWEEN_LINES_S = 1.0


def sparing(write: Callable[[str], None]) -> Callable[[str], None]:
    """Return what passes few enough ``subject: how far`` lines on to ``write``."""
    subject, told = "", 0.0

    def tell(line: str) -> None:
        nonlocal subject, told
        about = line.partition(":")[0]
        if about != subject or time.monotonic() - told >= _BETWEEN_LINES_S:
            subject, told = about, time.monotonic()
            write(line)

    return tell
