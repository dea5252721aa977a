import pytest

from collections_app.query.errors import FilterError
from collections_app.query.parse import parse
from collections_app.query.parts import Part, parts_of


def shown(rule):
    return [(part.joiner, part.text) for part in parts_of(rule)]


@pytest.mark.parametrize(
    ("_case", "rule", "expected"),
    [
        ("one", "a=1", [("", "a = 1")]),
        ("two", "a = 1 && b ?~ 'x'", [("", "a = 1"), ("&&", "b ?~ 'x'")]),
        ("mixed", "a=1||b=2&&c=3", [("", "a = 1"), ("||", "b = 2"), ("&&", "c = 3")]),
        ("group", "a = 1 && (b = 2 || c = 3)", [("", "a = 1"), ("&&", "(b = 2 || c = 3)")]),
        (
            "needless brackets",
            "((a = 1)) && (b = 2 && c = 3)",
            [("", "a = 1"), ("&&", "b = 2"), ("&&", "c = 3")],
        ),
        ("comment", "a = 1 // why\n&& b = -1.50", [("", "a = 1"), ("&&", "b = -1.5")]),
        (
            "quotes",
            r"""a = "it's \\ \n" && b = 'x"' """,
            [("", r"a = 'it\'s \\ \n'"), ("&&", """b = 'x"'""")],
        ),
        (
            "call",
            "geoDistance(a.lon, a.lat, 1, 2) < 5",
            [("", "geoDistance(a.lon, a.lat, 1, 2) < 5")],
        ),
    ],
)
def test_parts(_case, rule, expected):
    assert shown(rule) == expected
    # what a part's text says is what it was
    joined = " ".join(word for pair in shown(rule) for word in pair if word)
    assert parse(joined) == parse(rule)


def test_parts_of_brackets():
    [_, group] = parts_of("a = 1 && (b = 2 || c = 3 && (d = 4 || e = 5))")
    assert group.parts == (
        Part("", "b = 2"),
        Part("||", "c = 3"),
        Part("&&", "(d = 4 || e = 5)", (Part("", "d = 4"), Part("||", "e = 5"))),
    )


def test_what_cannot_be_read():
    with pytest.raises(FilterError):
        parts_of("a =")
