"""Parameters as SQLite would convert them, for databases that do not."""

from __future__ import annotations

import decimal
import re
from typing import Any

from collections_app.query.texts import like_pattern

#: a character that no text is supposed to have
_NOTHING = "\U0010ffff"
#: SQLite rounds up what is halfway between two numbers of 15 digits
_DIGITS = decimal.Context(prec=15, rounding=decimal.ROUND_HALF_UP)
_KEY = re.compile(r"\.(\w+)", re.ASCII)


def number(value: Any) -> Any:
    """Return a parameter that is no text as a number: a flag is 1 or 0."""
    return int(value) if isinstance(value, bool) else value


def number_text(value: Any) -> str:
    """Return a parameter as SQLite's text of it: ``5``, ``5.0``, ``1.0e+20``."""
    if not isinstance(value, float):
        return str(int(value)) if isinstance(value, int) else str(value)
    text = f"{float(_DIGITS.create_decimal(value)) + 0.0:.15g}"
    mantissa, exponent, power = text.partition("e")
    if "." not in mantissa and mantissa.lstrip("-").isdigit():
        mantissa += ".0"
    return f"{mantissa}{exponent}{power}"


def ended_pattern(value: Any) -> str:
    r"""Return the LIKE pattern of ``value``, never ending with an escape.

    To SQLite such a pattern matches nothing, to others it is an error.
    """
    pattern = like_pattern(value)
    bare = pattern.rstrip("\\")
    return pattern if (len(pattern) - len(bare)) % 2 == 0 else f"{pattern}\\{_NOTHING}"


def quoted_keys(path: str) -> str:
    """Return a path with its keys quoted: ``.a[0].b`` is ``."a"[0]."b"``."""
    return _KEY.sub(r'."\1"', path)
