"""Values between psycopg and us, in the forms that SQLite's driver takes and gives.

Parameters have no type of their own: the server takes each as what its place in the statement says
(1 is a flag for a flag's column). Numbers come back as ``int`` where they are whole, JSON as
compact text (that of columns with sorted keys), moments and whatever else there is as text.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.types.string import TextLoader

from core_app import numbers

_NUMERIC = frozenset("-0123456789")
_DIGITS_OR_SIGN = frozenset(b"-0123456789")
#: an integer with fewer fits 64 bits
_MOST_DIGITS = 19
_ENDS_WITH_ZERO = re.compile(rb"\.[0-9]*0[,}\]]")
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
    """JSON that a view makes, in its own order: without blanks between the tokens."""

    def load(self, data: Buffer) -> Any:
        text = bytes(data).decode()
        if text[0] in _NUMERIC:
            return _number(text)
        return compact(text) if " " in text else text


class _JsonB(Loader):
    """What a column holds, whose keys are in PostgreSQL's order: as SQLite's columns have it."""

    def load(self, data: Buffer) -> Any:
        text = bytes(data)
        return _number(text.decode()) if text[0] in _DIGITS_OR_SIGN else canonical(text)


def _number(text: str) -> int | float:
    """Return a number as SQLite keeps it in a column of JSON: 64 bits, whole ones as ``int``."""
    if "." not in text:
        whole = int(text)
        if -(2**63) <= whole < 2**63:
            return whole
    return numbers.canonical(float(text))


def canonical(text: bytes) -> str:
    """Return the JSON text of a ``jsonb`` as records are stored: compact, with sorted keys."""
    if b"[" not in text and b"{" not in text:
        return text.decode()  # a string, true, false or null
    try:
        if b"." in text and _ENDS_WITH_ZERO.search(text):
            value = json.loads(text, parse_float=_as_written)
        else:
            value = orjson.loads(text)
        return numbers.dumps(value).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):  # nested too deeply
        return compact(text.decode())


def _as_written(text: str) -> float | orjson.Fragment:
    """Return a number that came as ``1.50``, inside of a text that holds JSON, so."""
    return orjson.Fragment(text) if text.endswith("0") else float(text)


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
    adapters.register_loader("json", _Json)
    adapters.register_loader("jsonb", _JsonB)
    for name in _AS_TEXT:
        adapters.register_loader(name, TextLoader)
