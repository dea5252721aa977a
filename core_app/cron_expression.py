"""Cron expressions: five segments, UTC, one minute the smallest step. As PocketBase reads them.

Numbers only; day and weekday must both match. ``@daily`` and its like are short for five segments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

#: the 29th of February is a given weekday once in 28 years, or in 40 around a year like 2100
YEARS = 41

_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


class BadExpression(ValueError):
    """The expression cannot be read; the text says why, in PocketBase's words."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes at which a job is due."""

    text: str  # five segments, macros expanded
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday

    def is_due(self, moment: datetime) -> bool:
        """Whether the job runs in the minute of ``moment`` (UTC)."""
        return moment.minute in self.minutes and moment.hour in self.hours and self._has_day(moment)

    def following(self, moment: datetime) -> Iterator[datetime]:
        """Yield the minutes after ``moment`` at which a job is due, for the next ``YEARS``.

        There may be none: February has no 30th.
        """
        first = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = first.replace(hour=0, minute=0)
        for _ in range(YEARS * 366):
            if self._has_day(day):
                for hour, minute in product(sorted(self.hours), sorted(self.minutes)):
                    found = day.replace(hour=hour, minute=minute)
                    if found >= first:
                        yield found
            try:
                day += timedelta(days=1)
            except OverflowError:
                return

    def _has_day(self, day: datetime) -> bool:
        return (
            day.day in self.days
            and day.month in self.months
            and day.isoweekday() % 7 in self.weekdays
        )


def parse(text: str) -> Schedule:
    """Return the schedule of an expression. Raise ``BadExpression``."""
    expanded = MACROS.get(text, text)
    segments = expanded.split(" ")
    if len(segments) != 5:
        raise BadExpression(
            "invalid cron expression - must be a valid macro or to have exactly 5 space separated "
            "segments"
        )
    sets = [
        _segment(segment, low, high) for segment, (low, high) in zip(segments, _BOUNDS, strict=True)
    ]
    return Schedule(expanded, *sets)


def _segment(text: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        values |= _part(part, low, high)
    return frozenset(values)


def _part(text: str, low: int, high: int) -> set[int]:
    body, *steps = text.split("/")
    if len(steps) > 1:
        raise BadExpression("invalid segment step format - must be in the format */n or 1-30/n")
    step = 1
    if steps:
        step = _number(steps[0])
        if not 1 <= step <= high:
            raise BadExpression(
                f"invalid segment step boundary - the step must be between 1 and the {high}"
            )
    if body == "*":
        return set(range(low, high + 1, step))
    ends = body.split("-")
    if len(ends) > 2:
        raise BadExpression("invalid segment range format - the range must have 1 or 2 parts")
    first = _number(ends[0])
    if len(ends) == 1:
        if step != 1:
            raise BadExpression(
                "invalid segment step - step > 1 could be used only with the wildcard or range "
                "format"
            )
        if not low <= first <= high:
            raise BadExpression(
                "invalid segment value - must be between the min and max of the segment"
            )
        return {first}
    if not low <= first <= high:
        raise BadExpression(f"invalid segment range minimum - must be between {low} and {high}")
    last = _number(ends[1])
    if not first <= last <= high:
        raise BadExpression(f"invalid segment range maximum - must be between {first} and {high}")
    return set(range(first, last + 1, step))


def _number(text: str) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        raise BadExpression(f'strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)
