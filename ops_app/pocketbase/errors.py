"""What can go wrong when moving in or out, and is not a bug."""

from __future__ import annotations


class MovingError(Exception):
    """It cannot be done; the text says why, for the person who asked. Nothing has changed."""
