"""The settings in force: one row of ``_params``, one frozen value for each version of it.

``current()`` is what a piece of work goes by: pinned for a request, else the newest. A process
reads the row again when the settings' version in the database has moved, never otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from core_app import dates, sql, versions
from core_app.settings_store import sealing, shape
from core_app.settings_store.hooks import SettingsSaved, settings_reloaded, settings_saved
from core_app.settings_store.shape import Settings
from core_app.transactions import write

PARAM_ID = "settings"

_checks: list[Callable[[Settings], None]] = []
_newest: tuple[int, Settings] = (-1, Settings())
_loading = threading.Lock()


class _Local(threading.local):
    """What this thread's work goes by."""

    settings: Settings | None = None  # pinned


_local = _Local()


def current() -> Settings:
    """Return the settings this thread's work began with, or the newest if none are pinned."""
    pinned = _local.settings
    return pinned if pinned is not None else newest(versions.read().settings)


def newest(version: int) -> Settings:
    """Return the settings of ``version``, reading them if this process holds others."""
    global _newest
    held, settings = _newest
    if held == version:
        return settings
    with _loading:
        if _newest[0] != version:
            # the version is read before the row, so at worst the row is newer and is read again
            held = versions.read().settings
            _newest = (held, _load())
            settings_reloaded.send_robust(None, settings=_newest[1])
        return _newest[1]


def version() -> int:
    """Return the version of the settings that this process has read last."""
    return _newest[0]


def pin(settings: Settings | None) -> None:
    """Let this thread's work go by ``settings`` (``None``: by the newest again)."""
    _local.settings = settings


def check_with(check: Callable[[Settings], None]) -> None:
    """Let ``check`` raise ``FieldErrors`` for settings that ``update`` must refuse."""
    _checks.append(check)


def update(patch: Mapping[str, Any]) -> Settings:
    """Merge submitted JSON into the stored settings, store and return them.

    Raise ``shape.WrongType`` for a wrong JSON type, ``FieldErrors`` for values that are refused.
    """
    with write():
        settings = shape.merged(_load(), patch)
        for check in _checks:
            check(settings)
        save(settings)
    return settings


def save(settings: Settings) -> None:
    """Store ``settings`` as they are; every worker takes them up with its next request."""
    old = current()
    text = sealing.seal(shape.to_json(settings, secrets=True))
    now = dates.now()
    with write():
        sql.execute(
            sql.marked(
                'INSERT INTO "_params" ("id", "value", "created", "updated") VALUES (?, ?, ?, ?) '
                'ON CONFLICT ("id") DO UPDATE SET "value" = excluded."value", '
                '"updated" = excluded."updated"'
            ),
            (PARAM_ID, text, now, now),
        )
        versions.bump("settings")
        event = SettingsSaved(old, settings)
        transaction.on_commit(lambda: settings_saved.send_robust(None, event=event))
    if _local.settings is not None:
        _local.settings = settings


def _load() -> Settings:
    text = sql.marked('SELECT "value" FROM "_params" WHERE "id" = ?')
    row = sql.fetch_one(text, (PARAM_ID,), "default")
    stored = sealing.unseal(row[0]) if row and row[0] else {}
    return shape.merged(Settings(), stored)
