"""Our own jobs by the clock. Their ids are PocketBase's, which the dashboard knows."""

from __future__ import annotations

from django.conf import settings
from django.db import connections

from core_app.crons import cron
from core_app.settings_store import store
from ops_app.logs import retention


@cron("__pbLogsCleanup__", "0 */6 * * *")
def delete_old_logs() -> None:
    """Delete the entries that the settings no longer want."""
    retention.apply(store.current().logs)


@cron("__pbDBOptimize__", "0 0 * * *")
def optimize_databases() -> None:
    """Empty the write-ahead logs and let SQLite look at its statistics.

    A database that is replicated is left to litestream: it reads the log, so writers would have to
    wait for nothing until the checkpoint gives up.
    """
    for connection in connections.all():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                if not (settings.HOLDALL_REPLICATE and connection.alias == "default"):
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.execute("PRAGMA optimize")
