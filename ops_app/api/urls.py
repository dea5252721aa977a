"""Paths of the operations API."""

from __future__ import annotations

from django.urls import path

from core_app.routes import by_method
from ops_app.api import backups, crons, logs, metrics, probes, settings, sql, trial_mail, trial_s3
from ops_app.api.health import health

urlpatterns = [
    path("api/health", health),
    path("api/health/live", probes.live),
    path("api/health/ready", probes.ready),
    path("api/metrics", metrics.show),
    path("api/settings", by_method(GET=settings.show, PATCH=settings.change)),
    path("api/settings/test/email", trial_mail.send),
    path("api/settings/test/s3", trial_s3.run),
    path("api/sql", by_method(POST=sql.run)),
    path("api/logs", by_method(GET=logs.show_list, DELETE=logs.delete_all)),
    path("api/logs/stats", by_method(GET=logs.stats)),
    path("api/logs/<str:log_id>", by_method(GET=logs.show_one)),
    path("api/backups", by_method(GET=backups.show_list, POST=backups.make)),
    path("api/backups/upload", by_method(POST=backups.take_in)),
    path("api/backups/<str:key>", by_method(GET=backups.download, DELETE=backups.delete)),
    path("api/backups/<str:key>/restore", by_method(POST=backups.start_restore)),
    path("api/crons", by_method(GET=crons.show_list)),
    path("api/crons/runs", by_method(GET=crons.show_runs)),
    path("api/crons/<str:job_id>", by_method(POST=crons.run)),
]
