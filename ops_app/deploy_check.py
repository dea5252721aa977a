"""``manage.py check --deploy``: what should be set before others use this installation."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from core_app.mail import transport
from core_app.settings_store import store
from core_app.settings_store.sealing import Sealed
from core_app.settings_store.shape import Meta, Settings

_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@register(Tags.security, deploy=True)
def ready_for_use(**_: Any) -> list[CheckMessage]:
    """Return a warning for each thing that is left to do."""
    found = list(_of_the_machine())
    try:
        found += _of_the_app(store.current())
    except (DatabaseError, sqlite3.OperationalError, Sealed) as error:
        hint = "Start the server once; it makes the tables."
        found.append(_warning("W100", f"The app's settings cannot be read: {error}", hint))
    return found


def _of_the_machine() -> Iterator[CheckMessage]:
    folder = Path(settings.HOLDALL_DATA_DIR)
    if folder.stat().st_mode & _OPEN_TO_OTHERS:
        yield _warning(
            "W101",
            f"Other users of this machine can look into the data folder {folder}.",
            f"chmod 700 {folder}: its databases hold password hashes and keys.",
        )
    if settings.DEBUG:
        yield _warning("W102", "DEBUG is on.", "Use config.settings.production.")
    if not settings.HOLDALL_BEHIND_TLS and not settings.SESSION_COOKIE_SECURE:
        yield _warning(
            "W103",
            "Browsers may send the dashboard's session over plain HTTP.",
            "Put a proxy with TLS in front and set HOLDALL_BEHIND_TLS=true.",
        )


def _of_the_app(app: Settings) -> Iterator[CheckMessage]:
    if settings.HOLDALL_BEHIND_TLS and not app.trusted_proxy.headers:
        yield _warning(
            "W104",
            "All clients look like the proxy: none of its headers is trusted.",
            "Name the one with the client's address in the setting trustedProxy.headers.",
        )
    if app.meta.app_url == Meta().app_url:
        yield _warning(
            "W105",
            f"Links in mails lead to {app.meta.app_url}.",
            "Set meta.appURL to the public address.",
        )
    if not transport.has_way_out():
        yield _warning(
            "W106",
            "No mail can go out: SMTP is off, and there is no sendmail.",
            "Set smtp, and try it with POST /api/settings/test/email.",
        )
    if not (app.backups.cron or settings.HOLDALL_REPLICATE or settings.HOLDALL_FOLLOW):
        yield _warning(
            "W107",
            "Nothing keeps a copy of the data.",
            "Set backups.cron, or HOLDALL_REPLICATE.",
        )
    if not app.rate_limits.enabled:
        yield _warning(
            "W108",
            "Passwords can be tried without a limit.",
            "Set rateLimits.enabled to true.",
        )


def _warning(number: str, text: str, hint: str) -> CheckMessage:
    return Warning(text, hint=hint, id=f"holdall.{number}")
