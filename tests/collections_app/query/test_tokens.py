"""Source text -> tokens."""

from __future__ import annotations

import pytest

from collections_app.query.errors import FilterError
from collections_app.query.tokens import Kind, Token, scan


def words(source: str) -> list[tuple[str, str]]:
    return [(token.kind.value, token.text) for token in scan(source)]


@pytest.mark.parametrize(
    ("source", "tokens"),
    [
        ("a=1", [("identifier", "a"), ("sign", "="), ("number", "1")]),
        (" \t\na \n?!~\t'x'", [("identifier", "a"), ("sign", "?!~"), ("text", "x")]),
        ("a.b_c:lower", [("identifier", "a.b_c:lower")]),
        ("@request.auth.id", [("identifier", "@request.auth.id")]),
        ("#x", [("identifier", "#x")]),
        ("1abc", [("number", "1"), ("identifier", "abc")]),
        ("a@b", [("identifier", "a"), ("identifier", "@b")]),
        ("-1.50", [("number", "-1.50")]),
        ("-.5", [("number", "-.5")]),
        ("&& ||", [("join", "&&"), ("join", "||")]),
        ("a // b = 1\n=", [("identifier", "a"), ("sign", "=")]),
        ("a // b", [("identifier", "a")]),
        ("a\0b", [("identifier", "a")]),
        ("\0", []),
        ("(a)", [("group", "("), ("identifier", "a"), ("end of group", ")")]),
        ("(a // b)", [("group", "("), ("identifier", "a"), ("end of group", ")")]),
        ("", []),
    ],
)
def test_tokens(source, tokens):
    assert words(source) == tokens


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"'it\'s'", "it's"),
        (r"'say \"x\"'", 'say "x"'),
        (r'"it\'s"', "it's"),
        (r"'end\\'", "end\\"),
        (r"'a\nb\tc\rd'", "a\nb\tc\rd"),
        (r"'\b\u0041\%\_'", r"\b\u0041\%\_"),
        ("'a\nb'", "a\nb"),
        ("''", ""),
        ("'a)b'", "a)b"),
    ],
)
def test_text_is_unescaped(source, value):
    assert words(source) == [("text", value)]


def test_groups_nest_without_limit():
    assert len(words("(" * 3000 + "a" + ")" * 3000)) == 6001


def test_group_ends_at_first_bracket_outside_quotes():
    assert [kind for kind, _ in words("(a = ')' ) b")] == [
        "group",
        "identifier",
        "sign",
        "text",
        "end of group",
        "identifier",
    ]


def test_call_keeps_its_arguments():
    source = "strftime('%Y' // why )\n, created, f(-1,),)"
    assert list(scan(source)) == [
        Token(
            Kind.FUNCTION,
            "strftime",
            (
                Token(Kind.TEXT, "%Y"),
                Token(Kind.IDENTIFIER, "created"),
                Token(Kind.FUNCTION, "f", (Token(Kind.NUMBER, "-1"),)),
            ),
        )
    ]


REFUSED = [
    ("title +", "unexpected character '+'"),
    ("a = `x`", "unexpected character '`'"),
    ("é", "unexpected character 'é'"),
    ("a\r\n", r"unexpected character '\r'"),
    ("a\u00a0=", r"unexpected character '\u00a0'"),
    (".a", "unexpected character '.'"),
    (")", "unexpected character ')'"),
    ("1.2.3", "unexpected character '.'"),
    ("title == 1", 'invalid sign operator "=="'),
    ("!", 'invalid sign operator "!"'),
    ("? =", 'invalid sign operator "?"'),
    ("&", 'invalid join operator "&"'),
    ("|||", 'invalid join operator "|||"'),
    ("1.", 'invalid number "1."'),
    ("- 1", 'invalid number "-"'),
    ("a.", 'invalid identifier "a."'),
    ("a:", 'invalid identifier "a:"'),
    ("@", 'invalid identifier "@"'),
    ("_", 'invalid identifier "_"'),
    ("#", 'invalid identifier "#"'),
    ("'x", 'invalid quoted text "\'x"'),
    ('"x\\', r'invalid quoted text "\"x"'),
    ("'a\\qb\\nc", r'''invalid quoted text "'a\\qb\nc"'''),
    ("'a\0b'", 'invalid quoted text "\'a"'),
    ("/* c */", "invalid comment"),
    ("/ a", "invalid comment"),
    ("(", "invalid formatted group - missing 1 closing bracket(s)"),
    ("((a)", "invalid formatted group - missing 1 closing bracket(s)"),
    ("(a // it's\n)", 'invalid quoted text "\'s\\n)"'),
    ("@(1)", 'invalid function name "@"'),
    ("f(!)", "unsupported argument character '!' in function \"f\""),
    ("f(1", "invalid or incomplete function \"f\" (expected ')')"),
    ("f(1 2)", 'expected comma after the last argument in function "f"'),
    ("f(,1)", 'unexpected comma in function "f"'),
    ("f(1,,)", 'unexpected comma in function "f"'),
    ("f(/x)", 'failed to scan comment in function "f": invalid comment'),
    ("f('a)", 'invalid text argument "\'a)" in function "f": invalid quoted text "\'a)"'),
    ("f(a.)", 'invalid identifier argument "a." in function "f": invalid identifier "a."'),
    ("f(-)", 'invalid number argument "-" in function "f": invalid number "-"'),
    (
        "a(b(c(d(1))))",
        'invalid identifier argument "b" in function "a": invalid identifier argument "c" in'
        ' function "b": invalid identifier argument "d" in function "c": max nested function'
        " arguments reached (max: 3)",
    ),
]


@pytest.mark.parametrize(("source", "reason"), REFUSED)
def test_refused(source, reason):
    with pytest.raises(FilterError) as error:
        list(scan(source))
    assert error.value.reason == reason
