"""Ending all tokens of an auth collection: each kind gets a new secret."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from auth_app import options
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit import service
from core_app.errors import ApiError
from dashboard_app.refusals import with_reason
from dashboard_app.tools import page


def screen(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Ask, then do it. Raise ``Http404`` for a collection without accounts."""
    if not collection.is_auth:
        raise Http404
    back = reverse("admin:collections_app_collection_change", args=(quote(collection.id),))
    if request.method == "POST":
        try:
            service.update(collection, options.new_secrets(), page.info(request))
            messages.success(request, f"All tokens of {collection.name} are void.")
        except ApiError as refusal:
            messages.error(request, with_reason(refusal))
        return HttpResponseRedirect(back)
    return page.show(
        request,
        "confirm",
        "Void all tokens",
        action="Void all tokens",
        text=f"All accounts of {collection.name} have to sign in again. Links in mails that were "
        "sent, and tokens of files, end too.",
        back=back,
    )
