"""Moments in wire form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core_app import dates


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01 00:00:00.000Z"),
        (1_704_164_645_678_999_999, "2024-01-02 03:04:05.678Z"),
        (1_704_164_645_999_999_999, "2024-01-02 03:04:05.999Z"),
        (1_704_164_646_000_000_000, "2024-01-02 03:04:06.000Z"),
    ],
)
def test_now_truncates_to_milliseconds(nanoseconds, text, monkeypatch):
    monkeypatch.setattr(dates.time, "time_ns", lambda: nanoseconds)
    assert dates.now() == text


def test_now_is_the_present_moment():
    before = dates.to_wire(datetime.now(UTC) - timedelta(milliseconds=1))
    assert before <= dates.now() <= dates.to_wire(datetime.now(UTC) + timedelta(milliseconds=1))


def test_to_wire_turns_to_utc():
    moment = datetime(2024, 1, 2, 5, 4, 5, 678999, timezone(timedelta(hours=2)))
    assert dates.to_wire(moment) == "2024-01-02 03:04:05.678Z"
    assert dates.from_wire("2024-01-02 03:04:05.678Z") == moment.replace(microsecond=678000)
