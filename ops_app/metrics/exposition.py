"""The numbers of this installation as Prometheus reads them, the same whichever worker is asked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from core_app import cron_runs, crons, dates
from core_app.release import version
from ops_app.backups import shelf
from ops_app.metrics import counters
from ops_app.replication import following, position

CONTENT_TYPE = CONTENT_TYPE_LATEST


def text() -> bytes:
    """Return all numbers in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_All())
    return generate_latest(registry)


class _All(Collector):
    def collect(self) -> Iterator[Metric]:
        yield _info()
        yield from _requests()
        yield from _jobs()
        yield from _databases()
        yield from _disk()
        yield from _backups()
        yield from _replica()
        yield from _following()


def _info() -> Metric:
    info = GaugeMetricFamily("holdall_info", "What runs here.", labels=["version"])
    info.add_metric([version()], 1)
    return info


def _requests() -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "holdall_http_requests", "Requests answered.", labels=["method", "status"]
    )
    took = HistogramMetricFamily(
        "holdall_http_request_duration_seconds", "How long requests took.", labels=["method"]
    )
    bounds = [*map(str, counters.BOUNDS), "+Inf"]
    for total in counters.totals():
        for status, number in zip(counters.STATUSES, total.by_status, strict=True):
            requests.add_metric([total.method, status], number)
        sums, so_far = [], 0.0
        for number in total.buckets:
            so_far += number
            sums.append(so_far)
        took.add_metric([total.method], list(zip(bounds, sums, strict=True)), total.seconds)
    yield requests
    yield took


def _jobs() -> Iterator[Metric]:
    when = GaugeMetricFamily(
        "holdall_job_last_run_timestamp_seconds", "When a job last began.", labels=["job"]
    )
    took = GaugeMetricFamily(
        "holdall_job_last_run_duration_seconds", "How long its last run took.", labels=["job"]
    )
    failed = GaugeMetricFamily(
        "holdall_job_last_run_failed", "Whether its last run has failed.", labels=["job"]
    )
    for job in crons.jobs():
        run = cron_runs.last(job.id)
        if run is not None:
            when.add_metric([job.id], _seconds(dates.from_wire(run.started)))
            took.add_metric([job.id], run.took_ms / 1000)
            failed.add_metric([job.id], float(bool(run.error)))
    yield from (when, took, failed)


def _databases() -> Iterator[Metric]:
    size = GaugeMetricFamily(
        "holdall_database_bytes", "Size of a database's files.", labels=["database", "file"]
    )
    for connection in connections.all():
        if connection.vendor == "sqlite":
            path = str(connection.settings_dict["NAME"])
            for suffix, name in (("", "main"), ("-wal", "wal")):
                size.add_metric([connection.alias, name], _size(path + suffix))
    yield size


def _disk() -> Iterator[Metric]:
    usage = shutil.disk_usage(settings.HOLDALL_DATA_DIR)
    yield GaugeMetricFamily("holdall_disk_free_bytes", "Free on the data's disk.", usage.free)
    yield GaugeMetricFamily("holdall_disk_bytes", "Size of the data's disk.", usage.total)


def _backups() -> Iterator[Metric]:
    """Yield nothing about backups in a bucket: asking for them takes too long."""
    found = shelf.in_folder()
    yield GaugeMetricFamily("holdall_backups", "Backups on this machine.", len(found))
    if found:
        newest = max(found, key=lambda backup: backup.modified)
        when = "holdall_backup_last_timestamp_seconds"
        yield GaugeMetricFamily(when, "When the newest was made.", _seconds(newest.modified))
        yield GaugeMetricFamily("holdall_backup_last_bytes", "Size of the newest.", newest.size)


def _replica() -> Iterator[Metric]:
    found = position.read()
    if found is not None:
        name = "holdall_replica_"
        when = "Writes answered before this moment are in the replica."
        yield GaugeMetricFamily(f"{name}up_to_timestamp_seconds", when, found.up_to)
        follows = float(bool(found.up_to) and not found.error)
        yield GaugeMetricFamily(f"{name}follows", "Whether the replica follows.", follows)


def _following() -> Iterator[Metric]:
    state = following.read()
    if state is not None:
        name = "holdall_follower_"
        when = "What was in the replica at this moment is served."
        yield GaugeMetricFamily(f"{name}checked_timestamp_seconds", when, state.checked)
        when = "When the newest change that is served came into the replica."
        yield GaugeMetricFamily(f"{name}changed_timestamp_seconds", when, state.changed)
        follows = float(not state.error)
        yield GaugeMetricFamily(f"{name}follows", "Whether this server follows.", follows)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _size(path: str) -> int:
    return os.path.getsize(path) if Path(path).exists() else 0
