"""Values between psycopg and us, in the forms that SQLite's driver takes and gives.

Parameters have no type of their own: the server takes each as what its place in the statement says
(1 is a flag for a flag's column). Numbers come back as ``int`` where they are whole, JSON as
compact text, moments and whatever else there is as text.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.types.string import TextLoader

from core_app import numbers

#: a point, whose keys jsonb has put in another order
_POINT = re.compile(r'\{"lat": (-?[\d.]+), "lon": (-?[\d.]+)\}')
#: where jsonb may have written a number as clients do not get it: ``1e+21``, ``1e-7``
_MAY_DIFFER = re.compile(r"[0-9]{16}|\.0{5}")
_NUMERIC = frozenset("-0123456789")
#: an integer with fewer fits 64 bits
_MOST_DIGITS = 19
_BLANKS = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')

_AS_TEXT = (
    "date", "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "xml",
    "inet", "cidr", "macaddr", "bytea", "money", "bit", "varbit", "point",
)  # fmt: skip


class _Untyped(Dumper):
    """A number as text of no type; zero has no sign."""

    oid = 0

    def dump(self, obj: Any) -> bytes:
        return repr(obj + 0).encode()


class _UntypedFlag(Dumper):
    oid = 0

    def dump(self, obj: Any) -> bytes:
        return b"1" if obj else b"0"


class _Number(Loader):
    """``int`` where it is whole and exact."""

    def load(self, data: Buffer) -> Any:
        value = numbers.canonical(float(bytes(data)))
        return value if value == value else None  # NaN, as SQLite has it


class _Numeric(Loader):
    """What a view computes: an integer, or real where it has digits behind the point."""

    def load(self, data: Buffer) -> Any:
        text = bytes(data)
        if b"." not in text and len(text) < _MOST_DIGITS:
            return int(text)
        value = float(text)
        return value if value == value else None


class _Json(Loader):
    """JSON without the blanks that PostgreSQL puts between the tokens; a number as one."""

    def load(self, data: Buffer) -> Any:
        text = bytes(data).decode()
        if text[0] in _NUMERIC:
            return _number(text)
        if text.startswith('{"lat":') and (point := _POINT.fullmatch(text)):
            return f'{{"lon":{_ecmascript(point[2])},"lat":{_ecmascript(point[1])}}}'
        if _MAY_DIFFER.search(text):
            return orjson.dumps(numbers.plain(orjson.loads(text))).decode()
        return compact(text) if " " in text else text


def _number(text: str) -> int | float:
    """Return a number as SQLite keeps it in a column of JSON: 64 bits, whole ones as ``int``."""
    if "." not in text:
        whole = int(text)
        if -(2**63) <= whole < 2**63:
            return whole
    return numbers.canonical(float(text))


def _ecmascript(text: str) -> str:
    """Return a number as clients get it: ``1e-7``."""
    return numbers.to_json(numbers.canonical(float(text)))


def compact(text: str) -> str:
    """Return JSON text without blanks between its tokens."""
    return _BLANKS.sub(r"\1", text)


def register(cursor: Any) -> None:
    """Have ``cursor`` take and give values so."""
    adapters = cursor.adapters
    adapters.register_dumper(int, _Untyped)
    adapters.register_dumper(float, _Untyped)
    adapters.register_dumper(bool, _UntypedFlag)
    for name in ("float4", "float8"):
        adapters.register_loader(name, _Number)
    adapters.register_loader("numeric", _Numeric)
    for name in ("json", "jsonb"):
        adapters.register_loader(name, _Json)
    for name in _AS_TEXT:
        adapters.register_loader(name, TextLoader)
