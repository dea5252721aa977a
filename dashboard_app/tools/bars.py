"""A row of bars for a chart: counts by hour or minute -> where each stands and how high it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HEIGHT = 100  # of the highest bar
HOUR = timedelta(hours=1)

Count = Mapping[str, object]  # {"date": the beginning of an hour or minute, in wire form, "total"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of time: heights are shares of ``HEIGHT``, ``errors`` is part of ``total``."""

    begin: datetime
    end: datetime
    total: int
    errors: int
    at: int
    high: float
    errors_high: float

    @property
    def label(self) -> str:
        return f"{self.begin:%Y-%m-%d %H:%M}"

    @property
    def top(self) -> float:
        return HEIGHT - self.high

    @property
    def errors_top(self) -> float:
        return HEIGHT - self.errors_high


def last_hours(
    count: int,
    all_of_them: Iterable[Count],
    errors: Iterable[Count],
    now: datetime | None = None,
) -> list[Bar]:
    """Return the last ``count`` hours, empty ones too, from counts in any order."""
    end = floor(now or datetime.now(UTC), HOUR) + HOUR
    return between(end - count * HOUR, end, HOUR, all_of_them, errors)


def between(
    begin: datetime,
    end: datetime,
    step: timedelta,
    all_of_them: Iterable[Count],
    errors: Iterable[Count],
) -> list[Bar]:
    """Return a bar for each step from ``begin`` on until ``end``; what is outside is left out."""
    totals, bad = _by_step(begin, step, all_of_them), _by_step(begin, step, errors)
    count = -((begin - end) // step)
    most = max((totals[at] for at in range(count)), default=0) or 1
    return [
        Bar(
            begin + at * step,
            begin + (at + 1) * step,
            totals[at],
            bad[at],
            at,
            round(totals[at] * HEIGHT / most, 2),
            round(bad[at] * HEIGHT / most, 2),
        )
        for at in range(count)
    ]


def floor(moment: datetime, step: timedelta) -> datetime:
    """Return the beginning of the step that ``moment`` lies in, as steps go since midnight."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // step * step


def _by_step(begin: datetime, step: timedelta, counts: Iterable[Count]) -> Counter[int]:
    found: Counter[int] = Counter()
    for item in counts:
        moment = datetime.fromisoformat(str(item["date"]))
        found[(moment - begin) // step] += int(str(item["total"]))
    return found
