"""Shapes of texts, and how much is remembered."""

from __future__ import annotations

import pytest

from collections_app.query import cache
from collections_app.query.tokens import scan


@pytest.mark.parametrize(
    ("source", "shape", "literals"),
    [
        ("title = 'a'", "title = '", ["a"]),
        ('title="a"', "title = '", ["a"]),
        ("title = ''", "title = ''", [""]),
        ("n>1.50", "n > 0", [1.5]),
        ("f('a', b, -1)='' (x='y')", "f(' b 0) = '' ( x = ' )", ["a", -1.0, "", "y"]),
        ("", "", []),
    ],
)
def test_shape(source, shape, literals):
    assert cache.shape_of(scan(source)) == (shape, literals)


def test_memory_is_bounded(world, monkeypatch):
    other = world.changed()
    monkeypatch.setattr(cache, "MAX_SIZE", 20_000)
    held = cache.of(other.snapshot)
    for number in range(50):
        other.selection(f"j.key{number} = 'x'")
        assert len(held) <= 10
    assert other.ids("j.k = 'v'") == "p1"
