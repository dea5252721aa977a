"""The trash of one collection: what was deleted when, to be restored or deleted for good."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from collections_app import records
from collections_app.fields.date import MARK_NAME
from collections_app.records import soft_delete
from core_app.errors import ApiError
from dashboard_app.acting import info_of
from dashboard_app.records import history, labels
from dashboard_app.records.together import together
from dashboard_app.refusals import undone
from dashboard_app.tools import page

PER_PAGE = 50


def screen(request: HttpRequest, admin: Any) -> HttpResponse:
    """Show the trash of the admin's collection; ``POST`` restores or purges the chosen records."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    if not admin.collection.has_trash:
        raise Http404
    if request.method == "POST":
        return _act(request, admin)
    at = page.number(request)
    found = records.find(
        admin.collection,
        trash="only",
        sort=f"-{MARK_NAME}",
        limit=PER_PAGE + 1,
        offset=(at - 1) * PER_PAGE,
    )
    kept_days = admin.collection.soft_delete.retention_days
    return page.show(
        request,
        "trash",
        f"Trash of {admin.collection.name}",
        items=[
            {"id": item.id, "label": labels.label_of(item), "deleted": item[MARK_NAME]}
            for item in found[:PER_PAGE]
        ],
        page=at,
        has_more=len(found) > PER_PAGE,
        kept_days=kept_days,
        may_restore=admin.has_change_permission(request),
        may_purge=admin.has_delete_permission(request),
        asks=request.GET.getlist("purge"),
    )


def _act(request: HttpRequest, admin: Any) -> HttpResponse:
    ids, act = request.POST.getlist("id"), request.POST.get("act")
    may = {"restore": admin.has_change_permission, "purge": admin.has_delete_permission}
    if act not in may:
        raise Http404
    if not may[act](request):
        raise PermissionDenied
    do, noted = {
        "restore": (soft_delete.restore, history.restored),
        "purge": (soft_delete.purge, history.purged),
    }[act]
    info = info_of(request)
    done = "restored" if act == "restore" else "deleted for good"
    try:
        with together():  # all or none
            for record_id in ids:
                do(admin.collection, record_id, info)
            history.keep(request.user, admin.collection, map(noted, ids))
        messages.success(request, f"{len(ids)} record{'' if len(ids) == 1 else 's'} {done}.")
    except ApiError as refusal:
        messages.error(request, undone(refusal))
    return HttpResponseRedirect(request.path)
