"""Asking whoever sits at the terminal before data is replaced."""

from __future__ import annotations

import sys
from typing import Any

from ops_app.serving import registry


def agrees(stdout: Any, what: str) -> bool:
    """Ask whether to replace ``what``; no answer is a no."""
    running = "The server restarts. " if registry.running() else ""
    stdout.write(f"This replaces {what}. {running}Continue? [y/N] ", ending="")
    stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
