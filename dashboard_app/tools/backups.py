"""Backups: make, download, restore and delete them, by what ``/api/backups`` calls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core_app import crons
from core_app.settings_store import store
from dashboard_app.acting import file_token
from dashboard_app.tools import cron_words, page
from ops_app.backups import busy, restore, schedule, shelf
from ops_app.backups.create import check_name, create
from ops_app.backups.errors import BackupError


def show_list(request: HttpRequest) -> HttpResponse:
    """Show all backups, the newest first; ``POST`` makes one, of the given name or a usual one."""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()
        wrong = check_name(name) if name else None
        if wrong is not None:
            messages.error(request, f"The name {name}: {wrong.message}")
        else:
            try:
                messages.success(request, f"{create(name)} is made.")
            except (BackupError, OSError) as error:
                messages.error(request, f"No backup was made: {error}")
        return HttpResponseRedirect(reverse("admin:backups"))
    found = sorted(shelf.all_backups(), key=lambda item: item.modified, reverse=True)
    return page.show(
        request,
        "backups",
        "Backups",
        backups=found,
        token=file_token(request),
        doing=busy.current(),
        schedule=store.current().backups.cron,
        by_clock=_by_clock(),
    )


def _by_clock() -> str:
    """Return in words when backups are made, and when next; ``""`` for never."""
    job = crons.find(schedule.JOB)
    if job is None:
        return ""
    upcoming = next(cron_words.following(job.schedule, 1), cron_words.NEVER)
    return f"{cron_words.of(job.schedule)}; next: {upcoming}"


def act(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for the backup's name, then restore it or delete it (``?act=``)."""
    if not shelf.exists(key):
        raise Http404
    wanted = request.GET.get("act")
    if wanted not in ("restore", "delete"):
        raise Http404
    if request.method == "POST" and request.POST.get("name") == key:
        _do(request, wanted, key)
        return HttpResponseRedirect(reverse("admin:backups"))
    is_wrong = request.method == "POST"
    context: dict[str, Any] = {
        "name": key,
        "back": reverse("admin:backups"),
        "error": "This is another name." if is_wrong else "",
        "action": "Restore the backup" if wanted == "restore" else "Delete the backup",
        "text": f"{key} takes the place of all data and files that there are now; the server is "
        "away for some seconds, and you may have to sign in again."
        if wanted == "restore"
        else f"{key} is deleted.",
    }
    status = 400 if is_wrong else 200
    return page.show(request, "confirm_name", context["action"], status, **context)


def _do(request: HttpRequest, wanted: str, key: str) -> None:
    doing = busy.current()
    if doing is not None:
        messages.error(request, "Another backup or restore is under way; wait until it is done.")
    elif wanted == "restore":
        restore.in_background(key)
        messages.success(request, f"{key} is being restored. This takes some seconds.")
    else:
        try:
            shelf.delete(key)
            messages.success(request, f"{key} is deleted.")
        except (shelf.Missing, OSError) as error:
            messages.error(request, f"{key} was not deleted: {error}")
