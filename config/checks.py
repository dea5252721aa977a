"""System checks: what would make a server fail later is said at the start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from config import env

_DATABASES = ("data.db", "auxiliary.db")
_PARTS = ("", "-wal", "-shm")


@register(Tags.files)
def data_folder_is_writable(**options: Any) -> list[CheckMessage]:
    """The data folder and the databases in it must be ours to write to."""
    folder = Path(settings.HOLDALL_DATA_DIR)
    if not os.access(folder, os.W_OK | os.X_OK):
        what = f"The data folder {folder} cannot be written to"
        return [Error(f"{what}{_owner(folder)}.", hint=_HINT, id="holdall.E001")]
    files = [folder / f"{name}{part}" for name in _DATABASES for part in _PARTS]
    return [
        Error(f"{path} cannot be written to{_owner(path)}.", hint=_HINT, id="holdall.E002")
        for path in files
        if path.exists() and not os.access(path, os.R_OK | os.W_OK)
    ]


_HINT = (
    "Run every command as one user, the owner of the data folder (chown -R gives it to another), "
    "or name another folder in HOLDALL_DATA_DIR."
)


def _owner(path: Path) -> str:
    """Return whose a file is, where that may be the reason."""
    try:
        return f" by this user: {path.owner()} owns it"
    except (KeyError, OSError):  # a user without a name
        return ""


@register()
def variables_mean_something(**options: Any) -> list[CheckMessage]:
    """A variable that begins as ours do and is none of them has no effect: it is misspelt."""
    return [*_misspelt(), *_folders(), *_replica()]


def _misspelt() -> Iterator[CheckMessage]:
    for name, near in env.misspelt().items():
        hint = "docs/settings.md lists all that there are."
        if near:
            hint = f"Did you mean {near}?"
        elif hasattr(settings, name):
            hint = "It is a Django setting: set it in a settings module (docs/settings.md)."
        yield Warning(
            f"The environment variable {name} has no effect.", hint=hint, id="holdall.W001"
        )


def _folders() -> Iterator[CheckMessage]:
    for name in ("HOLDALL_HOOKS_DIR", "HOLDALL_PUBLIC_DIR"):
        folder = env.text(name)
        if folder and not Path(folder).is_dir():
            yield Warning(
                f"{name} names {folder}, which is no folder.",
                hint="Make it, or take the variable away.",
                id="holdall.W002",
            )


def _replica() -> Iterator[CheckMessage]:
    if env.text("DATABASE_REPLICA_URL") and not settings.DATABASE_URL:
        yield Warning(
            "DATABASE_REPLICA_URL has no effect without DATABASE_URL.",
            hint="Set both, or take it away: on SQLite there is HOLDALL_FOLLOW.",
            id="holdall.W003",
        )
