"""Match-all: where a path leads to several rows, none of them may break the condition.

The rows are looked up once more, beginning at the row at hand and shared with no other condition.
"""

from __future__ import annotations

from dataclasses import replace

from collections_app.query.compare import compare
from collections_app.query.dialects import Dialect
from collections_app.query.joins import Aliases, Joins
from collections_app.query.operands import many_of, side
from collections_app.query.plan import Comparison, Nulls, Operand
from collections_app.query.sides import Side
from collections_app.query.sql import Sql, fill, join


def no_row_breaks(
    dialect: Dialect,
    aliases: Aliases,
    comparison: Comparison,
    left: Side,
    right: Side,
    root: str,
    *,
    root_is_value: bool,
) -> Sql | None:
    """Return the condition that goes with ``left op right``; ``None`` if neither side has many.

    ``root`` is the alias that the paths of this condition begin at. Two sides that both lead to
    several rows are compared row by row, each with each.
    """
    copies: list[Joins] = []

    def copied(operand: Operand, original: Side) -> Side:
        if many_of(operand) is None:
            return replace(original, nulls=Nulls.LIKE_EMPTY)
        joins = Joins(dialect, aliases, root, root_is_value=root_is_value)
        copies.append(joins)
        again = side(dialect, operand, joins)
        return replace(again, is_empty=False, is_filled=False, is_value=False)

    left_again = copied(comparison.left, left)
    right_again = copied(comparison.right, right)
    if not copies:
        return None
    rows = join(" ", (copy.sql() for copy in copies))
    return fill(
        f"NOT EXISTS (SELECT 1 FROM {dialect.no_table} {{}} WHERE NOT ({{}}))",  # noqa: S608
        rows,
        compare(dialect, left_again, comparison.op, right_again),
    )
