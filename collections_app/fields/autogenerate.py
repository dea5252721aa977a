"""Random text from a pattern, with PocketBase's rules.

``{m,n}``, ``*``, ``+`` and ``?`` repeat m + random[0, n-m) times: the upper bound is never reached,
so ``x?`` is always empty. ``.`` is ``[A-Za-z0-9]``. Source: tools/security/random_by_regex.go.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from secrets import randbelow
from typing import assert_never

from collections_app.fields import patterns
from collections_app.fields.character_classes import Ranges, negate
from core_app import ids

Generate = Callable[[], str]

_WITHOUT_LIMIT = 6  # what * and + count as
_ANY: Ranges = ((65, 90), (97, 122), (48, 57))
_RECORD_ID = f"[a-z0-9]{{{ids.RECORD_ID_LENGTH}}}"


class Unsupported(ValueError):
    """The pattern holds something that no text can be made from, such as ``^``."""

    def __init__(self, operator: int) -> None:
        super().__init__(f"unsupported pattern operator {operator}")


@lru_cache(maxsize=1024)
def generator(pattern: str) -> Generate:
    """Return what makes a new text at each call; the call may raise ``Unsupported``.

    Raise ``PatternError`` if ``pattern`` is no regular expression.
    """
    if pattern == _RECORD_ID:
        return ids.record_id
    return _generator(patterns.parse(pattern))


def _generator(node: patterns.Node) -> Generate:
    match node:
        case patterns.Empty():
            return _unsupported(2)
        case patterns.Assertion(number):
            return _unsupported(number)
        case patterns.Literal(char, fold):
            # Go keeps the smallest of the cases
            literal = min(char, char.upper(), char.lower()) if fold else char
            return lambda: literal
        case patterns.Chars(ranges, _, negated):
            return _one_of(negate(ranges) if negated else ranges)
        case patterns.AnyChar():
            return _one_of(_ANY)
        case patterns.Alternate(items):
            branches = [_generator(item) for item in items]
            return lambda: branches[randbelow(len(branches))]()
        case patterns.Concat(items):
            parts = [_generator(item) for item in items]
            return lambda: "".join([part() for part in parts])
        case patterns.Repeat(sub, low, high, _):
            return _repeated(_generator(sub), low, high)
        case _:
            assert_never(node)


def _repeated(part: Generate, low: int, high: int) -> Generate:
    spread = (_WITHOUT_LIMIT if high < 0 else high) - low

    def generate() -> str:
        times = low + (randbelow(spread) if spread > 0 else 0)
        return "".join([part() for _ in range(times)])

    return generate


def _one_of(ranges: Ranges) -> Generate:
    total = sum(high - low + 1 for low, high in ranges)
    if not total:
        return _unsupported(1)
    if total <= 256:
        chars = "".join(chr(code) for low, high in ranges for code in range(low, high + 1))
        return lambda: chars[randbelow(total)]

    def generate() -> str:
        chosen = randbelow(total)
        for low, high in ranges:
            if chosen <= high - low:
                code = low + chosen
                return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
            chosen -= high - low + 1
        raise AssertionError("chosen is below the total")

    return generate


def _unsupported(operator: int) -> Generate:
    def refuse() -> str:
        raise Unsupported(operator)

    return refuse
