"""Compiled statements, found again by the shape of what they were compiled from.

A text's shape is its tokens without the values of its literals; what a statement's SQL depends on
beyond that are the states of the questions it asks of the request (``inputs``). So a statement is
found by its key first and then by its answers, question by question.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from collections_app.query import macros
from collections_app.query.compile import Selection
from collections_app.query.inputs import Input
from collections_app.query.parse import number
from collections_app.query.plan import Asked, Condition, Fixed, Given, Slot
from collections_app.query.sql import Sql
from collections_app.query.tokens import Kind, Token
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import RequestInfo

#: Characters of keys and SQL held per snapshot before all are dropped: clients choose the shapes.
MAX_SIZE = 16_000_000


#: what a statement is compiled from
Key = tuple[str | bool, ...]


class Shape(NamedTuple):
    """The shape of a text, and the values of its literals in order."""

    text: str
    literals: list[str | float]


class Statement:
    """One compiled statement. ``ready``: it has no marks, so it is always the same selection.

    ``conditions`` are what it was compiled from.
    """

    __slots__ = ("conditions", "distinct", "joins", "order", "ready", "where")

    def __init__(self, compiled: Selection, conditions: Sequence[Condition]) -> None:
        self.joins, self.where, self.order, self.distinct = compiled
        self.conditions = conditions
        has_marks = self.joins.params or self.where.params or self.order.params
        self.ready = None if has_marks else compiled

    def filled(self, literals: Sequence[Any], answers: Sequence[Any]) -> Selection:
        if self.ready is not None:
            return self.ready
        return Selection(
            _filled(self.joins, literals, answers),
            _filled(self.where, literals, answers),
            _filled(self.order, literals, answers),
            self.distinct,
        )


class _Question:
    """A fork: which statement it is depends on what the request answers."""

    __slots__ = ("branches", "input")

    def __init__(self, question: Input) -> None:
        self.input = question
        self.branches: dict[Hashable, _Question | Statement] = {}


class Statements:
    """The statements of one snapshot."""

    def __init__(self) -> None:
        self._roots: dict[Hashable, _Question | Statement] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._roots)

    def find(self, key: Key, literals: Sequence[Any], info: RequestInfo) -> Selection | None:
        """Return the selection for ``key`` and this request, ``None`` if it is not compiled yet."""
        statement, answers = self.reach(key, info)
        return None if statement is None else statement.filled(literals, answers)

    def reach(self, key: Key, info: RequestInfo) -> tuple[Statement | None, Sequence[Any]]:
        """Return the statement that ``find`` fills in, and the request's answers for it."""
        node = self._roots.get(key)
        if type(node) is Statement:
            return node, ()
        answers: list[Any] = []
        while type(node) is _Question:
            answer = node.input.read(info)
            answers.append(answer)
            node = node.branches.get(node.input.state(answer))
        return node if type(node) is Statement else None, answers

    def keep(
        self,
        key: Key,
        asked: Sequence[tuple[Input, Hashable]],
        compiled: Selection,
        conditions: Sequence[Condition],
    ) -> Statement:
        """Remember a statement under ``key`` and the answers it was compiled for; return it."""
        statement = Statement(compiled, conditions)
        self._size += sum(len(part) for part in key if isinstance(part, str))
        self._size += len(compiled.joins.text) + len(compiled.where.text) + 2_000
        if self._size > MAX_SIZE:
            self._roots.clear()
            self._size = 0
        branches: dict[Hashable, _Question | Statement] = self._roots
        at: Hashable = key
        for question, state in asked:
            node = branches.setdefault(at, _Question(question))
            if not isinstance(node, _Question):
                return statement
            branches, at = node.branches, state
        branches[at] = statement
        return statement


def of(snapshot: Snapshot) -> Statements:
    """Return the statements of ``snapshot``."""
    held: Statements = snapshot.cached("query.statements", Statements)
    return held


def shape_of(tokens: Iterable[Token]) -> Shape:
    """Return the shape of a text; which literals are the empty text is part of it."""
    words: list[str] = []
    literals: list[str | float] = []
    for kind, text, args in tokens:
        if kind is Kind.TEXT:
            words.append("'" if text else "''")
            literals.append(text)
        elif kind is Kind.NUMBER:
            words.append("0")
            literals.append(number(text))
        elif kind is Kind.FUNCTION:
            inner = shape_of(args)
            words.append(f"{text}({inner.text})")
            literals.extend(inner.literals)
        else:
            words.append(text)
    return Shape(" ".join(words), literals)


def _filled(sql: Sql, literals: Sequence[Any], answers: Sequence[Any]) -> Sql:
    if not sql.params:
        return sql
    return Sql(sql.text, tuple([_value(slot, literals, answers) for slot in sql.params]))


def _value(slot: Slot, literals: Sequence[Any], answers: Sequence[Any]) -> Any:
    source, _, change = slot
    kind = type(source)
    if kind is Given:
        value = literals[source.ordinal]  # type: ignore[union-attr]
    elif kind is Asked:
        value = answers[source.index]  # type: ignore[union-attr]
    elif kind is Fixed:
        value = source.value  # type: ignore[union-attr]
    else:
        value = macros.value(source.macro)  # type: ignore[union-attr]
    return value if change is None else change(value)


__all__ = ["Key", "Selection", "Shape", "Statement", "Statements", "of", "shape_of"]
