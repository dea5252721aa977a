"""How the installation is: the last backup, the replica, files, and what is slow.

Asked after the page is there: a bucket or a full disk may take a while to answer.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from core_app.request_info import RequestInfo
from core_app.settings_store import store
from dashboard_app.tools import slow_queries
from dashboard_app.tools.advice import Warning
from ops_app.backups import shelf
from ops_app.backups.errors import BackupError
from ops_app.backups.shelves import Backup
from ops_app.replication import position

#: looking through files ends after this long
WALKING_S = 0.25
OLD = timedelta(days=7)

Figures = list[tuple[str, str]]


def of(info: RequestInfo) -> tuple[Figures, list[Warning]]:
    """Return the figures and the warnings."""
    figures: Figures = []
    warnings: list[Warning] = []
    _backups(figures, warnings)
    _replica(figures, warnings)
    figures.append(("Files", _files()))
    warnings += slow_queries.warnings(info)
    return figures, warnings


def _backups(figures: Figures, warnings: list[Warning]) -> None:
    page = reverse("admin:backups")
    try:
        found = shelf.all_backups()
    except (BackupError, OSError) as error:
        figures.append(("Last backup", "unknown"))
        warnings.append(Warning(f"The backups cannot be read: {error}", page, "See them"))
        return
    newest: Backup | None = max(found, key=lambda item: item.modified, default=None)
    if newest is None:
        figures.append(("Last backup", "none"))
        warnings.append(Warning("There is no backup.", page, "Make one"))
        return
    age = datetime.now(UTC) - newest.modified
    figures.append(("Last backup", ago(age)))
    if age > OLD:
        warnings.append(Warning(f"The last backup was made {ago(age)}.", page, "Make one"))
    elif not store.current().backups.cron:
        warnings.append(
            Warning("No backup is made by the clock.", reverse("admin:settings"), "Say when")
        )


def _replica(figures: Figures, warnings: list[Warning]) -> None:
    found = position.read()
    if found is None:
        return
    behind = ago(timedelta(seconds=found.behind_s)) if found.up_to else "not begun"
    figures.append(("Replica has all of", behind))
    if found.error:
        text = f"The replica does not follow: {found.error}"
        warnings.append(Warning(text, reverse("admin:logs"), "See the log"))


def _files() -> str:
    """Return how much the records' files take on this machine."""
    if store.current().s3.enabled:
        return "in a bucket"
    deadline = time.monotonic() + WALKING_S
    total = 0
    for size in _sizes(Path(settings.HOLDALL_DATA_DIR) / "storage"):
        total += size
        if time.monotonic() > deadline:
            return f"{filesizeformat(total)}+"
    return str(filesizeformat(total))


def _sizes(folder: Path) -> Iterator[int]:
    for place, _folders, names in os.walk(folder):
        for name in names:
            try:
                yield os.path.getsize(os.path.join(place, name))
            except FileNotFoundError:  # deleted meanwhile
                continue


def ago(age: timedelta) -> str:
    """Return an age in words, by its largest unit."""
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = seconds // length
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
