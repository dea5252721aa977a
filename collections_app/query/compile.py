"""Plan -> SQL: the joins, the conditions and the order of one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collections_app.query import every_row, sort
from collections_app.query.compare import compare
from collections_app.query.dialects import Dialect, Joined
from collections_app.query.errors import FilterError
from collections_app.query.joins import Aliases, Joins
from collections_app.query.narrow import narrowing
from collections_app.query.needed import needed
from collections_app.query.operands import right_of_like, side
from collections_app.query.plan import (
    Comparison,
    Condition,
    Elsewhere,
    Marked,
    Operand,
    Plan,
    SortKey,
    Stored,
)
from collections_app.query.sides import Side
from collections_app.query.sql import EMPTY, Sql, fill, join
from collections_app.query.trash import marked


class Selection(NamedTuple):
    """What to select: parts for ``SELECT … FROM table <joins> WHERE <where> ORDER BY <order>``.

    Parts that are not needed have no text. ``distinct``: the joins may bring a row several times.
    """

    joins: Sql
    where: Sql
    order: Sql
    distinct: bool


def compile_plan(
    dialect: Dialect,
    plan: Plan,
    table: str,
    *,
    is_value: bool = False,
    has_reals: bool = False,
) -> Selection:
    """Return the SQL of ``plan`` over ``table``, a quoted name that is also the rows' alias.

    ``is_value``: it is no table but one row of values, which have no column's type; ``has_reals``:
    the numbers among them are real ones, 5 being ``5.0`` as text. The SQL's values are
    ``plan.Slot``s yet. Raise ``FilterError`` for what no database can run.
    """
    aliases = Aliases(dialect)
    joins = Joins(dialect, aliases, table, root_is_value=is_value, root_has_reals=has_reals)
    conditions = _Conditions(dialect, aliases, joins, table)
    where = [conditions.sql(condition) for condition in plan.conditions]
    sort_by = [_sorted_by(dialect, key, joins) for key in plan.sort]
    all_joins = [joins]
    must_be_there = needed(plan.conditions)
    for target in plan.target_rules:
        alias = joins.reach(target.hops)
        rule_joins = Joins(dialect, aliases, alias)
        rule = _Conditions(dialect, aliases, rule_joins, alias).sql(target.rule)
        if target.hops not in must_be_there:
            rule = fill(f"({alias}.{dialect.quote_name('id')} IS NULL OR {{}})", rule)
        where.append(rule)
        all_joins.append(rule_joins)
    joined = sum(len(held) for held in all_joins)
    if joined + sum(1 + len(held) for held in conditions.apart) > dialect.max_joins:
        raise FilterError("too many joins")
    many = [each for held in all_joins for each in held.many]
    keys = zip(plan.sort, sort_by, strict=True)
    order = (_sort_key(dialect, key, by, table, many or None) for key, by in keys)
    return Selection(
        join(" ", (part for part in (held.sql() for held in all_joins) if part)),
        join(" AND ", where),
        join(", ", order),
        bool(many),
    )


class _Conditions:
    """Compiles the conditions of one text, whose paths begin at ``root``."""

    def __init__(self, dialect: Dialect, aliases: Aliases, joins: Joins, root: str) -> None:
        self._dialect = dialect
        self._aliases = aliases
        self._joins = joins
        self._root = root
        #: joins that the statement itself does not have
        self.apart: list[Joins] = []

    def sql(self, condition: Condition) -> Sql:
        """Return a condition that can stand beside AND, OR and NOT."""
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        if isinstance(condition, Marked):
            return Sql(marked(self._dialect, self._root, is_set=condition.is_set))
        if isinstance(condition, Elsewhere):
            return self._elsewhere(condition)
        out = EMPTY
        for joiner, item in condition.items:
            part = self.sql(item)
            out = fill(f"{{}} {'OR' if joiner == '||' else 'AND'} {{}}", out, part) if out else part
        return fill("({})", out)

    def _comparison(self, comparison: Comparison) -> Sql:
        dialect, joins = self._dialect, self._joins
        is_like = comparison.op in ("~", "!~")
        read = right_of_like(comparison.right) if is_like else comparison.right
        left = side(dialect, comparison.left, joins)
        right = side(dialect, read, joins)
        out = compare(dialect, left, comparison.op, right)
        if not comparison.any_row:
            every = every_row.no_row_breaks(
                dialect,
                self._aliases,
                comparison,
                left,
                right,
                self._root,
                root_is_value=joins.root_is_value,
            )
            if every is not None:
                out = fill("({} AND {})", out, every)
        if not joins.root_is_value:
            narrowed = narrowing(dialect, self._aliases, comparison, self._root)
            if narrowed is not None:
                out = fill("({} AND {})", narrowed, out)
        return self._guarded(self._guarded(out, comparison.left), comparison.right)

    def _elsewhere(self, condition: Elsewhere) -> Sql:
        """Return a condition whose other rows do not depend on the row at hand."""
        dialect = self._dialect
        alias = self._aliases.new()
        joins = Joins(dialect, self._aliases, alias)
        self.apart.append(joins)
        there = _Conditions(dialect, self._aliases, joins, alias)
        where = [there.sql(item) for item in condition.conditions]
        if condition.has_trash:
            where.append(Sql(marked(dialect, alias, is_set=False)))
        start, reads = Sql("EXISTS"), Sql("1")
        if condition.link is not None:
            here, of_other = condition.link
            start = fill("{} IN", dialect.or_empty(side(dialect, here, self._joins)).sql)
            reads = dialect.or_empty(side(dialect, of_other, joins)).sql
        return fill(
            f"{{}} (SELECT {{}} FROM {dialect.quote_name(condition.table)} AS {alias}"  # noqa: S608
            " {} WHERE {})",
            start,
            reads,
            joins.sql(),
            join(" AND ", where),
        )

    def _guarded(self, condition: Sql, operand: Operand) -> Sql:
        if not isinstance(operand, Stored) or not operand.guard:
            return condition
        column = f"{self._joins.reach(operand.hops)}.{self._dialect.quote_name(operand.guard)}"
        return fill(f"({{}} AND {self._dialect.is_true(column)})", condition)


def _sorted_by(dialect: Dialect, key: SortKey, joins: Joins) -> Side | None:
    """Return what a path reads, joined with the others; ``None`` where there is no path."""
    return None if isinstance(key.by, str) else side(dialect, key.by, joins)


def _sort_key(
    dialect: Dialect, key: SortKey, by: Side | None, table: str, among: Sequence[Joined] | None
) -> Sql:
    if by is not None:
        return dialect.sort_key(by, key.descending, among)
    if key.by == sort.RANDOM:
        return Sql(dialect.random())
    return Sql(f"{dialect.row_number(table)} {'DESC' if key.descending else 'ASC'}")
