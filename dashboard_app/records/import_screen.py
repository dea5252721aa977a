"""The screen on which records are taken in from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dashboard_app.acting import info_of
from dashboard_app.records import importing
from dashboard_app.tools import page


def screen(request: HttpRequest, admin: Any) -> HttpResponse:
    """Show the form; ``POST`` tries the file or takes it in (``act``), and says what was wrong."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    may_change = admin.has_change_permission(request)
    context: dict[str, Any] = {"may_change": may_change, "most": importing.MOST_ROWS}
    if request.method == "POST":
        context["changes_existing"] = may_change and request.POST.get("existing") == "change"
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise importing.Unreadable("Choose a file first.")
            context["outcome"] = importing.run(
                admin.collection,
                upload.read(),
                info_of(request),
                changes_existing=context["changes_existing"],
                is_trial=request.POST.get("act") != "import",
                user=request.user,
            )
        except importing.Unreadable as error:
            context["problem"] = str(error)
        outcome = context.get("outcome")
        if outcome is not None and not outcome.errors and request.POST.get("act") == "import":
            messages.success(request, _said(outcome))
            return HttpResponseRedirect("../")
        ContentType.objects.clear_cache()  # see ``refusals.undone``
    is_refused = "problem" in context or bool(context.get("outcome") and context["outcome"].errors)
    title = f"Import records of {admin.collection.name}"
    return page.show(request, "import_records", title, 400 if is_refused else 200, **context)


def _said(outcome: importing.Outcome) -> str:
    return f"{outcome.created} records are new, {outcome.changed} have been changed."
