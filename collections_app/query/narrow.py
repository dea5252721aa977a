"""A cheap test that goes before a condition over related records named in a list.

``tags.name = 'red'`` unpacks the list of every row. If just one tag is red, only rows whose list
has that tag's id in its text can match, and the others need not be unpacked.
"""

from __future__ import annotations

from dataclasses import replace

from collections_app.query.compare import compare
from collections_app.query.dialects import Dialect
from collections_app.query.joins import Aliases, Joins
from collections_app.query.operands import side
from collections_app.query.plan import Column, Comparison, Items, ItemTarget, Operand, Stored, Value
from collections_app.query.sql import Sql, fill


def narrowing(dialect: Dialect, aliases: Aliases, comparison: Comparison, root: str) -> Sql | None:
    """Return a condition that every row meets for which ``comparison`` is true.

    ``None`` where there is none that is cheap: the path must lead from a list in the row itself to
    a column of the records it names, compared with a value such that no record is no match.
    """
    stored, value = comparison.left, comparison.right
    if isinstance(stored, Value):
        stored, value = value, stored
    if not isinstance(stored, Stored) or not isinstance(value, Value):
        return None
    if comparison.op == "!=" or (comparison.op == "=" and value.is_empty):
        return None
    match stored:
        case Stored((Items(field, many=True), ItemTarget(table)), Column()):
            pass
        case _:
            return None
    alias = aliases.new()
    joins = Joins(dialect, aliases, alias)

    def there(operand: Operand) -> Operand:
        return replace(stored, hops=()) if operand is stored else operand

    condition = compare(
        dialect,
        side(dialect, there(comparison.left), joins),
        comparison.op,
        side(dialect, there(comparison.right), joins),
    )
    ids = fill(
        f"SELECT {alias}.{dialect.quote_name('id')} AS id"  # noqa: S608
        f" FROM {dialect.quote_name(table)} AS {alias} WHERE {{}} LIMIT 2",
        condition,
    )
    return dialect.names_the_one(f"{root}.{dialect.quote_name(field)}", ids)
