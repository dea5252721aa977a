"""A rule -> the parts that ``&&`` and ``||`` join, each as text that is a rule of its own.

Knows no collection and no database. Brackets that change nothing, comments and spacing are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from collections_app.query.nodes import Call, Compare, Group, Name, Node, Number, Operand, Text
from collections_app.query.parse import parse
from core_app import numbers

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"},
)


@dataclass(frozen=True, slots=True)
class Part:
    """One condition, with the operator before it (``""`` for the first). ``parts``: of brackets."""

    joiner: str
    text: str
    parts: tuple[Part, ...] = ()


def parts_of(rule: str) -> tuple[Part, ...]:
    """Return the parts of ``rule`` in order, one at least. Raise ``FilterError``."""
    node = parse(rule)
    items = node.items if isinstance(node, Group) else (("", node),)
    return tuple(_parts(items))


def _parts(items: tuple[tuple[str, Node], ...]) -> Iterator[Part]:
    for at, (joiner, node) in enumerate(items):
        inner = tuple(_parts(node.items)) if isinstance(node, Group) else ()
        yield Part(joiner if at else "", _text(node), inner)


def _text(node: Node) -> str:
    match node:
        case Compare(left, op, any_row, right):
            return f"{_operand(left)} {'?' if any_row else ''}{op} {_operand(right)}"
        case Group(items):
            words = [
                word
                for at, (joiner, item) in enumerate(items)
                for word in ((joiner, _text(item)) if at else (_text(item),))
            ]
            return f"({' '.join(words)})"
        case _:
            assert_never(node)


def _operand(operand: Operand) -> str:
    match operand:
        case Name(text):
            return text
        case Text(value):
            return f"'{value.translate(_ESCAPES)}'"
        case Number(value):
            return numbers.to_text(value)
        case Call(name, args):
            return f"{name}({', '.join(_operand(item) for item in args)})"
        case _:
            assert_never(operand)
