"""Which joined rows conditions cannot do without: no row of the base meets them where one lacks."""

from __future__ import annotations

from collections.abc import Iterable

from collections_app.query.plan import (
    Column,
    Comparison,
    Condition,
    Conditions,
    Flag,
    Hop,
    Operand,
    Stored,
    Value,
)

Hops = tuple[Hop, ...]
_NOTHING: frozenset[Hops] = frozenset()


def needed(conditions: Iterable[Condition]) -> frozenset[Hops]:
    """Return the hops to rows that must be there where all ``conditions`` hold.

    A row that is not there has NULL in every column, and NULL is not greater, smaller, alike or
    equal to a value.
    """
    return _NOTHING.union(*(_of(condition) for condition in conditions))


def _of(condition: Condition) -> frozenset[Hops]:
    if isinstance(condition, Comparison):
        return _of_comparison(condition)
    if not isinstance(condition, Conditions):
        return _NOTHING
    ways: list[list[Condition]] = [[]]
    for joiner, item in condition.items:
        if joiner == "||" and ways[-1]:
            ways.append([])
        ways[-1].append(item)
    first, *others = (needed(way) for way in ways)
    return first.intersection(*others)


def _of_comparison(comparison: Comparison) -> frozenset[Hops]:
    left, right = comparison.left, comparison.right
    if comparison.op == "!=":
        return _NOTHING
    if comparison.op == "=":
        sides = [side for side, other in ((left, right), (right, left)) if _is_something(other)]
    else:
        sides = [left, right]
    return _NOTHING.union(*(_rows_of(side) for side in sides))


def _is_something(operand: Operand) -> bool:
    """Whether ``operand`` is a value that NULL does not equal, as an empty one does."""
    if isinstance(operand, Flag):
        return not operand.is_answer
    return isinstance(operand, Value) and not operand.is_empty


def _rows_of(operand: Operand) -> frozenset[Hops]:
    if not isinstance(operand, Stored) or not isinstance(operand.leaf, Column):
        return _NOTHING
    return frozenset(operand.hops[:end] for end in range(1, len(operand.hops) + 1))
