"""As whom the console asks: a guest, a superuser, or any user, found by search.

Tokens are those that impersonation gives, for some minutes. They travel in a body to the page that
asked and back in ``Authorization``; neither is logged.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from auth_app import find
from auth_app.flows import refresh
from auth_app.signed_in import SignedIn
from collections_app.schema import snapshot
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest, NotFound
from core_app.responses import json_response
from dashboard_app.records import labels, search
from dashboard_app.tools.page import info

MINUTES = 15
MOST_FOUND = 10
GUEST, SUPERUSER = "guest", "superuser"


@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Answer ``{"token"}`` of whom ``as`` names; a superuser gets their own by default."""
    asking = info(request)
    caller = request.POST.get("as", SUPERUSER)
    if caller == GUEST:
        return json_response({"token": ""})
    record = record_of(request, caller)
    given = refresh.impersonate(record, MINUTES * 60, asking)
    response = json_response({"token": given["token"]})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Answer up to ten users of ``?collection=`` that ``?q=`` finds, each as what ``as`` takes."""
    held = snapshot.current()
    collection = held.find(request.GET.get("collection", ""))
    if collection is None or not collection.is_auth:
        raise NotFound
    every = held.model(collection).objects.order_by("id")
    try:
        every = search.matching(every, collection, request.GET.get("q", ""))
    except search.UnreadableFilter as error:
        raise BadRequest(reason=str(error)) from error
    shown = [
        {"as": f"{collection.name}/{record.id}", "label": _label(record)}
        for record in every[:MOST_FOUND]
    ]
    return json_response(shown)


def _label(record: RecordModel) -> str:
    """Return the e-mail, and what else names a user."""
    names = [str(record["email"]), labels.label_of(record)]
    return (
        " · ".join(dict.fromkeys(name for name in names if name and name != record.id)) or record.id
    )


def record_of(request: HttpRequest, caller: str) -> RecordModel:
    """Return the auth record that ``superuser`` or ``collection/id`` names. Raise ``NotFound``."""
    if caller == SUPERUSER:
        signed_in: Any = info(request).auth
        own: RecordModel = signed_in.record()
        return own
    name, _, record_id = caller.partition("/")
    collection = snapshot.current().find(name)
    found = find.by_id(collection, record_id) if collection and collection.is_auth else None
    if found is None:
        raise NotFound
    return found


def auth_of(request: HttpRequest, caller: str) -> SignedIn | None:
    """Return whom ``caller`` names as rules see them; ``None`` for a guest. Raise ``NotFound``."""
    return None if caller == GUEST else SignedIn.of(record_of(request, caller))
