"""``/api/crons``: the jobs that run by the clock, for superusers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from auth_app.guards import require_superuser
from core_app import cron_runs, crons, query_string
from core_app.errors import NotFound
from core_app.responses import json_response, no_content

#: ours, in the order that the reference lists them; what it does not have comes last
_OURS = (
    "__pbDBOptimize__",
    "__pbMFACleanup__",
    "__pbOTPCleanup__",
    "__pbLogsCleanup__",
    "__pbAutoBackup__",
    "__pbRateLimitersCleanup__",
    "purgeTrash",
)


def show_list(request: HttpRequest) -> HttpResponse:
    """``GET``: every job, the app's own before ours."""
    require_superuser(request)
    jobs = sorted(crons.jobs(), key=_place)
    shown = [{"id": job.id, "expression": job.schedule.text} for job in jobs]
    return json_response(shown, fields=query_string.value(request, "fields"))


def show_runs(request: HttpRequest) -> HttpResponse:
    """``GET``: every job with its last run, or ``null``. PocketBase has no such endpoint."""
    require_superuser(request)
    shown = [
        {"id": job.id, "expression": job.schedule.text, "lastRun": _shown(cron_runs.last(job.id))}
        for job in sorted(crons.jobs(), key=_place)
    ]
    return json_response(shown, fields=query_string.value(request, "fields"))


def run(request: HttpRequest, job_id: str) -> HttpResponse:
    """``POST``: start a job now, whatever its schedule."""
    require_superuser(request)
    job = crons.find(job_id)
    if job is None:
        raise NotFound("Missing or invalid cron job.")
    crons.run_in_background(job)
    return no_content()


def _place(job: crons.Job) -> tuple[int, str]:
    """Return where a job stands in the list: by id, ours last and in the reference's order."""
    return (_OURS.index(job.id) if job.id in _OURS else -1, job.id)


def _shown(run: cron_runs.Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "started": run.started,
        "finished": run.finished,
        "duration": run.took_ms,
        "error": run.error,
        "running": run.is_running,
    }
