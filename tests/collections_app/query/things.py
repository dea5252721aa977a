"""One collection of values that databases treat differently, and filters made up over it."""

from __future__ import annotations

import random
import sqlite3
from itertools import zip_longest
from typing import Any

from collections_app.fields import base as field_types
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from tests.collections_app.query.world import World
from tests.makers import boolean, date, geo_point, json_field, number, text
from tests.makers import select as choice

ID = "pbc_things".ljust(15, "0")
TEXTS = [
    "", "1", "1.0", " 1 ", "1e3", "1000", "abc", "ABC", "a%", "a_", "\\", "a\\", "Ä", "ä", "0",
    "-0", ".5", "0.5", "5.", "+7", "0x10", "1e400", "{\"a\":1}", "[1,2]", "null", "true", "\n1",
    "1\u00a0", "ﬀ", "x\ty", "%", "2024-02-30 00:00:00.000Z",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 1.5, 0.1 + 0.2, 1e15, 1e14 + 0.5, 123456789012345680, 1e20, -1e20, 1e-5, 0.0001,
    1e-7, 1000, 0.5, 7, -2.5, 2**53, 1e300, 3.14159265358979, 100, 2460000.5, 1700000000,
]  # fmt: skip
JSONS: list[Any] = [
    None, True, False, 0, 1, 1.5, "1", "", "abc", "a, b: c", [], {}, [1, 2], ["a", "b c"],
    {"a": 1}, {"a": "1", "b": [1, {"c": None}]}, {"a": None}, {"a": True}, {"a": [1.5]}, -2.5,
    1000, "1e3", {"a": {"0": "x"}}, [[1], "q\"uote, x"], "Ä", {"a": "ABC"}, 10**15, 0.1,
]  # fmt: skip
DATES = [
    "", "2024-01-02 03:04:05.678Z", "2020-02-29 00:00:00.000Z", "1999-12-31 23:59:59.999Z",
    "0001-01-01 00:00:00.000Z", "9999-12-31 23:59:59.999Z", "2023-03-31 12:00:00.000Z",
]  # fmt: skip
POINTS = [
    {"lon": 0, "lat": 0}, {"lon": 23.3, "lat": 42.7}, {"lon": 180, "lat": -90},
    {"lon": -0.12, "lat": 51.5},
]  # fmt: skip
LISTS = [[], ["a"], ["a", "b"], ["c", "b", "a"]]

PATHS = [
    "t", "u", "n", "m", "b", "j", "k", "d", "g", "s", "l", "t:lower", "j:lower", "n:lower", "j.a",
    "k.a", "k.b.1.c", "j.0", "k.1", "j.a.0", "g.lon", "g.lat", "l:length", "s:length", "l:each",
    "s:each", "j.a:lower",
]  # fmt: skip
FORMATS = [
    "%Y", "%m-%d", "%H:%M", "%f", "%s", "%j", "%J", "%w", "%W", "%S%%", "%Y-%m-%d %H:%M:%S", "%q",
    "", "x", "%",
]  # fmt: skip
MOMENTS = [
    "d", "t", "n", "j", "0", "1700000000", "2460000.5", "-1", "'2024-02-29'", "'2024-02-30'",
    "'12:30'", "'2024-01-01T10:00:00+02:00'", "'2024-1-1'", "'2024-01-01 25:00'", "j.a", "null",
    "'2024-01-31 10:20:30.4567Z'", "'-0005-01-01'", "'24:00'", "'2024-13-01'", "true",
]  # fmt: skip
MODIFIERS = [
    "unixepoch", "start of month", "start of year", "start of day", "+1 month", "-1 months",
    "+1.5 days", "-3 hours", "+90 minutes", "10 seconds", "+2 years", "weekday 0", "weekday 3",
    "+01:30", "-00:00:30", "auto", "julianday", "nonsense", "+1  day", "+13 month",
    "-0.5 year", "START OF MONTH", "weekday 7", "+1 days ", "0 days", "+99999999 days",
]  # fmt: skip
SIGNS = ["=", "!=", "<", "<=", ">", ">=", "~", "!~"]


def _collection() -> CollectionDef:
    fields = [
        text("id"), text("t"), text("u"), number("n"), number("m"), boolean("b"), json_field("j"),
        json_field("k"), date("d"), geo_point("g"), choice("s", "a", "b", "c", maxSelect=1),
        choice("l", "a", "b", "c", maxSelect=3),
    ]  # fmt: skip
    made = tuple(field_types.from_json(field) for field in fields)
    return CollectionDef(id=ID, name="things", type_name="base", fields=made, list_rule="")


def records() -> list[dict[str, Any]]:
    """Return records that between them hold every value, beside others by chance."""
    source = random.Random(7)
    columns = {
        "t": TEXTS, "u": source.sample(TEXTS, len(TEXTS)), "n": NUMBERS,
        "m": source.sample(NUMBERS, len(NUMBERS)), "j": JSONS,
        "k": source.sample(JSONS, len(JSONS)), "d": DATES, "g": POINTS, "l": LISTS,
        "b": [True, False], "s": ["", "a", "b", "c"],
    }  # fmt: skip
    rows = zip_longest(*columns.values())
    out = []
    for at, row in enumerate(rows):
        values = [source.choice(columns[name]) if at >= len(columns[name]) else value
                  for name, value in zip(columns, row, strict=True)]  # fmt: skip
        out.append({"id": f"r{at:02}".ljust(15, "x"), **dict(zip(columns, values, strict=True))})
    return out


class Things(World):
    """The collection with its records in SQLite."""

    def __init__(self) -> None:
        self.snapshot = Snapshot(1, [_collection()])
        self.database = sqlite3.connect(":memory:")
        self._create(self.snapshot.collections[0])

    def records_of(self, collection: CollectionDef) -> list[dict[str, Any]]:
        return records()


def literal(source: random.Random) -> str:
    kind = source.random()
    if kind < 0.5:
        value = source.choice(TEXTS).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{value}'"
    if kind < 0.8:
        value = source.choice(NUMBERS)
        return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return source.choice(["null", "true", "false", "''", "@now", "@year"])


def moment(source: random.Random) -> str:
    words = ", ".join(f"'{word}'" for word in source.sample(MODIFIERS, source.choice([0, 1, 1, 2])))
    comma = ", " if words else ""
    return f"strftime('{source.choice(FORMATS)}', {source.choice(MOMENTS)}{comma}{words})"


def distance(source: random.Random) -> str:
    args = (source.choice(["g.lon", "g.lat", "n", "t", "j", "5", "-33.5"]) for _ in range(4))
    return f"geoDistance({', '.join(args)})"


def operand(source: random.Random) -> str:
    kind = source.random()
    if kind < 0.45:
        return source.choice(PATHS)
    if kind < 0.85:
        return literal(source)
    return moment(source) if kind < 0.95 else distance(source)


def made_up(source: random.Random) -> str:
    left, right = operand(source), operand(source)
    return f"{left} {'?' * (source.random() < 0.3)}{source.choice(SIGNS)} {right}"
