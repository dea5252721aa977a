"""The door for everyone who reads rows: rule, filter and sort -> ``Selection``."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from django.db import connection

from collections_app.query import cache, dialects, related_rules
from collections_app.query.compile import Selection, compile_plan
from collections_app.query.elsewhere import found_once
from collections_app.query.errors import FilterError, ForbiddenIdentifier
from collections_app.query.known import OPEN, Known, known
from collections_app.query.parse import EMPTY, parse
from collections_app.query.plan import Condition, Conditions, Marked, Plan
from collections_app.query.resolve import condition
from collections_app.query.scope import Questions, Scope
from collections_app.query.sort import resolve_sort
from collections_app.query.tokens import scan
from collections_app.query.trash import Trash
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import NO_REQUEST, RequestInfo

MAX_FILTER_BYTES = 3500
#: what a row of values is called in place of its table: no table can have this name
NEW_ROW = "#new"
_NO_FILTER = cache.Shape("", [])


def select(
    snapshot: Snapshot,
    collection: CollectionDef,
    info: RequestInfo | None,
    *,
    rule: str = "",
    filter: str = "",
    sort: str = "",
    new_row: str = "",
    was_stored: bool = False,
    trash: Trash | None = None,
    is_list: bool = False,
) -> Selection:
    """Return how to select the records of ``collection`` that pass ``rule`` and ``filter``.

    ``rule`` is the designer's and may read everything. ``filter`` and ``sort`` are the client's:
    unless ``info`` is a superuser's, they may not use hidden fields, nor reveal records that the
    caller may not list. Without ``info`` (Python callers) they are unrestricted too. The table is
    referred to by its quoted name; ``new_row`` names another one-row table in its place, for a
    record that is not in the table. Unless it ``was_stored``, nothing can refer to such a record,
    and paths to what does are refused. Rows in the trash are selected only where ``trash`` says
    so. ``is_list``: for many rows, so what is the same for all of them is best asked once, first.
    Raise ``FilterError``.
    """
    sees_all = info is None or info.is_superuser
    shape = _NO_FILTER
    if filter:
        if info is not None:
            _check_length(filter)
        shape = _shape(filter)
    key: cache.Key = (collection.id, rule, shape.text, sort, sees_all, new_row, was_stored)
    if trash is not None:
        key = (*key, *trash)
    if is_list:
        key = (*key, "list")
    statements = cache.of(snapshot)
    request = info or NO_REQUEST
    found = statements.find(key, shape.literals, request)
    if found is None:
        questions = Questions(request)
        designer = Scope(
            snapshot.find,
            collection,
            questions,
            sees_all=True,
            is_new_row=bool(new_row) and not was_stored,
            sees_trash=trash is not None,
        )
        client = replace(designer, sees_all=sees_all, is_client=True, walked={})
        conditions = _allowed(designer, rule, trash, has_trash=collection.has_trash and not new_row)
        plan = _plan(conditions, client, filter, sort)
        if is_list:
            plan = found_once(plan)
        dialect = dialects.of(connection.vendor)
        table = dialect.quote_name(new_row or collection.table)
        compiled = compile_plan(
            dialect,
            plan,
            table,
            is_value=bool(new_row),
            has_reals=designer.is_new_row,
        )
        statement = statements.keep(key, questions.asked, compiled, plan.conditions)
        found = statement.filled(shape.literals, questions.answers)
    return found


def known_of(snapshot: Snapshot, collection: CollectionDef, info: RequestInfo, rule: str) -> Known:
    """Return what ``rule`` says of a stored record by its own values alone.

    That is as the statement for a row of values says it. Raise ``FilterError`` as ``select`` does.
    """
    select(snapshot, collection, info, rule=rule, new_row=NEW_ROW, was_stored=True)
    key = (collection.id, rule, "", "", info.is_superuser, NEW_ROW, True)
    statement, answers = cache.of(snapshot).reach(key, info)
    # statements may be dropped at any moment; then nothing is known
    return OPEN if statement is None else known(statement.conditions, answers)


def where(
    snapshot: Snapshot,
    collection: CollectionDef,
    info: RequestInfo | None,
    text: str,
    alias: str,
) -> Selection:
    """Return the condition ``text`` about the row that another statement calls ``alias``.

    The text is a designer's and may read everything; rows in the trash are rows like any other.
    The joins begin at that row. Raise ``FilterError``.
    """
    shape = _shape(text)
    key: cache.Key = (collection.id, "where", shape.text, alias)
    statements = cache.of(snapshot)
    request = info or NO_REQUEST
    found = statements.find(key, shape.literals, request)
    if found is None:
        questions = Questions(request)
        scope = Scope(
            snapshot.find, collection, questions, sees_all=True, is_client=True, sees_trash=True
        )
        plan = Plan((condition(parse(text), scope),), (), ())
        dialect = dialects.of(connection.vendor)
        compiled = compile_plan(dialect, plan, dialect.quote_name(alias))
        statement = statements.keep(key, questions.asked, compiled, plan.conditions)
        found = statement.filled(shape.literals, questions.answers)
    return found


def check_client_text(filter: str, sort: str) -> None:
    """Raise ``ForbiddenIdentifier`` if a client that is no superuser names ``@collection.`` or
    ``@request.`` anywhere, even inside quotes."""
    for text in (filter, sort):
        for name in ("@collection.", "@request."):
            if name in text:
                raise ForbiddenIdentifier(f"Only superusers can filter by {name}")


@lru_cache(maxsize=2_000)
def _shape(filter: str) -> cache.Shape:
    """Return the shape of a filter; apps send the same ones again and again."""
    try:
        shape = cache.shape_of(scan(filter))
    except FilterError:
        parse(filter)  # finds what is wrong first, word by word
        raise
    if not shape.text:
        raise FilterError(EMPTY)
    return shape


def _check_length(filter: str) -> None:
    if len(filter) * 4 > MAX_FILTER_BYTES and len(filter.encode()) > MAX_FILTER_BYTES:
        raise FilterError("max filter length limit reached")


def _allowed(
    designer: Scope, rule: str, trash: Trash | None, *, has_trash: bool
) -> list[Condition]:
    """Return what a row must meet to be there and to be the caller's to see."""
    allowed = [condition(parse(rule), designer)] if rule else []
    if not has_trash:
        return allowed
    if trash is None:
        return [Marked(False), *allowed]
    allowed_dead = [condition(parse(trash.rule), designer)] if trash.rule else []
    if trash.only:
        return [Marked(True), *allowed_dead]
    if not allowed and not allowed_dead:
        return []
    living = (("||", Marked(False)), *(("&&", item) for item in allowed))
    dead = (("||", Marked(True)), *(("&&", item) for item in allowed_dead))
    return [Conditions((*living, *dead))]


def _plan(conditions: list[Condition], client: Scope, filter: str, sort: str) -> Plan:
    if filter:
        conditions.append(condition(parse(filter), client))
    keys = resolve_sort(sort, client) if sort else ()
    return Plan(tuple(conditions), related_rules.of_walked(client), keys)


__all__ = ["NEW_ROW", "Known", "Selection", "check_client_text", "known_of", "select", "where"]
