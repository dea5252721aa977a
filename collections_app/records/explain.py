"""Which rule decides about a request, and which of its parts: for designers, not for clients.

The rule is judged by the statements that the acts themselves run, as a whole and part by part.
Nothing is written, whatever the act.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from collections_app.query import judge
from collections_app.query.compile import Selection
from collections_app.query.errors import FilterError
from collections_app.query.parts import Part, parts_of
from collections_app.query.select import select
from collections_app.query.trash import Trash
from collections_app.records import instances, rows, service
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from core_app.errors import ApiError
from core_app.request_info import RequestInfo


class _Act(NamedTuple):
    """A rule, and which rows it is asked of: ``None`` the living, else as ``Trash`` says."""

    rule_name: str
    trash: Trash | None = None


_ONLY, _ALL = Trash(only=True), Trash(only=False)
#: a request may have two: deleting for good has to pass both ``purge`` and ``purge-trash``
ACTS = {
    **{name: _Act(name) for name in ("list", "view", "create", "update", "delete")},
    "restore": _Act("trash", _ONLY),
    "list-trash": _Act("trash", _ONLY),
    "view-trash": _Act("trash", _ONLY),
    "purge": _Act("delete", _ALL),
    "purge-trash": _Act("trash", _ALL),
}
#: lists are counted part by part where there are no more records than this
MOST_COUNTED = 100_000


class Outcome(enum.StrEnum):
    """What the rule comes to."""

    SUPERUSER = "superuser"  # passes every rule
    LOCKED = "locked"  # no rule: superusers only
    OPEN = "open"  # an empty rule: everyone
    PASSES = "passes"
    REFUSES = "refuses"
    FILTERS = "filters"  # lists show what passes
    MISSING = "missing"  # there is no such record, whatever the rule
    BROKEN = "broken"  # the rule or the body cannot be used


@dataclass(frozen=True, slots=True)
class Judged:
    """A part of a rule. ``passes`` is ``None`` where it cannot be asked; ``why`` says so.

    ``matching``: how many records of a list pass it.
    """

    joiner: str
    text: str
    passes: bool | None = None
    matching: int | None = None
    why: str = ""
    parts: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was asked, and what came of it. ``total``: how many records there are, for lists."""

    rule_name: str
    rule: str | None
    outcome: Outcome
    parts: tuple[Judged, ...] = ()
    why: str = ""
    matching: int | None = None
    total: int | None = None


def explain(
    collection: CollectionDef,
    act: str,
    info: RequestInfo,
    record_id: str = "",
    body: Mapping[str, Any] | None = None,
) -> Verdict:
    """Return what decides about ``act`` (one of ``ACTS``) for who asks, as things are now."""
    name, trash = ACTS[act]
    rule = _rule(collection, name)
    if info.is_superuser:
        return Verdict(name, rule, Outcome.SUPERUSER)
    if rule is None:
        return Verdict(name, rule, Outcome.LOCKED)
    if act in ("list", "list-trash"):
        return _of_list(collection, info, rule, name, trash)
    if act == "create":
        return _of_create(collection, info, rule, body or {})
    return _of_record(collection, ACTS[act], info, record_id, rule, body or {})


def _rule(collection: CollectionDef, name: str) -> str | None:
    if name != "trash":
        return collection.rule(name)
    return None if collection.soft_delete is None else collection.soft_delete.trash_rule


def _selection(
    collection: CollectionDef, info: RequestInfo | None, rule: str, trash: Trash | None
) -> Selection:
    """Return the records that pass ``rule``, of the rows that are meant."""
    if trash is None:
        return select(snapshots.current(), collection, info, rule=rule)
    of_living = "" if trash.only else rule
    meant = trash._replace(rule=rule)
    return select(snapshots.current(), collection, info, rule=of_living, trash=meant)


# --- lists: how many records pass -----------------------------------------------------------------


def _of_list(
    collection: CollectionDef, info: RequestInfo, rule: str, name: str, trash: Trash | None
) -> Verdict:
    total = rows.count(collection, trash and _selection(collection, None, "", trash))
    if not rule:
        return Verdict(name, rule, Outcome.OPEN, total=total)

    def count(text: str) -> int:
        return rows.count(collection, _selection(collection, info, text, trash))

    if total > MOST_COUNTED:
        return Verdict(name, rule, Outcome.FILTERS, total=total)
    try:
        matching = count(rule)
    except FilterError as error:
        return Verdict(name, rule, Outcome.BROKEN, why=str(error), total=total)
    parts = _judged(parts_of(rule), lambda text: {"matching": count(text)})
    return Verdict(name, rule, Outcome.FILTERS, parts, matching=matching, total=total)


# --- one record -----------------------------------------------------------------------------------


def _of_create(
    collection: CollectionDef, info: RequestInfo, rule: str, body: Mapping[str, Any]
) -> Verdict:
    if not rule:
        return Verdict("create", rule, Outcome.OPEN)
    snapshot = snapshots.current()
    record, asking = service.new(snapshot, collection, body, info)
    stored = service.values_for_create_rule(collection, record)

    def passes(text: str) -> bool:
        return judge.passes_values(snapshot, collection, asking, stored, rule=text)

    return _decided("create", rule, passes)


def _of_record(
    collection: CollectionDef,
    act: _Act,
    info: RequestInfo,
    record_id: str,
    rule: str,
    body: Mapping[str, Any],
) -> Verdict:
    name, trash = act
    row = rows.fetch_by_id(collection, record_id, trash and _selection(collection, None, "", trash))
    if row is None:
        return Verdict(name, rule, Outcome.MISSING)
    if not rule:
        return Verdict(name, rule, Outcome.OPEN)
    asking = info
    if name == "update" and "@request.body" in rule:
        record = instances.of_row(snapshots.current(), collection, row)
        asking = service.take(collection, record, body, info) or info

    def passes(text: str) -> bool:
        chosen = _selection(collection, asking, text, trash)
        return rows.fetch_by_id(collection, record_id, chosen) is not None

    return _decided(name, rule, passes)


def _decided(name: str, rule: str, passes: Callable[[str], bool]) -> Verdict:
    try:
        outcome = Outcome.PASSES if passes(rule) else Outcome.REFUSES
    except ApiError as error:
        return Verdict(name, rule, Outcome.BROKEN, why=_why(error))
    parts = _judged(parts_of(rule), lambda text: {"passes": passes(text)})
    return Verdict(name, rule, outcome, parts)


def _judged(parts: Sequence[Part], ask: Callable[[str], dict[str, Any]]) -> tuple[Judged, ...]:
    found = []
    for part in parts:
        answer: dict[str, Any]
        try:
            answer = ask(part.text)
        except ApiError as error:
            answer = {"why": _why(error)}
        inner = _judged(part.parts, ask)
        found.append(Judged(part.joiner, part.text, parts=inner, **answer))
    return tuple(found)


def _why(error: ApiError) -> str:
    return error.reason or error.message
