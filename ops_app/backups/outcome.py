"""How the last restore ended, for whoever waits for it in another process."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
from django.conf import settings


def note(key: str, error: str = "") -> None:
    """Say that ``key`` has been restored, or why not."""
    waiting = _path().with_suffix(".new")
    waiting.write_bytes(orjson.dumps({"key": key, "error": error}))
    os.replace(waiting, _path())


def read() -> str | None:
    """Return why the last restore failed, ``""`` if it did not, ``None`` if nothing is known."""
    try:
        return str(orjson.loads(_path().read_bytes())["error"])
    except FileNotFoundError:
        return None


def forget() -> None:
    """Know nothing."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.HOLDALL_DATA_DIR) / ".restored"
