"""How long and how much: Django settings with PocketBase's defaults, read when they are needed."""

from __future__ import annotations

from django.conf import settings


def idle_timeout_s() -> float:
    """Seconds after which a connection without any message ends."""
    return float(getattr(settings, "HOLDALL_REALTIME_IDLE_TIMEOUT", 300))


def max_timeout_s() -> float:
    """Seconds after which any connection ends."""
    return float(getattr(settings, "HOLDALL_REALTIME_MAX_TIMEOUT", 1800))


def max_pending() -> int:
    """Bytes that may wait for a client that does not keep up; then it is cut off."""
    return int(getattr(settings, "HOLDALL_REALTIME_MAX_PENDING", 8 << 20))
