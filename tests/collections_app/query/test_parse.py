"""Tokens -> syntax tree."""

from __future__ import annotations

import pytest

from collections_app.query.errors import FilterError
from collections_app.query.nodes import Call, Compare, Group, Name, Node, Number, Text
from collections_app.query.parse import parse


def shown(node: Node) -> str:
    """Return a tree as text with every bracket that matters."""
    if isinstance(node, Compare):
        return f"{operand(node.left)}{'?' if node.any_row else ''}{node.op}{operand(node.right)}"
    first, *rest = node.items
    return shown_item(first[1]) + "".join(f" {join} {shown_item(item)}" for join, item in rest)


def shown_item(node: Node) -> str:
    return f"({shown(node)})" if isinstance(node, Group) else shown(node)


def operand(item) -> str:
    if isinstance(item, Name):
        return item.text
    if isinstance(item, Call):
        return f"{item.name}({','.join(operand(arg) for arg in item.args)})"
    return repr(item.value)


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("a=1", "a=1.0"),
        ("a?!~'x'", "a?!~'x'"),
        ("a=1 || b=2 && c=3", "a=1.0 || b=2.0 && c=3.0"),
        ("((a=1))", "a=1.0"),
        ("a=1 && (b=2 || c=3)", "a=1.0 && (b=2.0 || c=3.0)"),
        ("(a=1 || b=2) && c=3", "(a=1.0 || b=2.0) && c=3.0"),
        ("a=1 || (b=2 && c=3)", "a=1.0 || b=2.0 && c=3.0"),
        ("a=1 && (b=2 && c=3) || d=4", "a=1.0 && b=2.0 && c=3.0 || d=4.0"),
        ("((a=1 || b=2) || c=3) || d=4", "a=1.0 || b=2.0 || c=3.0 || d=4.0"),
        ("(a=1 || b=2 && c=3) || d=4", "a=1.0 || b=2.0 && c=3.0 || d=4.0"),
        ("a=1 || (b=2 || c=3) && d=4", "a=1.0 || (b=2.0 || c=3.0) && d=4.0"),
        # a group may stand anywhere; what was pending is forgotten
        ("a=1 (b=2)", "a=1.0 && b=2.0"),
        ("a=1 || b=2 (c=3)", "a=1.0 || b=2.0 || c=3.0"),
        ("x = (a=1)", "a=1.0"),
        ("x (a=1)", "a=1.0"),
        ("x = (a=1) && b=2", "a=1.0 && b=2.0"),
        ("f(a, 'x', -1)=null", "f(a,'x',-1.0)=null"),
        ("n=1\0", "n=1.0"),
    ],
)
def test_tree(source, tree):
    assert shown(parse(source)) == tree


def test_literals_are_counted_in_order_of_the_source():
    assert parse("1 = f('a', b, 2) && x (c = 'd')") == Group(
        (
            (
                "&&",
                Compare(
                    Number(1, 0), "=", False, Call("f", (Text("a", 1), Name("b"), Number(2, 2)))
                ),
            ),
            ("&&", Compare(Name("c"), "=", False, Text("d", 3))),
        ),
        depth=1,
    )


def test_forgotten_operand_counts():
    assert parse("'x' = (a = 'b')") == Compare(Name("a"), "=", False, Text("b", 1))


def test_number_out_of_range_is_zero():
    assert parse("a = 1" + "0" * 400) == Compare(Name("a"), "=", False, Number(0, 0))


def test_brackets_without_meaning_nest_without_limit():
    assert shown(parse("(" * 3000 + "a=1" + ")" * 3000)) == "a=1.0"
    source = "a=1"
    for _ in range(190):
        source = f"({source}) && a=1"
    assert parse(source).depth == 1


REFUSED = [
    ("", "empty filter expression"),
    ("   ", "empty filter expression"),
    ("// only", "empty filter expression"),
    ("()", "empty filter expression"),
    ("a=1 && ()", "empty filter expression"),
    ("a = ()", "empty filter expression"),
    ("a", "invalid or incomplete filter expression"),
    ("a =", "invalid or incomplete filter expression"),
    ("a=1 &&", "invalid or incomplete filter expression"),
    ("a=1 (", "invalid formatted group - missing 1 closing bracket(s)"),
    ("&& a=1", 'expected left operand (identifier, function, text or number), got "&&" (join)'),
    ("= 1", 'expected left operand (identifier, function, text or number), got "=" (sign)'),
    ("1abc = 1", 'expected a sign operator, got "abc" (identifier)'),
    ("'a' 'b'", 'expected a sign operator, got "b" (text)'),
    ("a && b", 'expected a sign operator, got "&&" (join)'),
    ("a f(1)", 'expected a sign operator, got "f" (function)'),
    (
        "n = && 1",
        'expected right operand (identifier, function text or number), got "&&" (join)',
    ),
    ("a=1=2", 'expected && or ||, got "=" (sign)'),
    ("a=1 and b=2", 'expected && or ||, got "and" (identifier)'),
    ("(a=1) b", 'expected && or ||, got "b" (identifier)'),
    # the first mistake counts
    ("a=1=2 +", 'expected && or ||, got "=" (sign)'),
    ("(a=1 +) b", "unexpected character '+'"),
    ("a=1 f(!)", "unsupported argument character '!' in function \"f\""),
]


@pytest.mark.parametrize(("source", "reason"), REFUSED)
def test_refused(source, reason):
    with pytest.raises(FilterError) as error:
        parse(source)
    assert error.value.reason == reason


def test_brackets_with_meaning_nest_twenty_deep():
    def nested(depth: int) -> str:
        source = "a=1 || a=1"
        for _ in range(depth - 1):
            source = f"a=1 || a=1 && ({source})"
        return source

    assert parse(nested(20)).depth == 20
    with pytest.raises(FilterError):
        parse(nested(21))
