"""Moments in the one form that is stored and sent: ``2024-01-02 03:04:05.678Z``, always UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the present moment in wire form, milliseconds truncated."""
    return to_wire(datetime.now(UTC))


def to_wire(moment: datetime) -> str:
    """Return an aware ``moment`` in wire form, milliseconds truncated."""
    moment = moment.astimezone(UTC)
    return (
        f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}."
        f"{moment.microsecond // 1000:03d}Z"
    )


def from_wire(text: str) -> datetime:
    """Return the moment that ``text`` (wire form) names. Raise ``ValueError`` on other forms."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)
