"""Tokens -> syntax tree. Knows no collection and no database.

Brackets that change nothing are dropped, so ``((a)) && (b && c)`` is three items side by side.
Source: PocketBase's filter grammar (fexpr 0.6), with its rule that a group takes the place of
whatever operand was pending.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from collections_app.query.errors import FilterError, quoted
from collections_app.query.nodes import Call, Compare, Group, Name, Node, Number, Operand, Text
from collections_app.query.tokens import Kind, Token, scan

EMPTY = "empty filter expression"
INCOMPLETE = "invalid or incomplete filter expression"
#: Brackets within brackets that cannot be dropped. SQLite's own parser can end at 21, and at 7 if
#: it meets the inner brackets last; so from DEEP on they come first.
MAX_DEPTH = 20
DEEP = 4

_OPERANDS = (Kind.IDENTIFIER, Kind.TEXT, Kind.NUMBER, Kind.FUNCTION)


def parse(source: str) -> Node:
    """Return the tree of ``source``. Raise ``FilterError`` for what the grammar refuses."""
    return parse_tokens(scan(source))


def parse_tokens(tokens: Iterable[Token]) -> Node:
    """Return the tree of a token stream; tokens are drawn one by one, as errors must be."""
    literals = _Literals()
    level = _Level()
    outer: list[_Level] = []
    for token in tokens:
        if token.kind is Kind.GROUP:
            outer.append(level)
            level = _Level()
        elif token.kind is Kind.GROUP_END:
            group = level.close()
            level = outer.pop()
            level.add_group(group)
        else:
            level.take(token, literals)
    return level.close()


class _Literals:
    """Hands out the ordinals of literals."""

    def __init__(self) -> None:
        self._next = 0

    def operand(self, token: Token) -> Operand:
        if token.kind is Kind.IDENTIFIER:
            return Name(token.text)
        if token.kind is Kind.FUNCTION:
            return Call(token.text, tuple(self.operand(arg) for arg in token.args))
        ordinal = self._next
        self._next += 1
        if token.kind is Kind.TEXT:
            return Text(token.text, ordinal)
        return Number(number(token.text), ordinal)


def number(text: str) -> float:
    """Return the float a number token stands for; 0 if it is out of range, as in PocketBase."""
    value = float(text)
    return value if math.isfinite(value) else 0.0


class _Level:
    """One list of items while it is being read: what came, and what may come next."""

    def __init__(self) -> None:
        self._items: list[tuple[str, Node]] = []
        self._join = "&&"
        self._left: Operand | None = None
        self._sign = ""
        self._expects_join = False

    def take(self, token: Token, literals: _Literals) -> None:
        if self._expects_join:
            if token.kind is not Kind.JOIN:
                raise _unexpected("&& or ||", token)
            self._join = token.text
            self._expects_join = False
            self._left = None
        elif self._left is None:
            if token.kind not in _OPERANDS:
                raise _unexpected("left operand (identifier, function, text or number)", token)
            self._left = literals.operand(token)
        elif not self._sign:
            if token.kind is not Kind.SIGN:
                raise _unexpected("a sign operator", token)
            self._sign = token.text
        else:
            if token.kind not in _OPERANDS:
                raise _unexpected("right operand (identifier, function text or number)", token)
            sign = self._sign
            any_row = sign[0] == "?"
            right = literals.operand(token)
            self._add(Compare(self._left, sign[1:] if any_row else sign, any_row, right))

    def add_group(self, group: Node) -> None:
        """Add a bracketed item; a pending operand is forgotten, a missing join repeated."""
        self._add(group)

    def close(self) -> Node:
        """Return the finished list as one node."""
        if not self._expects_join:
            nothing_yet = not self._items and self._left is None
            raise FilterError(EMPTY if nothing_yet else INCOMPLETE)
        self._unwrap_last(next_join="||")
        if len(self._items) == 1:
            return self._items[0][1]
        depth = 1 + max(_depth(node) for _, node in self._items)
        if depth > MAX_DEPTH:
            raise FilterError("too many nested groups")
        return Group(tuple(self._items if depth < DEEP else _deepest_first(self._items)), depth)

    def _add(self, node: Node) -> None:
        if self._items:
            self._unwrap_last(next_join=self._join)
        self._items.append((self._join, node))
        self._left = None
        self._sign = ""
        self._expects_join = True

    def _unwrap_last(self, next_join: str) -> None:
        """Put the last item's own items in its place where the brackets change nothing."""
        join, node = self._items[-1]
        if not isinstance(node, Group):
            return
        between_ors = (len(self._items) == 1 or join == "||") and next_join == "||"
        if between_ors or all(inner == "&&" for inner, _ in node.items[1:]):
            first = node.items[0][1]
            self._items[-1:] = [(join, first), *node.items[1:]]


def _depth(node: Node) -> int:
    return node.depth if isinstance(node, Group) else 0


def _deepest_first(items: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
    """Return the same condition with the deepest brackets first, where they cost a parser least."""
    terms: list[list[Node]] = []
    for join, node in items:
        if terms and join == "&&":
            terms[-1].append(node)
        else:
            terms.append([node])
    for term in terms:
        term.sort(key=_depth, reverse=True)
    terms.sort(key=lambda term: _depth(term[0]), reverse=True)
    return [("&&" if at else "||", node) for term in terms for at, node in enumerate(term)]


def _unexpected(expected: str, token: Token) -> FilterError:
    return FilterError(f"expected {expected}, got {quoted(token.text)} ({token.kind.value})")
