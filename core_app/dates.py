"""Moments in the one form that is stored and sent: ``2024-01-02 03:04:05.678Z``, always UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the present moment in wire form, milliseconds truncated."""
    return _written(datetime.now(UTC))


def to_wire(moment: datetime) -> str:
    """Return an aware ``moment`` in wire form, milliseconds truncated."""
    return _written(moment.astimezone(UTC))


def from_wire(text: str) -> datetime:
    """Return the moment that ``text`` (wire form) names. Raise ``ValueError`` on other forms."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    return moment.isoformat(" ", "milliseconds").removesuffix("+00:00") + "Z"
