"""One comparison -> SQL. Knows operands as SQL with a few facts about them, but no paths.

Source: PocketBase tools/search/filter.go, whose treatment of NULL and '' is kept case by case.
"""

from __future__ import annotations

from collections_app.query.dialects import Dialect
from collections_app.query.plan import Nulls
from collections_app.query.sides import EMPTY_TEXT, Side
from collections_app.query.sql import Sql, fill


def compare(dialect: Dialect, left: Side, op: str, right: Side) -> Sql:
    """Return ``left op right``; in brackets if it is more than one comparison."""
    if op in ("=", "!="):
        return _equal(dialect, left, right, negated=op == "!=")
    if op in ("~", "!~"):
        return _like(dialect, left, right, negated=op == "!~")
    return dialect.ordered(left, op, right)


def _equal(dialect: Dialect, left: Side, right: Side, *, negated: bool) -> Sql:
    equals = dialect.different if negated else dialect.equal
    if Nulls.AS_THEY_ARE in (left.nulls, right.nulls):
        return (dialect.different if negated else dialect.same)(left, right)
    if left.is_empty and right.is_empty:
        return Sql("1 = 0" if negated else "1 = 1")
    if _is_filled(left) or _is_filled(right):
        return equals(_without_null(left), _without_null(right))
    if left.is_empty or right.is_empty:
        other = right if left.is_empty else left
        negation, joiner = ("NOT ", "AND") if negated else ("", "OR")
        return fill(f"({{}} {joiner} {{}} IS {negation}NULL)", equals(other, EMPTY_TEXT), other.sql)
    return equals(dialect.or_empty(left), dialect.or_empty(right))


def _like(dialect: Dialect, left: Side, right: Side, *, negated: bool) -> Sql:
    pattern = dialect.pattern(right) if right.is_value else dialect.containing(right)
    return dialect.like(left, pattern, negated)


def _is_filled(side: Side) -> bool:
    return side.is_filled and side.nulls is not Nulls.ALWAYS_EMPTY


def _without_null(side: Side) -> Side:
    return EMPTY_TEXT if side.is_empty else side
