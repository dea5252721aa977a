"""Hops -> joins. Paths that begin alike share the rows they join."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import assert_never

from collections_app.query.dialects import Dialect, Joined
from collections_app.query.errors import FilterError, quoted
from collections_app.query.plan import (
    Back,
    Caller,
    Everyone,
    Hop,
    Items,
    ItemTarget,
    Slot,
    SubmittedItems,
    SubmittedTargets,
    ToOne,
)
from collections_app.query.sql import Sql
from collections_app.query.sql import join as join_sql
from collections_app.query.texts import like_pattern
from collections_app.query.trash import marked


class Aliases:
    """Hands out quoted names that no table can have."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._numbers: Iterator[int] = count(1)

    def new(self) -> str:
        return self._dialect.quote_name(f"#{next(self._numbers)}")


class Joins:
    """The joins of one FROM clause, in order, each there once.

    ``root`` is the alias that the paths begin at; ``root_is_value`` if it is no table, and
    ``root_has_reals`` if its numbers are none that a table would hold.
    """

    def __init__(
        self,
        dialect: Dialect,
        aliases: Aliases,
        root: str,
        *,
        root_is_value: bool = False,
        root_has_reals: bool = False,
    ) -> None:
        self._dialect = dialect
        self._aliases = aliases
        self.root_is_value = root_is_value
        self.root_has_reals = root_has_reals
        self._by_hops: dict[tuple[Hop, ...], str] = {(): root}
        self._at: dict[tuple[Hop, ...], int] = {}  # the places of joins in ``_parts``
        self._by_label: dict[tuple[tuple[Hop, ...], str], Back | Everyone] = {}
        self._parts: list[Sql] = []
        #: those that may bring several rows, in order
        self.many: list[Joined] = []

    def reach(self, hops: tuple[Hop, ...]) -> str:
        """Return the alias of the rows at the end of ``hops``, joining what is not joined yet.

        Raise ``FilterError`` if the names of two hops differ in case alone.
        """
        known = self._by_hops.get(hops)
        if known is not None:
            return known
        start = self.reach(hops[:-1])
        namesake = self._namesake(hops)
        if namesake is not None:
            return self._replace(namesake, hops)
        alias = self._by_hops[hops] = self._aliases.new()
        self._at[hops] = len(self._parts)
        self._parts.append(self._join(hops[-1], start, alias))
        if hops[-1].many:
            are_items = isinstance(hops[-1], (Items, SubmittedItems))
            self.many.append(Joined(alias, are_items))
        return alias

    def __len__(self) -> int:
        return len(self._parts)

    def sql(self) -> Sql:
        """Return all joins, ready to follow the first table."""
        return join_sql(" ", self._parts)

    def _namesake(self, hops: tuple[Hop, ...]) -> Hop | None:
        """Return the other collection that was joined under the label of the last hop, if any.

        Names differ in more than case, as PocketBase makes aliases of them.
        """
        hop = hops[-1]
        if not isinstance(hop, (Back, Everyone)):
            return None
        place = hops[:-1], hop.label.lower()
        held = self._by_label.setdefault(place, hop)
        if held == hop:
            return None
        if isinstance(hop, Back) or held.label != hop.label:
            raise FilterError(f"ambiguous name {quoted(hop.label)}")
        self._by_label[place] = hop
        return held

    def _replace(self, namesake: Hop, hops: tuple[Hop, ...]) -> str:
        """Let one alias for two collections mean the later one, also where it was read before.

        PocketBase does so. What the later collection does not have, the database refuses.
        """
        before = (*hops[:-1], namesake)
        alias = self._by_hops[hops] = self._by_hops.pop(before)
        self._at[hops] = self._at.pop(before)
        self._parts[self._at[hops]] = self._join(hops[-1], self._by_hops[hops[:-1]], alias)
        return alias

    def _join(self, hop: Hop, start: str, alias: str) -> Sql:
        dialect = self._dialect
        name = dialect.quote_name
        alive = ""
        if getattr(hop, "has_trash", False):
            alive = f" AND {marked(dialect, alias, is_set=False)}"
        match hop:
            case ToOne(column, table):
                return Sql(
                    f"LEFT JOIN {name(table)} AS {alias}"
                    f" ON {alias}.{name('id')} = {start}.{name(column)}{alive}"
                )
            case Items(column):
                items = dialect.items_of_column(f"{start}.{name(column)}")
                return Sql(f"LEFT JOIN {items} AS {alias}{dialect.always}")
            case ItemTarget(table):
                return Sql(
                    f"LEFT JOIN {name(table)} AS {alias}"
                    f" ON {alias}.{name('id')} = {start}.value{alive}"
                )
            case Back(table, column, _, in_list):
                own, there = f"{start}.{name('id')}", f"{alias}.{name(column)}"
                condition = dialect.has_item(there, own) if in_list else f"{there} = {own}"
                return Sql(f"LEFT JOIN {name(table)} AS {alias} ON {condition}{alive}")
            case Everyone(table):
                condition = f" ON {alive.removeprefix(' AND ')}" if alive else dialect.always
                return Sql(f"LEFT JOIN {name(table)} AS {alias}{condition}")
            case Caller(table, record_id):
                return Sql(
                    f"LEFT JOIN {name(table)} AS {alias}"
                    f" ON {alias}.{name('id')} = {dialect.mark}{alive}",
                    (Slot(record_id, change=_id_of_row),),
                )
            case SubmittedItems(_, items, _, as_pattern):
                items_of = dialect.items_of_pattern if as_pattern else dialect.items_of_list
                rows = items_of(dialect.mark)
                slot = Slot(items, change=like_pattern if as_pattern else None)
                return Sql(f"LEFT JOIN {rows} AS {alias}{dialect.always}", (slot,))
            case SubmittedTargets(_, table, ids):
                return Sql(
                    f"LEFT JOIN {name(table)} AS {alias} ON {alias}.{name('id')} IN"  # noqa: S608
                    f" (SELECT value FROM {dialect.items_of_list(dialect.mark)}){alive}",
                    (Slot(ids),),
                )
            case _:
                assert_never(hop)


def _id_of_row(answer: tuple[str, str]) -> str:
    """Return the id out of what ``inputs.AuthRow`` answers."""
    return answer[1]
