"""Jobs of records by the clock."""

from __future__ import annotations

from collections_app.records import soft_delete
from core_app.crons import cron


@cron("purgeTrash", "30 3 * * *")
def purge_trash() -> None:
    """Delete for good what collections with soft delete have kept for long enough."""
    soft_delete.purge_expired()
