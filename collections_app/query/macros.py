"""``@now`` and its kin: names that stand for a moment's value, UTC, anew for each statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from core_app import dates


def _day_start(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _day_end(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_000)


def _month_end(moment: datetime) -> datetime:
    first = moment.replace(day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    return _day_end(next_month - timedelta(days=1))


def _moment(pick: Callable[[datetime], datetime]) -> Callable[[datetime], str]:
    return lambda now: dates.to_wire(pick(now))


#: name -> value at a moment
MACROS: Mapping[str, Callable[[datetime], str | int]] = MappingProxyType(
    {
        "@now": _moment(lambda now: now),
        "@yesterday": _moment(lambda now: now - timedelta(days=1)),
        "@tomorrow": _moment(lambda now: now + timedelta(days=1)),
        "@todayStart": _moment(_day_start),
        "@todayEnd": _moment(_day_end),
        "@monthStart": _moment(lambda now: _day_start(now.replace(day=1))),
        "@monthEnd": _moment(_month_end),
        "@yearStart": _moment(lambda now: _day_start(now.replace(month=1, day=1))),
        "@yearEnd": _moment(lambda now: _day_end(now.replace(month=12, day=31))),
        "@second": lambda now: now.second,
        "@minute": lambda now: now.minute,
        "@hour": lambda now: now.hour,
        "@day": lambda now: now.day,
        "@month": lambda now: now.month,
        "@weekday": lambda now: now.isoweekday() % 7,
        "@year": lambda now: now.year,
    }
)

#: the macros that are numbers
NUMBERS = frozenset(("@second", "@minute", "@hour", "@day", "@month", "@weekday", "@year"))


def value(name: str, now: datetime | None = None) -> str | int:
    """Return what the macro stands for at ``now`` (the present moment by default)."""
    return MACROS[name](now or datetime.now(UTC))
