"""Taking back what no transaction can: files stored for rows that were never written.

Every write opens a block of ``undoing()``; what is registered inside is run, last first, if that
block or any block around it fails. A batch is one such block around all its writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[], None]


class _Steps(threading.local):
    def __init__(self) -> None:
        self.depth = 0
        self.taken: list[Step] = []


_steps = _Steps()


@contextmanager
def undoing() -> Iterator[None]:
    """Undo the steps registered inside if the block raises; forget them with the outermost."""
    mark = len(_steps.taken)
    _steps.depth += 1
    try:
        yield
    except BaseException:
        while len(_steps.taken) > mark:
            _steps.taken.pop()()
        raise
    finally:
        _steps.depth -= 1
        if _steps.depth == 0:
            _steps.taken.clear()


def on_failure(step: Step) -> None:
    """Register what to do if the act under way fails."""
    _steps.taken.append(step)
