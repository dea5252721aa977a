"""How long entries stay: as the settings say, and not at all once logs are off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connections

from core_app.dates import to_wire
from core_app.settings_store.shape import Logs
from ops_app.logs.writer import writer
from ops_app.models import LogRow


def apply(logs: Logs) -> None:
    """Delete the entries that the settings no longer want."""
    if not logs.max_days:
        delete_all()
        return
    limit = to_wire(datetime.now(UTC) - timedelta(days=logs.max_days))
    LogRow.objects.filter(created__lte=limit).delete()
    LogRow.objects.filter(level__lt=logs.min_level).delete()


def delete_all() -> None:
    """Delete every entry and give the space back."""
    writer.clear()
    LogRow.objects.all()._raw_delete("auxiliary")
    connection = connections["auxiliary"]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
