import pytest

from collections_app.fields import patterns
from collections_app.fields.patterns import PatternError


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("b", ["abc"], ["ac"]),
        ("^a$", ["a"], ["a\n", "ba"]),
        (r"\Aa\z", ["a"], ["a\n"]),
        ("(?m)^b$", ["a\nb\nc"], ["ab"]),
        ("a.c", ["abc"], ["a\nc"]),
        ("(?s)a.c", ["a\nc"], []),
        (r"^\d$", ["1"], ["٣"]),
        (r"^\w$", ["_"], ["é"]),
        (r"^\s$", [" ", "\t"], ["\v", "\u00a0"]),
        (r"\ba\b", ["éa"], ["ba"]),
        (r"^\B$", [""], []),
        (r"^\pL+$", ["éß日"], ["1"]),
        (r"^\p{Greek}$", ["\u03b1"], ["a"]),
        (r"^\P{Lu}$", ["a"], ["A"]),
        (r"^[[:alpha:][:digit:]]+$", ["a1"], ["_", "é"]),
        (r"^[[:^alpha:]]$", ["1"], ["a"]),
        (r"^[^\D1]$", ["2"], ["1", "a"]),
        ("^[]a]$", ["]", "a"], ["b"]),
        ("^[--a]$", ["-", "A"], ["b"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^a{,2}$", ["a{,2}"], ["aa"]),
        ("^a{01}$", ["a{01}"], ["a"]),
        ("^(?i)k$", ["k", "K", "\u212a"], ["x"]),
        ("^a(?i:b)c$", ["aBc"], ["aBC"]),
        ("(?i)^[^b]$", ["a"], ["b", "B"]),
        ("(?P<n>a)(?P<n>b)(?<m>c)", ["abc"], ["ab"]),
        (r"^\Q.*\E$", [".*"], ["ab"]),
        (r"^\x41\x{1F600}\101\.\-$", ["A😀A.-"], []),
        ("a||b", ["", "x"], []),
    ],
)
def test_compile(pattern, matching, other):
    compiled = patterns.compile(pattern)
    assert all(compiled.search(text) for text in matching)
    assert not any(compiled.search(text) for text in other)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?P=x", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?>a)", "invalid or unsupported Perl syntax: `(?>`"),
        ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
        ("(?<=a)b", "invalid named capture: `(?<=a)b`"),
        ("(?P<a b>x)", "invalid named capture: `(?P<a b>`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"\Z", r"invalid escape sequence: `\Z`"),
        (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a++", "invalid nested repetition operator: `++`"),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a|*", "missing argument to repetition operator: `*`"),
        ("x{1001}", "invalid repeat count: `{1001}`"),
        ("x{2,1}", "invalid repeat count: `{2,1}`"),
        ("a{99999999999}", "invalid repeat count: `{99999999999}`"),
        ("(x{100}){11}", "invalid repeat count: `{11}`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\p{Foo}", r"invalid character class range: `\p{Foo}`"),
        (r"\p", r"invalid character class range: `\p`"),
        ("[a", "missing closing ]: `[a`"),
        ("(a", "missing closing ): `(a`"),
        ("a)", "unexpected ): `a)`"),
        ("a\\", "trailing backslash at end of expression: ``"),
    ],
)
def test_refused(pattern, message):
    with pytest.raises(PatternError) as caught:
        patterns.compile(pattern)
    assert str(caught.value) == f"error parsing regexp: {message}"


def test_deep_nesting_is_refused():
    with pytest.raises(PatternError):
        patterns.compile("(a|" * 2000 + "a" + ")" * 2000)
