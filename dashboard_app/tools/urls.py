"""The paths of the screens beside collections and records."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from dashboard_app.tools import (
    backups,
    crons,
    first_steps,
    logs,
    migrations,
    settings,
    sql,
    transfer,
)
from dashboard_app.tools.page import superusers_only


def patterns() -> list[URLPattern]:
    """Return them all, below ``/_/``."""
    return [
        path("logs/", superusers_only(logs.show_list), name="logs"),
        path("logs/entries.json", superusers_only(logs.download), name="logs_json"),
        path("logs/clear/", superusers_only(logs.clear), name="logs_clear"),
        path("logs/<str:entry_id>/", superusers_only(logs.show_one), name="log"),
        path("crons/", superusers_only(crons.show_list), name="crons"),
        path("crons/next/", superusers_only(crons.preview), name="cron_preview"),
        path("backups/", superusers_only(backups.show_list), name="backups"),
        path("backups/<str:key>/", superusers_only(backups.act), name="backup"),
        path("migrations/", superusers_only(migrations.show), name="migrations"),
        path("settings/", superusers_only(settings.edit), name="settings"),
        path("settings/test-mail/", superusers_only(settings.test_mail), name="test_mail"),
        path("settings/test-storage/", superusers_only(settings.test_storage), name="test_storage"),
        path(
            "sample/",
            superusers_only(require_POST(first_steps.install_sample)),
            name="install_sample",
        ),
        path("sql/", superusers_only(sql.console), name="sql"),
        path("transfer/", superusers_only(transfer.overview), name="transfer"),
        path("transfer/collections.json", superusers_only(transfer.download), name="export"),
        path("transfer/import/", superusers_only(transfer.take_in), name="import"),
    ]
