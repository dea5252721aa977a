"""Conditions on rows of another collection that are the same for every row of a list.

``@collection.members.user ?= @request.auth.id && @collection.members.channel ?= channel`` joins the
members with every row. Which channels the caller is in can be found once: then each row is only
looked up among them, and comes once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from collections_app.query.needed import needed
from collections_app.query.plan import (
    Changed,
    Column,
    Comparison,
    Condition,
    Conditions,
    Distance,
    Elsewhere,
    Everyone,
    Flag,
    Holds,
    Operand,
    Plan,
    Stored,
    TimeText,
    Value,
)


def found_once(plan: Plan) -> Plan:
    """Return a plan for the same rows whose conditions are ``Elsewhere`` where they can be."""
    labels = Counter(hop.label.lower() for hop in set(_joined(plan)))
    if not labels:
        return plan
    conjuncts = list(_conjuncts(plan.conditions))
    sorted_by = {hop for key in plan.sort for hop in _everyone(key.by)}
    changed = False
    for hop in dict.fromkeys(_joined(plan)):
        if labels[hop.label.lower()] > 1 or hop in sorted_by:
            continue
        about = [item for item in conjuncts if hop in _everyone_of(item)]
        asked = _elsewhere(hop, about)
        if asked is not None:
            at = conjuncts.index(about[0])
            conjuncts[at] = asked
            conjuncts = [item for item in conjuncts if item not in about]
            changed = True
    return replace(plan, conditions=tuple(conjuncts)) if changed else plan


def _elsewhere(hop: Everyone, about: list[Condition]) -> Elsewhere | None:
    """Return all conditions ``about`` the rows of ``hop`` as one, ``None`` if that changes more.

    One row must be there that meets all of them, and it must be told by a value: what could be
    most of the other collection is not collected.
    """
    link: tuple[Stored, Stored] | None = None
    own: list[Comparison] = []
    for item in about:
        if not isinstance(item, Comparison) or not item.any_row:
            return None
        sides = item.left, item.right
        if all(_starts_at(hop, side) or _is_value(side) for side in sides):
            own.append(replace(item, left=_from_there(sides[0]), right=_from_there(sides[1])))
            continue
        if link is not None:
            return None
        link = _link(hop, item)
        if link is None:
            return None
    if (hop,) not in needed(about):
        return None
    if link is not None and not any(_tells(item) for item in own):
        return None
    return Elsewhere(hop.table, hop.has_trash, tuple(own), link)


def _link(hop: Everyone, comparison: Comparison) -> tuple[Stored, Stored] | None:
    """Return the side that reads the row at hand and the one that reads the other collection."""
    if comparison.op != "=":
        return None
    for here, there in (
        (comparison.left, comparison.right),
        (comparison.right, comparison.left),
    ):
        if (
            isinstance(here, Stored)
            and isinstance(there, Stored)
            and _starts_at(hop, there)
            and not here.many
            and _is_text(here)
            and _is_text(there)
        ):
            return here, replace(there, hops=there.hops[1:])
    return None


def _is_text(path: Stored) -> bool:
    leaf = path.leaf
    return isinstance(leaf, Column) and leaf.holds is Holds.TEXT and not path.guard


def _tells(comparison: Comparison) -> bool:
    return comparison.op == "=" and (
        isinstance(comparison.left, (Value, Flag)) or isinstance(comparison.right, (Value, Flag))
    )


def _is_value(operand: Operand) -> bool:
    return isinstance(operand, (Value, Flag))


def _starts_at(hop: Everyone, operand: Operand) -> bool:
    return isinstance(operand, Stored) and operand.hops[:1] == (hop,)


def _from_there(operand: Operand) -> Operand:
    return replace(operand, hops=operand.hops[1:]) if isinstance(operand, Stored) else operand


def _conjuncts(conditions: tuple[Condition, ...]) -> Iterator[Condition]:
    """Yield conditions that hold together exactly where all of ``conditions`` do."""
    for condition in conditions:
        if isinstance(condition, Conditions) and all(
            joiner == "&&" for joiner, _ in condition.items[1:]
        ):
            yield from _conjuncts(tuple(item for _, item in condition.items))
        else:
            yield condition


def _joined(plan: Plan) -> Iterator[Everyone]:
    for condition in plan.conditions:
        yield from _everyone_of(condition)
    for key in plan.sort:
        yield from _everyone(key.by)


def _everyone_of(condition: Condition) -> Iterator[Everyone]:
    if isinstance(condition, Comparison):
        yield from _everyone(condition.left)
        yield from _everyone(condition.right)
    elif isinstance(condition, Conditions):
        for _, item in condition.items:
            yield from _everyone_of(item)


def _everyone(operand: Operand | str | None) -> Iterator[Everyone]:
    match operand:
        case Stored((Everyone() as hop, *_)):
            yield hop
        case Distance(lon_a, lat_a, lon_b, lat_b):
            for part in (lon_a, lat_a, lon_b, lat_b):
                yield from _everyone(part)
        case TimeText(_, time, _):
            yield from _everyone(time)
        case Changed(_, sent, stored):
            yield from _everyone(sent)
            yield from _everyone(stored)
