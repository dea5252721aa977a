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


Shape = tuple[tuple[str, type[Exception] | None, bool], ...]


def shape(steps: Sequence[Step]) -> Shape | None:
    """Return what the text of one statement for all is made of, the change first.

    ``None`` if there is more than one change, or anything else than conditions.
    """
    ordered = in_order(steps)
    if not ordered[0].changes or any(step.changes or not step.otherwise for step in ordered[1:]):
        return None
    return tuple([(step.text, step.otherwise, step.changes) for step in ordered])


def in_order(steps: Sequence[Step]) -> list[Step]:
    """Return the steps with the change first: so their parameters go with the statement."""
    return sorted(steps, key=_is_condition)


def params(steps: Sequence[Step]) -> list[Any]:
    return [value for step in in_order(steps) for value in step.params]


def _is_condition(step: Step) -> bool:
    return not step.changes


@lru_cache(maxsize=5000)
def dividing_unless_all_holds(steps: Shape) -> str:
    """Return a statement that changes a row, and divides by zero unless all holds."""
    (change, otherwise, _), *conditions = steps
    values = [f"1 / ({text})::int" for text, *_ in conditions]
    if otherwise is not None:
        values.append("1 / (SELECT count(*) FROM changed)")
    return f"WITH changed AS ({change} RETURNING 1) SELECT {', '.join(values)}"


def dividing_unless_it_holds(step: Step) -> str:
    """Return a statement that does what the step does, and divides by zero where it fails."""
    if step.otherwise is None:
        return step.text
    if step.changes:
        return f"WITH changed AS ({step.text} RETURNING 1) SELECT 1 / count(*) FROM changed"  # noqa: S608
    return f"SELECT 1 / ({step.text})::int"
