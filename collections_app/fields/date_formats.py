"""A date's text in any form PocketBase reads -> wire form, or ``""`` for what it does not read.

The forms are those of Go's ``cast`` package, tried in its order, with Go's leniency: a fraction may
follow seconds, an hour may have one digit, names may be in any case. Years run from 0000, which
Python's ``datetime`` does not know, so calendar arithmetic is done here.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WIRE = re.compile(r"(\d{4})-(\d\d)-(\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ZERO_MOMENT = "0001-01-01 00:00:00.000Z"

_PARTS = {
    "YEAR": r"(?P<year>\d{4})",
    "MONTH": r"(?P<month>\d\d)",
    "DAY": r"(?P<day>\d\d)",
    "PADDED_DAY": r"(?P<day>\ ?\d{1,2})",
    "MON": r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "SHORT_YEAR": r"(?P<short_year>\d\d)",
    "WEEKDAY": r"(?:sun|mon|tue|wed|thu|fri|sat)",
    "LONG_WEEKDAY": r"(?:sunday|monday|tuesday|wednesday|thursday|friday|saturday)",
    "TIME": r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?",
    "MINUTES": r"(?P<hour>\d{1,2}):(?P<minute>\d\d)",
    "KITCHEN": r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?P<half>(?-i:AM|PM))",
    "COLON_ZONE": r"(?P<zone>[+-]\d\d:\d\d)",
    "ZONE": r"(?P<zone>[+-]\d{4})",
    "Z_OR_ZONE": r"(?P<zone>(?-i:Z)|[+-]\d{4})",
    "Z_OR_COLON_ZONE": r"(?P<zone>(?-i:Z)|[+-]\d\d:\d\d)",
    # a name says nothing about the offset, except that GMT+3 is read as three hours later
    "ZONE_NAME": (
        r"(?-i:GMT(?P<later>[+-](?:1?\d|2[0-3]))|[A-Z]{3}|[A-Z]{3,4}T|WITA|ChST|MeST|[+-]\d\d)"
    ),
    " ": r"\ +",
    "T": r"T",
}


def _form(*words: str) -> re.Pattern[str]:
    return re.compile("".join(_PARTS.get(word, word) for word in words), re.ASCII | re.IGNORECASE)


_DATE = ("YEAR", "-", "MONTH", "-", "DAY")
_FORMS = (
    _form(*_DATE),
    _form(*_DATE, "T", "TIME", "Z_OR_COLON_ZONE"),
    _form(*_DATE, "T", "TIME"),
    _form("WEEKDAY", ", ", "DAY", " ", "MON", " ", "YEAR", " ", "TIME", " ", "ZONE"),
    _form("WEEKDAY", ", ", "DAY", " ", "MON", " ", "YEAR", " ", "TIME", " ", "ZONE_NAME"),
    _form("DAY", " ", "MON", " ", "SHORT_YEAR", " ", "MINUTES", " ", "ZONE"),
    _form("DAY", " ", "MON", " ", "SHORT_YEAR", " ", "MINUTES", " ", "ZONE_NAME"),
    _form(
        "LONG_WEEKDAY", ", ", "DAY", "-", "MON", "-", "SHORT_YEAR", " ", "TIME", " ", "ZONE_NAME"
    ),
    _form(*_DATE, " ", "TIME", " ", "ZONE", " ", "ZONE_NAME"),
    _form(*_DATE, "T", "TIME", "ZONE"),
    _form(*_DATE, " ", "TIME", "Z_OR_ZONE"),
    _form(*_DATE, " ", "TIME"),
    _form("WEEKDAY", " ", "MON", " ", "PADDED_DAY", " ", "TIME", " ", "YEAR"),
    _form("WEEKDAY", " ", "MON", " ", "PADDED_DAY", " ", "TIME", " ", "ZONE_NAME", " ", "YEAR"),
    _form("WEEKDAY", " ", "MON", " ", "DAY", " ", "TIME", " ", "ZONE", " ", "YEAR"),
    _form(*_DATE, " ", "TIME", "Z_OR_COLON_ZONE"),
    _form("DAY", " ", "MON", " ", "YEAR"),
    _form(*_DATE, " ", "TIME", " ", "COLON_ZONE"),
    _form(*_DATE, " ", "TIME", " ", "ZONE"),
    _form("KITCHEN"),
    _form("MON", " ", "PADDED_DAY", " ", "TIME"),
)


def to_wire(text: str) -> str:
    """Return the moment ``text`` names in wire form (UTC, milliseconds truncated), else ``""``."""
    if len(text) == 24 and (wire := _WIRE.fullmatch(text)):
        year, month, day = int(wire[1]), int(wire[2]), int(wire[3])
        if not _is_day(year, month, day) or text == _ZERO_MOMENT:
            return ""
        return text
    return _read(text) if text else ""


@lru_cache(maxsize=512)
def _read(text: str) -> str:
    if len(text) > 60:
        return ""
    for form in _FORMS:
        if found := form.fullmatch(text):
            wire = _moment(found.groupdict())
            if wire is not None:
                return "" if wire == _ZERO_MOMENT else wire
    return ""


def _moment(parts: dict[str, str | None]) -> str | None:
    """Return the wire form of a form's parts, ``None`` if there is no such moment."""
    year = _year(parts)
    month = (
        _MONTHS.index(name.lower()) + 1 if (name := parts.get("name")) else _int(parts, "month", 1)
    )
    day = _int(parts, "day", 1)
    hour, minute, second = _int(parts, "hour"), _int(parts, "minute"), _int(parts, "second")
    if half := parts.get("half"):
        if not hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "PM" else 0)
    if not (_is_day(year, month, day) and hour < 24 and minute < 60 and second < 60):
        return None
    offset = _offset(parts.get("zone"))
    if offset is None:
        return None
    offset -= _int(parts, "later") * 60
    milliseconds = (parts.get("fraction") or "")[:3].ljust(3, "0")
    minutes = (_days(year, month, day) * 24 + hour) * 60 + minute - offset
    days, of_day = divmod(minutes, 24 * 60)
    return f"{_date(days)} {of_day // 60:02d}:{of_day % 60:02d}:{second:02d}.{milliseconds}Z"


def _int(parts: dict[str, str | None], name: str, default: int = 0) -> int:
    return int(parts.get(name) or default)


def _year(parts: dict[str, str | None]) -> int:
    if short := parts.get("short_year"):
        return int(short) + (1900 if int(short) >= 69 else 2000)
    return _int(parts, "year")


def _offset(zone: str | None) -> int | None:
    """Return the minutes a zone is ahead of UTC, ``None`` for one that Go refuses."""
    if not zone or zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 24 or minutes > 60:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _is_day(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or day < 1:
        return False
    return day <= _DAYS_IN[month - 1] + (month == 2 and _is_leap(year))


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 0000-01-01."""
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400
    in_year = _DAYS_BEFORE[month - 1] + (month > 2 and _is_leap(year)) + day
    return year * 365 + leaps + in_year


def _date(days: int) -> str:
    """Return ``YYYY-MM-DD`` for the days since 0000-01-01."""
    year = days * 400 // 146097
    while _days(year + 1, 1, 1) <= days:
        year += 1
    while _days(year, 1, 1) > days:
        year -= 1
    month = 1
    while month < 12 and _days(year, month + 1, 1) <= days:
        month += 1
    day = days - _days(year, month, 1) + 1
    return f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{day:02d}"
