"""The jobs that run by the clock, each with a button to run it now."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from core_app import cron_runs, crons
from core_app.cron_expression import BadExpression, parse
from dashboard_app.tools import cron_words, page

#: how many of the next runs are told
PREVIEWED = 3


def show_list(request: HttpRequest) -> HttpResponse:
    """Show the jobs; ``POST`` starts the named one."""
    if request.method == "POST":
        job = crons.find(request.POST.get("job", ""))
        if job is None:
            raise Http404
        crons.run_in_background(job)
        messages.success(
            request, f"{job.id} has been started. What becomes of it will stand beside it."
        )
        return HttpResponseRedirect(reverse("admin:crons"))
    jobs = sorted(crons.jobs(), key=lambda job: (job.id.startswith("__"), job.id))
    shown = [
        {
            "id": job.id,
            "expression": job.schedule.text,
            "words": cron_words.of(job.schedule),
            "next": next(cron_words.following(job.schedule, 1), cron_words.NEVER),
            "says": _says(job),
            "last": cron_runs.last(job.id),
        }
        for job in jobs
    ]
    return page.show(request, "crons", "Crons", jobs=shown)


def preview(request: HttpRequest) -> JsonResponse:
    """Say what ``?expression=`` means and when it is due next, or why it cannot be read."""
    text = request.GET.get("expression", "")
    try:
        schedule = parse(text)
    except BadExpression as error:
        return JsonResponse({"words": "", "next": [], "error": str(error)})
    found = list(cron_words.following(schedule, PREVIEWED)) or [cron_words.NEVER]
    return JsonResponse({"words": cron_words.of(schedule), "next": found, "error": ""})


def _says(job: crons.Job) -> str:
    """Return the first line of the docstring of the job's function."""
    return (job.function.__doc__ or "").strip().partition("\n")[0]
