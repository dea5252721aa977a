"""What a rule says of a row by the row's own values, without asking the database.

Comparisons of own columns with values of the request, texts by ``=`` and ``!=``, numbers by all
operators, are answered here as any database answers them; every other comparison stays open. So an
answer is yes, no, or ``None``: the database has to be asked. Joins never take a row away, which is
why an open comparison beside one that fails, or beside ``||`` and one that holds, changes nothing.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from collections_app.query.plan import (
    Asked,
    Column,
    Comparison,
    Condition,
    Conditions,
    Fixed,
    Flag,
    Holds,
    Null,
    Operand,
    Source,
    Stored,
    Value,
)

#: stored values by column; one that is missing leaves the answer open
Values = Mapping[str, Any]
Answer = bool | None
Test = Callable[[Values], Answer]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LARGEST = 2**63


class Known(NamedTuple):
    """``says`` answers for a row. ``needs``: a column and the text without which that is no."""

    says: Test
    needs: tuple[str, str] | None = None


ALWAYS, NEVER = Known(lambda _: True), Known(lambda _: False)
#: nothing is known: the database has to be asked about every row
OPEN = Known(lambda _: None)


def known(conditions: Sequence[Condition], answers: Sequence[Any]) -> Known:
    """Return what ``conditions`` say together; ``answers`` are the request's, as in ``inputs``."""
    parts = [_part(condition, answers) for condition in conditions]
    return Known(_test(_every(parts)), _needed(conditions, answers))


# --- conditions: constants as far as the row does not matter, else tests of it --------------------

_Part = Answer | Test


def _part(condition: Condition, answers: Sequence[Any]) -> _Part:
    if isinstance(condition, Comparison):
        return _comparison(condition, answers)
    if not isinstance(condition, Conditions):
        return None
    ways: list[list[_Part]] = [[]]
    for joiner, item in condition.items:
        if joiner == "||" and ways[-1]:
            ways.append([])
        ways[-1].append(_part(item, answers))
    return _any([_every(way) for way in ways])


def _every(parts: Iterable[_Part]) -> _Part:
    return _joined(parts, decisive=False)


def _any(parts: Iterable[_Part]) -> _Part:
    return _joined(parts, decisive=True)


def _joined(parts: Iterable[_Part], *, decisive: bool) -> _Part:
    """Return parts of which one that is ``decisive`` decides, and else all have to be known."""
    held = list(parts)
    if any(part is decisive for part in held):
        return decisive
    tests = [part for part in held if callable(part)]
    rest = None if None in held else not decisive
    if not tests:
        return rest
    if len(tests) == 1 and rest is not None:
        return tests[0]
    return partial(_ask_each, tests, decisive, rest)


def _ask_each(tests: list[Test], decisive: bool, rest: Answer, values: Values) -> Answer:
    for test in tests:
        found = test(values)
        if found is decisive:
            return decisive
        if found is None:
            rest = None
    return rest


def _test(part: _Part) -> Test:
    return part if callable(part) else lambda _: part


def _needed(conditions: Iterable[Condition], answers: Sequence[Any]) -> tuple[str, str] | None:
    """Return the first column that has to hold a text which the request gives."""
    for condition in conditions:
        if isinstance(condition, Comparison):
            found = _equality(condition, answers)
        elif isinstance(condition, Conditions) and all(
            joiner == "&&" for joiner, _ in condition.items[1:]
        ):
            found = _needed((item for _, item in condition.items), answers)
        else:
            continue
        if found is not None:
            return found
    return None


def _equality(comparison: Comparison, answers: Sequence[Any]) -> tuple[str, str] | None:
    if comparison.op != "=":
        return None
    for stored, given in (
        (comparison.left, comparison.right),
        (comparison.right, comparison.left),
    ):
        if isinstance(given, Value) and isinstance(given.source, Asked):
            column, value = _side(stored, answers), _side(given, answers)
            if column and column.column and value and column.is_text and value.is_text:
                return column.column, value.value
    return None


# --- one comparison -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """A column, or without one a value."""

    is_text: bool
    column: str = ""
    value: Any = ""


def _comparison(comparison: Comparison, answers: Sequence[Any]) -> _Part:
    compare = _OPERATORS.get(comparison.op)
    left, right = _side(comparison.left, answers), _side(comparison.right, answers)
    if compare is None or left is None or right is None or left.is_text is not right.is_text:
        return None
    if left.is_text and comparison.op not in ("=", "!="):
        return None
    if not left.column and not right.column:
        return compare(left.value, right.value)
    types = (str,) if left.is_text else (float, int, bool)
    if left.column and right.column:
        return partial(_two_columns, compare, types, left.column, right.column)
    if left.column:
        return partial(_column_first, compare, types, left.column, right.value)
    return partial(_column_last, compare, types, left.value, right.column)


def _column_first(
    compare: Any, types: tuple[type, ...], column: str, value: Any, values: Values
) -> Answer:
    found = values.get(column)
    return compare(found, value) if type(found) in types else None


def _column_last(
    compare: Any, types: tuple[type, ...], value: Any, column: str, values: Values
) -> Answer:
    found = values.get(column)
    return compare(value, found) if type(found) in types else None


def _two_columns(
    compare: Any, types: tuple[type, ...], left: str, right: str, values: Values
) -> Answer:
    a, b = values.get(left), values.get(right)
    return compare(a, b) if type(a) in types and type(b) in types else None


def _side(operand: Operand, answers: Sequence[Any]) -> _Side | None:
    """Return a side that is compared alike everywhere; ``None`` for any other."""
    match operand:
        case Null():
            return _Side(is_text=True)  # beside texts it is the empty one
        case Flag(value, is_answer=False):
            return _Side(is_text=False, value=int(value))
        case Value(source, lower=False):
            return _given(source, answers)
        case Stored((), Column(name, Holds.TEXT), lower=False, guard=""):
            return _Side(is_text=True, column=name)
        case Stored((), Column(name, Holds.NUMBER | Holds.FLAG), lower=False, guard=""):
            return _Side(is_text=False, column=name)
    return None


def _given(source: Source, answers: Sequence[Any]) -> _Side | None:
    match source:
        case Fixed(value):
            found = value
        case Asked(index):
            found = answers[index]
        case _:
            return None
    if isinstance(found, str):
        return _Side(is_text=True, value=found) if _is_plain(found) else None
    if isinstance(found, (bool, int, float)) and math.isfinite(found) and abs(found) < _LARGEST:
        return _Side(is_text=False, value=found)
    return None


def _is_plain(text: str) -> bool:
    """Whether every database takes ``text`` as a value."""
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False
