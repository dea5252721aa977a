"""The signals around the settings."""

from __future__ import annotations

from dataclasses import dataclass

from core_app.hooks import HookSignal
from core_app.settings_store.shape import Settings


@dataclass(slots=True)
class SettingsSaved:
    """Settings have been stored and committed."""

    old: Settings
    new: Settings


#: told after the commit, by the process that changed them
settings_saved = HookSignal("settings_saved")
#: this process goes by new settings from now on, whoever changed them
settings_reloaded = HookSignal("settings_reloaded")
