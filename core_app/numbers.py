"""Numbers as ECMAScript and Go write and read them: ``1``, ``1.5``, ``1e+21``, ``1e-7``.

Python form of a number: ``int`` when it is whole and no larger than 2^53, else ``float``.
``public`` makes what orjson may encode; the common case costs one comparison.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import orjson

SAFE = 2**53 - 1  # the largest integer that JSON clients are sure to read exactly

#: JSON-ready: ``Fragment`` where orjson alone would write other digits than ECMAScript
Public = int | float | orjson.Fragment

_LARGEST_WHOLE = 2**53
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)"
    r"(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?"
)
_HEXADECIMAL = re.compile(
    r"[+-]?0[xX]_?(?:[0-9a-fA-F_]+\.?[0-9a-fA-F_]*|\.[0-9a-fA-F_]+)[pP][+-]?[0-9_]+"
)
_SPECIAL = re.compile(r"[+-]?inf(?:inity)?|nan", re.IGNORECASE)
#: where orjson may have written a number as ECMAScript would not (or it is inside a string)
_MAY_DIFFER = re.compile(rb"\.0(?![0-9])|[0-9]e|[0-9]{16}")
_STRAY_UNDERSCORE = re.compile(r"(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])")


def canonical(value: float) -> int | float:
    """Return ``value`` as ``int`` where it is whole and exact; -0, infinities and NaN stay."""
    if -_LARGEST_WHOLE <= value <= _LARGEST_WHOLE and float(value).is_integer():
        return int(value) if value or math.copysign(1.0, value) > 0 else value
    return value


def public(value: float) -> Public:
    """Return a finite ``value`` so that ``orjson.dumps`` writes it as ECMAScript would."""
    if type(value) is int:
        if -_LARGEST_WHOLE <= value <= _LARGEST_WHOLE:
            return value
        value = float(value)
    magnitude = abs(value)
    if 1e-5 <= magnitude < 1e15:
        return int(value) if value.is_integer() else value
    return orjson.Fragment(to_json(value))


def public_of_json_column(stored: float) -> Public:
    """Return a number that SQLite keeps in a JSON column as PocketBase shows it: ``1e+20``."""
    return stored if type(stored) is int else orjson.Fragment(to_message(stored))


def to_json(value: float) -> str:
    """Return the ECMAScript text of a finite ``value``."""
    magnitude = abs(value)
    if 1e-6 <= magnitude < 1e21 or not magnitude:
        return to_text(value)
    mantissa, _, exponent = repr(float(value)).partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].lstrip('0')}"


def to_text(value: float) -> str:
    """Return the shortest plain decimal of ``value``, never with an exponent."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    text = repr(float(value))
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def to_message(value: float) -> str:
    """Return ``value`` as Go prints it in messages: ``5``, ``2.5``, ``1e+06``."""
    magnitude = abs(value)
    if not magnitude or 1e-4 <= magnitude < 1e6:
        return to_text(value)
    digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()[1:]
    shown = "".join(map(str, digits))
    power = len(shown) - 1 + int(exponent)
    fraction = f".{shown[1:]}" if len(shown) > 1 else ""
    return f"{'-' if value < 0 else ''}{shown[0]}{fraction}e{power:+03d}"


def parse(text: str) -> float | None:
    """Return the number that ``text`` is as Go's ``ParseFloat`` reads it; ``None`` if it is none.

    Infinities and NaN are numbers by name; what overflows is none.
    """
    try:
        if _DECIMAL.fullmatch(text):
            value = float(text)
            return value if math.isfinite(value) else None
        if _SPECIAL.fullmatch(text):
            return float(text)
        if _HEXADECIMAL.fullmatch(text) and not _STRAY_UNDERSCORE.search(text):
            return float.fromhex(text.replace("_", ""))
    except (OverflowError, ValueError):
        return None
    return None


def plain(value: Any) -> Any:
    """Return a JSON value ready for ``orjson.dumps``, every number in it as ECMAScript writes it.

    Infinities and NaN are null. The same object comes back where nothing has to change.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int or kind is float:
        return public(value) if math.isfinite(value) else None
    if kind is dict:
        for key, item in value.items():
            changed = plain(item)
            if changed is not item:
                return {name: changed if name == key else plain(v) for name, v in value.items()}
        return value
    if kind is list:
        for at, item in enumerate(value):
            changed = plain(item)
            if changed is not item:
                return [*value[:at], changed, *(plain(rest) for rest in value[at + 1 :])]
        return value
    return value


def dumps(value: Any) -> bytes:
    """Return ``value`` as compact JSON with sorted keys and ECMAScript numbers."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits, perhaps
        return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)
    if _MAY_DIFFER.search(text):
        return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)
    return text
