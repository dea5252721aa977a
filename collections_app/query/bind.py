"""``{:name}`` -> a literal: values in the filters of Python callers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from core_app import dates, numbers

_PLACEHOLDER = re.compile(r"\{:(\w+)\}")


def bind(text: str, params: Mapping[str, Any]) -> str:
    """Return ``text`` with each ``{:name}`` replaced by ``params[name]`` as a literal.

    ``bind("total > {:min}", {"min": 10})`` is ``total > 10``. ``None`` becomes ``null``, a datetime
    its stored form, a list or dict its JSON text. A name without a value is left for the filter to
    refuse. Raise ``ValueError`` for infinities and for text that holds NUL.
    """
    return _PLACEHOLDER.sub(
        lambda found: _literal(params[found[1]]) if found[1] in params else found[0], text
    )


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no literal")
        return numbers.to_text(value)
    if isinstance(value, datetime):
        value = dates.to_wire(value)
    elif not isinstance(value, str):
        value = orjson.dumps(value).decode()
    if "\0" in value:
        raise ValueError("a filter cannot hold NUL")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
