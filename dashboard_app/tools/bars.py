"""A row of bars for a chart: counts by hour -> where each bar stands and how high it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HEIGHT = 100  # of the highest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: heights are shares of ``HEIGHT``, ``errors`` is part of ``total``."""

    label: str
    total: int
    errors: int
    at: int
    high: float
    errors_high: float

    @property
    def top(self) -> float:
        return HEIGHT - self.high

    @property
    def errors_top(self) -> float:
        return HEIGHT - self.errors_high


def last_hours(
    count: int,
    all_of_them: Sequence[Mapping[str, object]],
    errors: Sequence[Mapping[str, object]],
    now: datetime | None = None,
) -> list[Bar]:
    """Return the last ``count`` hours, empty ones too, from ``{"date", "total"}`` in any order."""
    by_hour = {str(item["date"])[:13]: int(str(item["total"])) for item in all_of_them}
    bad_by_hour = {str(item["date"])[:13]: int(str(item["total"])) for item in errors}
    newest = now or datetime.now(UTC)
    hours = [
        (newest - timedelta(hours=count - 1 - at)).strftime("%Y-%m-%d %H") for at in range(count)
    ]
    most = max((by_hour.get(hour, 0) for hour in hours), default=0) or 1
    return [
        Bar(
            f"{hour}:00",
            by_hour.get(hour, 0),
            bad_by_hour.get(hour, 0),
            at,
            round(by_hour.get(hour, 0) * HEIGHT / most, 2),
            round(bad_by_hour.get(hour, 0) * HEIGHT / most, 2),
        )
        for at, hour in enumerate(hours)
    ]
