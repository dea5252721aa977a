"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx


def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for what ``true`` returns to be true; a server that is away answers nothing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := true():
                return found
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not happen")
