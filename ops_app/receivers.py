"""What follows from a change elsewhere: of the settings, of a collection's name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.dispatch import receiver

from collections_app.hooks import CollectionEvent, after_collection_update
from core_app.settings_store import store
from core_app.settings_store.hooks import SettingsSaved, settings_saved
from ops_app.logs import retention


@receiver(settings_saved)
def apply_log_settings(event: SettingsSaved, **_: Any) -> None:
    """Old entries go at once when logs are turned off, kept shorter, or kept from another level."""
    if event.new.logs != event.old.logs:
        retention.apply(event.new.logs)


@receiver(after_collection_update)
def rename_rate_limit_labels(event: CollectionEvent, **_: Any) -> None:
    """``old:create`` becomes ``new:create`` when a collection gets another name."""
    if event.original is None or event.original.name == event.collection.name:
        return
    settings = store.current()
    before, after = f"{event.original.name}:", f"{event.collection.name}:"
    rules = tuple(
        replace(rule, label=after + rule.label.removeprefix(before))
        if rule.label.startswith(before)
        else rule
        for rule in settings.rate_limits.rules
    )
    if rules != settings.rate_limits.rules:
        store.save(replace(settings, rate_limits=replace(settings.rate_limits, rules=rules)))
