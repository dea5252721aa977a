"""Cron expressions in words, and the moments at which they are due next. All in UTC."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, product

from core_app.cron_expression import Schedule

NEVER = "never"
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
#: as many times of day are told one by one
_MOST_TIMES = 4


def of(schedule: Schedule) -> str:
    """Return when a job runs: ``every day at 03:00 UTC``, ``every 5 minutes``."""
    days, times = _days(schedule), _times(schedule)
    if times.startswith("at "):
        return f"{days or 'every day'} {times} UTC"
    return f"{times}, {days}" if days else times


def following(schedule: Schedule, count: int, now: datetime | None = None) -> Iterator[str]:
    """Yield the next ``count`` runs: ``Monday 30 November, 03:00 UTC (in 12 hours)``."""
    at = now or datetime.now(UTC)
    for moment in islice(schedule.following(at), count):
        year = f" {moment.year}" if moment.year != at.year else ""
        day = f"{_WEEKDAYS[moment.isoweekday() % 7]} {moment.day} {_MONTHS[moment.month - 1]}{year}"
        yield f"{day}, {moment:%H:%M} UTC ({_away(moment - at)})"


def _times(schedule: Schedule) -> str:
    minutes, hours = sorted(schedule.minutes), sorted(schedule.hours)
    if len(minutes) * len(hours) <= _MOST_TIMES:
        return "at " + _listed(
            [f"{hour:02}:{minute:02}" for hour, minute in product(hours, minutes)]
        )
    if len(minutes) == 1:
        every = _every(hours, 24, "hour")
        return (every or f"in the hours {_ranges(hours)}") + f" at minute {minutes[0]}"
    often = _every(minutes, 60, "minute") or f"in the minutes {_ranges(minutes)} of every hour"
    return often if len(hours) == 24 else f"{often} in the hours {_ranges(hours)}"


def _every(values: list[int], whole: int, name: str) -> str:
    """Return ``every 5 minutes`` where the values are evenly spread from 0 on, else ``""``."""
    if len(values) == whole:
        return f"every {name}"
    step = values[1] - values[0] if len(values) > 1 else 0
    is_even = step > 1 and whole % step == 0 and values == list(range(0, whole, step))
    return f"every {step} {name}s" if is_even else ""


def _days(schedule: Schedule) -> str:
    """Return which days are meant, ``""`` for all of them."""
    is_any_day, is_any_month = len(schedule.days) == 31, len(schedule.months) == 12
    months = _listed([_MONTHS[month - 1] for month in sorted(schedule.months)])
    weekdays = _weekdays(schedule.weekdays)
    if is_any_day:
        found = weekdays and f"on {weekdays}"
        return found if is_any_month else f"{found or 'every day'} in {months}"
    name = "day" if len(schedule.days) == 1 else "days"
    whose = "every month" if is_any_month else months
    found = f"on {name} {_ranges(sorted(schedule.days))} of {whose}"
    return f"{found} that falls on {weekdays}" if weekdays else found


def _weekdays(chosen: Collection[int]) -> str:
    if len(chosen) == 7:
        return ""
    if set(chosen) == {1, 2, 3, 4, 5}:
        return "Mondays to Fridays"
    return _listed([f"{_WEEKDAYS[day]}s" for day in sorted(chosen, key=lambda day: (day - 1) % 7)])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _ranges(values: list[int]) -> str:
    """Return numbers with those that follow each other put together: ``1 to 5 and 9``."""
    groups = [[values[0]]]
    for before, value in pairwise(values):
        if value == before + 1:
            groups[-1].append(value)
        else:
            groups.append([value])
    parts: list[str] = []
    for group in groups:
        is_range = len(group) > 2
        parts += [f"{group[0]} to {group[-1]}"] if is_range else [str(value) for value in group]
    return _listed(parts)


def _away(gap: timedelta) -> str:
    minutes = max(1, round(gap / timedelta(minutes=1)))
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"in {minutes // size} {unit}s"
    return "in a minute" if minutes == 1 else f"in {minutes} minutes"
