"""JSON as the API takes it: UTF-8, no duplicate keys, no numbers that overflow.

orjson checks all of that but duplicate keys. Most bodies can be proved free of them by counting:
where no quote is followed by blank space, every key stands before ``":``, so as many ``":`` as
distinct keys means no key came twice. The others are read a second time, key by key.
So are those with a ``-0``, which is a number of its own: ``-0.0``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import orjson

_BLANK_AFTER_QUOTE = re.compile(rb'"[ \t\r\n]')
_MINUS_ZERO = re.compile(rb"-0(?![.\deE])")
_LARGEST = 2**63


class DuplicateKey(ValueError):
    """An object has the same key twice."""


def loads(raw: bytes) -> Any:
    """Return the value of a whole JSON text. Raise ``ValueError`` for anything but valid JSON."""
    value = orjson.loads(raw)
    try:
        return _checked(raw, value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def loads_first(raw: bytes) -> Any:
    """Return the first JSON value of ``raw``, whatever follows it. Raise ``ValueError``."""
    try:
        return loads(raw)
    except orjson.JSONDecodeError:
        text = raw.decode("utf-8", "surrogateescape")
        start = len(text) - len(text.lstrip(" \t\r\n"))
        try:
            _value, end = _decoder.raw_decode(text, start)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if text[end:].strip(" \t\r\n") == "":
            raise  # nothing follows: the value itself is at fault
        return loads(text[start:end].encode("utf-8", "surrogateescape"))


def loads_overflowing(raw: bytes) -> Any:
    """Return the first value of ``raw`` if all that is wrong are numbers no float can hold.

    An object that fits no option stands for each of them: they only matter where they are read.
    ``None`` if something else is wrong. What follows the value does not matter.
    """
    try:
        text = raw.decode("utf-8", "surrogateescape").lstrip(" \t\r\n")
        value, _end = _overflowing.raw_decode(text)
        json.dumps(value, ensure_ascii=False, default=str).encode()  # no half characters
        return value
    except (ValueError, RecursionError):
        return None


def expected(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the values of those keys that stand for one of ``names``, by that name.

    Neither case nor ``_`` and ``-`` count. Raise ``DuplicateKey`` for a name that is given twice.
    """
    by_key = {_folded(name): name for name in names}
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = by_key.get(_folded(key))
        if name in found:
            raise DuplicateKey(f"{key} is given twice")
        if name is not None:
            found[name] = value
    return found


def _folded(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")


def has_overflow(value: Any) -> bool:
    """Return whether a number in ``value`` was too large; ``loads_overflowing`` gave it."""
    items = value.values() if type(value) is dict else value if type(value) is list else ()
    return type(value) is object or any(map(has_overflow, items))


def _checked(raw: bytes, value: Any) -> Any:
    """Return ``value``, what orjson read, if no key is there twice; zeros with their sign."""
    kind = type(value)
    if (kind is dict or kind is list) and (
        raw.count(b'":') != _count_keys(value) or _BLANK_AFTER_QUOTE.search(raw) is not None
    ):
        _decoder.decode(raw.decode())
    if b"-0" in raw and _MINUS_ZERO.search(raw) is not None:
        return _signed.decode(raw.decode())
    return value


def _count_keys(value: dict[str, Any] | list[Any]) -> int:
    """Return the number of keys of all objects in ``value``."""
    count = 0
    items: Any = value
    if type(value) is dict:
        count = len(value)
        items = value.values()
    for item in items:
        kind = type(item)
        if kind is dict or kind is list:
            count += _count_keys(item)
    return count


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's pairs as a dict. Raise ``DuplicateKey``."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise DuplicateKey("an object has the same key twice")
    return out


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> object:
    value = float(text)
    return value if math.isfinite(value) else TOO_LARGE


def _integer(text: str) -> int | float:
    """Return what orjson would, but ``-0`` with its sign."""
    value = int(text)
    return value if (value and abs(value) < _LARGEST) or text == "0" else float(text)


TOO_LARGE = object()
_overflowing = json.JSONDecoder(
    object_pairs_hook=unique, parse_constant=_refuse_constant, parse_float=_number
)
_decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=_refuse_constant)
_signed = json.JSONDecoder(parse_int=_integer)
