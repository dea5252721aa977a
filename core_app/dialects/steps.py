"""What goes with a commit: a change, and the conditions on which it holds, as one statement.

A change is an INSERT or an UPDATE, a condition an expression that is true or false.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple


class Step(NamedTuple):
    """A statement that a commit comes after.

    One that ``changes`` a row, and if it has ``otherwise``, that is raised where there is none to
    change; a condition, whose ``otherwise`` is raised where it is not true; or, without either, one
    whose turn it is.
    """

    text: str
    params: Sequence[Any]
    otherwise: type[Exception] | None = None
    changes: bool = False
    #: the id of the row that is changed
    row: str = ""


def as_one(steps: Sequence[Step]) -> tuple[str, list[Any], str] | None:
    """Return one statement, its parameters, and the id of the row that it changes.

    It does so if all conditions hold, else it divides by zero. ``None`` if there is more than one
    change, or anything else than conditions.
    """
    change: Step | None = None
    conditions: list[str] = []
    params: list[Any] = []
    for step in steps:
        if step.changes and change is None:
            change = step
        elif step.changes or step.otherwise is None:
            return None
        else:
            conditions.append(step.text)
            params += step.params
    if change is None:
        return None
    must_change = change.otherwise is not None
    text = _all_at_once(change.text, tuple(conditions), must_change=must_change)
    return text, [*change.params, *params], change.row


@lru_cache(maxsize=5000)
def _all_at_once(change: str, conditions: tuple[str, ...], *, must_change: bool) -> str:
    values = [f"1 / ({text})::int" for text in conditions]
    if must_change:
        values.append("1 / (SELECT count(*) FROM changed)")
    return f"WITH changed AS ({change} RETURNING 1) SELECT {', '.join(values)}"


def dividing_unless_it_holds(step: Step) -> str:
    """Return a statement that does what the step does, and divides by zero where it fails."""
    if step.otherwise is None:
        return step.text
    if step.changes:
        return f"WITH changed AS ({step.text} RETURNING 1) SELECT 1 / count(*) FROM changed"  # noqa: S608
    return f"SELECT 1 / ({step.text})::int"
