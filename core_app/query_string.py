"""``a=1&b=x%20y`` -> the first value of each name, as Go reads query strings.

What is malformed (a bad ``%``, a ``;``) is dropped with its pair; the others count.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from django.http import HttpRequest

_LONGEST_KNOWN = 500
_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")


def first_values(text: str) -> dict[str, str]:
    """Return the first value of each name in ``text``, decoded as UTF-8."""
    return _known(text).copy() if len(text) <= _LONGEST_KNOWN else _read(text)


@lru_cache(maxsize=2_000)
def _known(text: str) -> dict[str, str]:
    """Read what is asked again and again once."""
    return _read(text)


def _read(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in text.split("&"):
        if not pair or ";" in pair:
            continue
        name, _, value = pair.partition("=")
        if "%" in pair or "+" in pair or not pair.isascii():
            if _BAD_PERCENT.search(pair):
                continue
            name, value = _decoded(name), _decoded(value)
        values.setdefault(name, value)
    return values


def value(request: HttpRequest, name: str) -> str:
    """Return the first value of ``name`` in the URL, ``""`` if it is not there."""
    text = request.META.get("QUERY_STRING", "")
    return first_values(text).get(name, "") if text else ""


def _decoded(text: str) -> str:
    # WSGI and ASGI requests carry bytes that are no ASCII as Latin-1 characters
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1", "replace")).decode(
        "utf-8", "replace"
    )
