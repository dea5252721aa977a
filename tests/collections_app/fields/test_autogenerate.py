import re

import pytest

from collections_app.fields.autogenerate import Unsupported, generator


def lengths(pattern):
    generate = generator(pattern)
    return {len(generate()) for _ in range(300)}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("x{3}", {3}),
        ("x?", {0}),
        ("x{2,4}", {2, 3}),
        ("x*", {0, 1, 2, 3, 4, 5}),
        ("x+", {1, 2, 3, 4, 5}),
        ("x{2,}", {2, 3, 4, 5}),
        ("x{8,}", {8}),
    ],
)
def test_the_upper_bound_is_never_reached(pattern, expected):
    assert lengths(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        ("[a-z0-9]{15}", "[a-z0-9]{15}"),
        (".{40}", "[A-Za-z0-9]{40}"),
        (r"(?:ab|cd)-\d{3}", r"(ab|cd)-\d{3}"),
        (r"[^\x00-\x60\x7b-\x{10ffff}]{9}", "[a-z]{9}"),
        ("(?i)ab", "AB"),
    ],
)
def test_form(pattern, form):
    generate = generator(pattern)
    assert all(re.fullmatch(form, generate()) for _ in range(50))


def test_every_branch_comes():
    generate = generator("aa|bb|cc")
    assert {generate() for _ in range(200)} == {"aa", "bb", "cc"}


@pytest.mark.parametrize(
    ("pattern", "operator"),
    [("^a", 9), ("a$", 10), (r"\ba", 11), (r"\Ba", 12), ("(?m)^a", 7), ("(?m)a$", 8), ("()", 2)],
)
def test_what_no_text_can_be_made_from(pattern, operator):
    with pytest.raises(Unsupported, match=f"^unsupported pattern operator {operator}$"):
        generator(pattern)()
