"""The span of time that the log is looked at in: ``?from=`` and ``?to=``, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import QueryDict

from core_app import dates
from dashboard_app.tools import bars

#: what a bar may stand for, in minutes
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
MOST_BARS = 60
USUAL = timedelta(hours=48)
LONGEST = timedelta(days=3660)
YEARS = range(1970, 2200)


class UnreadableSpan(ValueError):
    """The text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` until just before ``end``."""

    begin: datetime
    end: datetime

    @property
    def filter(self) -> str:
        """The span as a filter of the log."""
        return f"created >= '{dates.to_wire(self.begin)}' && created < '{dates.to_wire(self.end)}'"

    @property
    def step(self) -> timedelta:
        """What a bar stands for, so that there are some dozens of them."""
        minutes = (self.end - self.begin) / timedelta(minutes=1)
        found = next((step for step in STEPS if minutes / step <= MOST_BARS), STEPS[-1])
        return timedelta(minutes=found)

    @property
    def first(self) -> datetime:
        """Where the first bar begins."""
        return bars.floor(self.begin, self.step)

    def moved(self, by: int) -> Span:
        """Return the span beside this one: ``by`` is -1 or 1."""
        length = self.end - self.begin
        return Span(self.begin + by * length, self.end + by * length)

    def wider(self) -> Span:
        """Return a span twice as long around this one."""
        half = (self.end - self.begin) / 2
        return Span(self.begin - half, self.end + half)

    def query(self) -> dict[str, str]:
        """Return it as ``of`` reads it."""
        return {"from": _written(self.begin), "to": _written(self.end)}


def of(query: QueryDict, now: datetime | None = None) -> Span | None:
    """Return the span that ``query`` asks for, ``None`` if it asks for none.

    One end alone is as long before or after as ``USUAL``. Raise ``UnreadableSpan``.
    """
    begin, end = (_read(query.get(name, "")) for name in ("from", "to"))
    if begin is None and end is None:
        return None
    if end is None:
        end = max(now or datetime.now(UTC), (begin or datetime.now(UTC)) + timedelta(minutes=1))
    if begin is None:
        begin = end - USUAL if end.year in YEARS else end
    if begin.year not in YEARS or end.year not in YEARS:
        raise UnreadableSpan(f"The log knows the years {YEARS.start} to {YEARS.stop - 1}.")
    if not timedelta(0) < end - begin <= LONGEST:
        raise UnreadableSpan("A span of time ends after it begins, at most ten years later.")
    return Span(begin, end)


def _read(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableSpan("A moment is written as 2026-01-31T13:45.") from error


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
