"""Backups by the clock: ``backups.cron`` and ``backups.cronMaxKeep`` of the settings."""

from __future__ import annotations

import logging
from html import escape
from typing import Any

from django.dispatch import receiver

from auth_app.names import INSTALLER_EMAIL, SUPERUSERS
from collections_app.schema import lookup
from core_app import crons
from core_app.mail.message import Message
from core_app.mail.transport import MailFailed, send
from core_app.settings_store import store
from core_app.settings_store.hooks import settings_reloaded
from core_app.settings_store.shape import Settings
from ops_app.backups import shelf
from ops_app.backups.create import create, new_name
from ops_app.backups.errors import BackupError

logger = logging.getLogger("holdall.backups")

JOB = "__pbAutoBackup__"
PREFIX = "@auto_pb_backup_"


@receiver(settings_reloaded)
def follow_settings(settings: Settings, **_: Any) -> None:
    """Have the job run as the settings say, or not at all."""
    if settings.backups.cron:
        crons.cron(JOB, settings.backups.cron)(back_up)
    else:
        crons.remove(JOB)


def back_up() -> None:
    """Make a backup and remove the oldest that are too many; tell superusers if that fails."""
    try:
        create(new_name(PREFIX))
        remove_oldest(store.current().backups.cron_max_keep)
    except (BackupError, OSError) as error:
        _tell_superusers(error)
        raise


def remove_oldest(keep: int) -> None:
    """Remove automatic backups until ``keep`` are left, the newest."""
    ours = [backup for backup in shelf.all_backups() if backup.key.startswith(PREFIX)]
    ours.sort(key=lambda backup: backup.modified, reverse=True)
    for backup in ours[keep:]:
        shelf.delete(backup.key)


def _tell_superusers(error: Exception) -> None:
    """Write to every superuser; what keeps the mail from going out is logged."""
    app = store.current().meta.app_name
    superusers = lookup.get_model(SUPERUSERS).objects.exclude(email=INSTALLER_EMAIL)
    for email in superusers.values_list("email", flat=True):
        text = f"The automatic backup of {app} has failed:\n\n{error}"
        message = Message(
            to=email,
            subject=f"[{app} system alert] Autobackup failure",
            text=text,
            html=f"<p>{escape(text)}</p>",
        )
        try:
            send(message)
        except MailFailed:
            logger.exception("could not tell %s that the backup failed", email)
