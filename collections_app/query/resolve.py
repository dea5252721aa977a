"""Syntax tree -> plan: every name is looked up in the collections; no SQL yet.

Source: PocketBase core/record_field_resolver_runner.go, tools/search/filter.go.
"""

from __future__ import annotations

import re
from typing import assert_never

from collections_app.query import functions, nodes
from collections_app.query.errors import FilterError, quoted
from collections_app.query.macros import MACROS, NUMBERS
from collections_app.query.paths import other_collection, request
from collections_app.query.paths.follow import follow
from collections_app.query.plan import (
    Comparison,
    Condition,
    Conditions,
    Fixed,
    Flag,
    Given,
    Moment,
    Null,
    Operand,
    Stored,
    Value,
)
from collections_app.query.scope import Scope

MAX_EXPRESSIONS = 200

_RESOLVABLE = re.compile(
    r"""\w[\w.:]*
    | @request\.(?:context|method)
    | @request\.(?:auth|body|query|headers)\.[\w.:]*\w
    | @collection\.\w+(?::\w+)?\.[\w.:]*\w""",
    re.VERBOSE | re.ASCII,
)
_KEYWORDS: dict[str, Operand] = {"null": Null(), "true": Flag(True), "false": Flag(False)}


def condition(node: nodes.Node, scope: Scope) -> Condition:
    """Return the plan of a whole rule or filter. Raise ``FilterError``."""
    return _Resolver(scope).node(node)


def path(text: str, scope: Scope) -> Operand:
    """Return what an identifier that is no macro and no keyword stands for."""
    if _RESOLVABLE.fullmatch(text) is None:
        raise FilterError(f"failed to resolve field {quoted(text)}")
    if text[0] != "@":
        return follow(scope, scope.base, (), text.split("."))
    if text.startswith("@collection."):
        return other_collection.resolve(scope, text)
    return request.resolve(scope, text)


class _Resolver:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._left = MAX_EXPRESSIONS

    def node(self, node: nodes.Node) -> Condition:
        if isinstance(node, nodes.Group):
            return Conditions(tuple((join, self.node(item)) for join, item in node.items))
        if self._left == 0:
            raise FilterError("max filter expressions limit reached")
        self._left -= 1
        left = self._side("left", node.left)
        right = self._side("right", node.right)
        return Comparison(left, node.op, node.any_row, right)

    def _side(self, side: str, operand: nodes.Operand) -> Operand:
        try:
            return self._operand(operand)
        except FilterError as error:
            name = getattr(operand, "text", getattr(operand, "name", ""))
            raise FilterError(f"invalid {side} operand {quoted(name)} - {error.reason}") from error

    def _operand(self, operand: nodes.Operand) -> Operand:
        match operand:
            case nodes.Name(text):
                return self._name(text)
            case nodes.Text(value, ordinal) | nodes.Number(value, ordinal):
                source = Given(ordinal) if self._scope.is_client else Fixed(value)
                is_number = isinstance(operand, nodes.Number)
                return Value(source, is_empty=value == "", is_number=is_number)
            case nodes.Call():
                return functions.resolve(operand, self._operand)
            case _:
                assert_never(operand)

    def _name(self, text: str) -> Operand:
        if text in MACROS:
            return Value(Moment(text), is_number=text in NUMBERS)
        keyword = _KEYWORDS.get(text.lower())
        if keyword is not None and text not in self._scope.base.by_name:
            return keyword
        return path(text, self._scope)


def sort_path(text: str, scope: Scope) -> Stored:
    """Return the path that a sort names. Raise ``FilterError`` for anything but a stored value."""
    operand = path(text, scope)
    if not isinstance(operand, Stored) or text.startswith("@request."):
        raise FilterError(f"invalid sort field {quoted(text)}")
    return operand
