"""The signals of the operations API, each beside the event it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from core_app.hooks import HookSignal


@dataclass(slots=True)
class SettingsEvent:
    """Somebody reads or changes the settings. A receiver may return a response of its own.

    ``shown`` is the JSON-ready dict of the present settings, without secrets: what a reader gets,
    to be changed in place. ``patch`` is what was submitted, to be changed in place.
    """

    request: HttpRequest
    shown: dict[str, Any]
    patch: Mapping[str, Any] = field(default_factory=dict)


settings_list_request = HookSignal("settings_list_request")
settings_update_request = HookSignal("settings_update_request")


@dataclass(slots=True)
class BackupEvent:
    """A backup is made or restored. A receiver of a *before* may raise to stop it.

    ``key`` is the file's name; ``exclude`` are names at the top of the data folder to leave out.
    """

    key: str
    exclude: set[str] = field(default_factory=set)


before_backup_create = HookSignal("before_backup_create")
backup_created = HookSignal("backup_created")
before_backup_restore = HookSignal("before_backup_restore")
#: told by the process that starts the workers, once the restored data answers
backup_restored = HookSignal("backup_restored")
