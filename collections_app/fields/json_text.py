"""JSON values and their stored text. Only text that is not in our own form is kept as it came."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar, NoReturn

import orjson

from collections_app.fields.casting import quote
from core_app import numbers, strict_json

_MAY_BEGIN_JSON = frozenset('0123456789-"[{')
_LITERALS = {"null": None, "true": True, "false": False}
#: what Go's quoting writes as no JSON knows it: \a, \v, \x01, \U000e0001
_UNQUOTABLE = re.compile("[\\x00-\\x07\\x0b\\x0e-\\x1f\\x7f]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATES = re.compile(r"(\\\\)|(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|(\\u[dD][89a-fA-F]..)")


class VerbatimJson:
    """JSON text that must be stored byte for byte; reads like the value it holds.

    ``is_valid`` is False for text that no reader would take (duplicate keys, numbers too large).
    """

    __slots__ = ("__dict__", "text")

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def is_valid(self) -> bool:
        try:
            strict_json.loads(self.text.encode())
        except ValueError:
            return False
        return True

    @cached_property
    def value(self) -> Any:
        """The decoded value, ``None`` if the text is not valid."""
        return decode(self.text) if self.is_valid else None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, VerbatimJson):
            return self.text == other.text
        return bool(self.value == other)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __getitem__(self, key: Any) -> Any:
        return self.value[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return f"VerbatimJson({self.text!r})"


def read(raw: Any) -> Any:
    """Return the Python form of a submitted value.

    A string is JSON if it looks like JSON and is, else a JSON string: forms and JSON bodies alike.
    """
    if type(raw) is not str:
        return raw
    if raw in _LITERALS:
        return _LITERALS[raw]
    if raw[:1] in _MAY_BEGIN_JSON and raw and _is_json(raw):
        return VerbatimJson(_with_replaced_surrogates(raw))
    if _UNQUOTABLE.search(raw) or not (raw.isprintable() or all(map(_is_quotable, raw))):
        return VerbatimJson(quote(raw))  # refused by ``is_valid``, as PocketBase refuses it
    return raw


def encode(value: Any) -> str:
    """Return the text of a Python form: compact, keys sorted, numbers as ECMAScript's."""
    if isinstance(value, VerbatimJson):
        return value.text
    return numbers.dumps(value).decode()


def size(value: Any) -> int:
    """Return the bytes that a Python form is counted as: those of PocketBase's text for it."""
    text = encode(value)
    if type(value) is str and not value.isprintable():
        text = quote(value)
    return len(text.encode())


def decode(text: str) -> Any:
    """Return the value of stored JSON text. Text that is no JSON is the value itself."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def from_stored(stored: Any) -> Any:
    """Return the Python form of what the driver gives: text, a number (by affinity) or ``None``.

    What ``encode`` would write otherwise comes back verbatim, so that saving keeps it: texts, and
    large numbers, which are shown as they are read from the column.
    """
    if isinstance(stored, float):
        shown = numbers.to_message(stored)
        return stored if numbers.to_json(stored) == shown else VerbatimJson(shown)
    if not isinstance(stored, str):
        return stored
    value = decode(stored)
    return value if encode(value) == stored else VerbatimJson(stored)


def _is_quotable(char: str) -> bool:
    """Whether Go's quoting of ``char`` is JSON. Characters newer than Python are taken to be."""
    return char < "\U00010000" or char.isprintable() or unicodedata.category(char) == "Cn"


def _is_json(text: str) -> bool:
    """Whether ``text`` follows JSON's grammar; duplicate keys and large numbers do."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    else:
        return True
    try:
        _grammar.decode(text)
    except (ValueError, RecursionError):
        return False
    # Python skips the blanks that JSON does not know
    return text.strip(" \t\r\n") == text.strip()


def _with_replaced_surrogates(text: str) -> str:
    r"""Return ``text`` with ``\ud800`` that has no partner as ``\ufffd``."""
    if not _SURROGATE.search(text):
        return text
    return _SURROGATES.sub(lambda found: r"\ufffd" if found[3] else found[0], text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_grammar = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=lambda _text: math.inf)
