"""Taking back what no transaction can: files stored for rows that were never written.

Every write opens a block of ``undoing()``; what is registered inside is run, last first, if that
block or any block around it fails. A batch is one such block around all its writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Step = Callable[[], None]


class _Steps(threading.local):
    def __init__(self) -> None:
        self.depth = 0
        self.taken: list[Step] = []


_steps = _Steps()


class undoing:
    """Undo the steps registered inside if the block raises; forget them with the outermost."""

    __slots__ = ("_mark",)

    def __enter__(self) -> Self:
        self._mark = len(_steps.taken)
        _steps.depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        steps = _steps
        try:
            if kind is not None:
                while len(steps.taken) > self._mark:
                    steps.taken.pop()()
        finally:
            steps.depth -= 1
            if steps.depth == 0:
                steps.taken.clear()


def on_failure(step: Step) -> None:
    """Register what to do if the act under way fails."""
    _steps.taken.append(step)
