r"""What stands for one character in a Go regular expression: ``[a-z]``, ``\d``, ``\pL``, ``\x41``.

Text and an offset go in, ranges of code points (or a character) and the next offset come out.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

#: pairs of first and last code point, ascending and apart
Ranges = tuple[tuple[int, int], ...]

_DIGITS: Ranges = ((48, 57),)
_UPPER: Ranges = ((65, 90),)
_LOWER: Ranges = ((97, 122),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACES: Ranges = ((9, 10), (12, 13), (32, 32))

_PERL = {"d": _DIGITS, "s": _SPACES, "w": _WORD}
_POSIX: dict[str, Ranges] = {
    "alnum": (*_DIGITS, *_UPPER, *_LOWER),
    "alpha": (*_UPPER, *_LOWER),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGITS,
    "graph": ((33, 126),),
    "lower": _LOWER,
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGITS, (65, 70), (97, 102)),
}
_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
#: general categories: a letter, then perhaps one of those that may follow it
_CATEGORY = re.compile(r"C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?")
_NAMED_SCRIPTS = (
    *("Arabic", "Armenian", "Bengali", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek"),
    *("Gujarati", "Gurmukhi", "Hangul", "Hebrew", "Hiragana", "Kannada", "Katakana", "Khmer"),
    *("Lao", "Latin", "Malayalam", "Mongolian", "Myanmar", "Sinhala", "Tamil", "Telugu"),
    *("Thai", "Tibetan"),
)
#: scripts, told by how the names of their letters begin
_SCRIPTS = {
    "Han": ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "KANGXI RADICAL", "CJK RADICAL")
} | {name: (f"{name.upper()} ",) for name in _NAMED_SCRIPTS}


class PatternError(ValueError):
    """Not a regular expression; the text is Go's."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"error parsing regexp: {what}: `{where}`")


def read_class(text: str, start: int) -> tuple[Ranges, bool, int]:
    """Return the ranges of the ``[…]`` at ``start``, whether it is ``[^…]``, and what follows."""
    at = start + 1
    negated = text.startswith("^", at)
    at += negated
    found: list[tuple[int, int]] = []
    first = True
    while first or not text.startswith("]", at):
        first = False
        if named := _read_posix(text, at) or read_escaped_class(text, at):
            ranges, at = named
            found.extend(ranges)
            continue
        begin = at
        low, at = _read_char(text, at, start)
        high = low
        if text.startswith("-", at) and len(text) > at + 1 and text[at + 1] != "]":
            high, at = _read_char(text, at + 1, start)
            if high < low:
                raise PatternError("invalid character class range", text[begin:at])
        found.append((ord(low), ord(high)))
    return _merged(found), negated, at + 1


def read_escaped_class(text: str, at: int) -> tuple[Ranges, int] | None:
    r"""Return the ranges of ``\d``, ``\pL``, ``\p{Greek}`` at ``at``, or ``None``."""
    kind = text[at + 1 : at + 2]
    if not text.startswith("\\", at) or not kind:
        return None
    if kind.lower() in _PERL:
        ranges = _PERL[kind.lower()]
        return (negate(ranges) if kind.isupper() else ranges), at + 2
    if kind not in "pP":
        return None
    if len(text) < at + 3:
        raise PatternError("invalid character class range", text[at:])
    name, end = text[at + 2], at + 3
    if name == "{":
        end = text.find("}", at) + 1
        if not end:
            raise PatternError("invalid character class range", text[at:])
        name = text[at + 3 : end - 1]
    negated = (kind == "P") != name.startswith("^")
    found = _unicode_ranges(name.removeprefix("^"))
    if found is None:
        raise PatternError("invalid character class range", text[at:end])
    return (negate(found) if negated else found), end


def read_escape(text: str, at: int) -> tuple[str, int]:
    r"""Return the one character that the escape at ``at`` means (``\.``, ``\n``, ``\x{263a}``)."""
    char = text[at + 1 : at + 2]
    if not char:
        raise PatternError("trailing backslash at end of expression", "")
    if char in _CONTROL:
        return _CONTROL[char], at + 2
    if char == "0" or (char in "1234567" and text[at + 2 : at + 3] in set("01234567")):
        end = at + 2
        while end < at + 4 and text[end : end + 1] in set("01234567"):
            end += 1
        return chr(int(text[at + 1 : end], 8)), end
    if char == "x":
        return _read_hexadecimal(text, at)
    if char.isascii() and not char.isalnum():
        return char, at + 2
    raise PatternError("invalid escape sequence", text[at : at + 2])


def _read_hexadecimal(text: str, at: int) -> tuple[str, int]:
    if not text.startswith("{", at + 2):
        digits = text[at + 2 : at + 4]
        if len(digits) < 2 or set(digits) - _HEXADECIMAL:
            raise PatternError("invalid escape sequence", text[at : at + 4])
        return chr(int(digits, 16)), at + 4
    code, end = 0, at + 3
    while end < len(text) and text[end] in _HEXADECIMAL and code <= sys.maxunicode:
        code = code * 16 + int(text[end], 16)
        end += 1
    if code > sys.maxunicode or end == at + 3 or not text.startswith("}", end):
        shown = end if code > sys.maxunicode else end + 1
        raise PatternError("invalid escape sequence", text[at:shown])
    return chr(code), end + 1


_HEXADECIMAL = set("0123456789abcdefABCDEF")


def _read_char(text: str, at: int, start: int) -> tuple[str, int]:
    if at >= len(text):
        raise PatternError("missing closing ]", text[start:])
    return read_escape(text, at) if text[at] == "\\" else (text[at], at + 1)


def _read_posix(text: str, at: int) -> tuple[Ranges, int] | None:
    """Return the ranges of ``[:alpha:]`` inside a class, ``None`` if none begins at ``at``."""
    if not text.startswith("[:", at):
        return None
    close = text.find(":]", at + 2)
    if close < 0:
        return None
    name = text[at + 2 : close]
    ranges = _POSIX.get(name.removeprefix("^"))
    if ranges is None:
        raise PatternError("invalid character class range", text[at : close + 2])
    return (negate(ranges) if name.startswith("^") else ranges), close + 2


@lru_cache(maxsize=128)
def _unicode_ranges(name: str) -> Ranges | None:
    """Return the code points of a general category or script, ``None`` for an unknown name."""
    if name == "Any":
        return ((0, sys.maxunicode),)
    if _CATEGORY.fullmatch(name):
        # Go knows no unassigned characters (Cn)
        return _where(
            lambda char: (kind := unicodedata.category(char)).startswith(name) and kind != "Cn"
        )
    if name in _SCRIPTS:
        starts = _SCRIPTS[name]
        return _where(lambda char: unicodedata.name(char, "").startswith(starts))
    return None


def _where(matches: Callable[[str], bool]) -> Ranges:
    return _merged((code, code) for code in range(sys.maxunicode + 1) if matches(chr(code)))


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def negate(ranges: Ranges) -> Ranges:
    out, next_low = [], 0
    for low, high in ranges:
        if low > next_low:
            out.append((next_low, low - 1))
        next_low = high + 1
    if next_low <= sys.maxunicode:
        out.append((next_low, sys.maxunicode))
    return tuple(out)
