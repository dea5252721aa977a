"""Collections as JSON: export, and import with a list of what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from collections_app.schema import present, snapshot
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import bulk_import, journal
from core_app import versions
from core_app.errors import ApiError
from core_app.transactions import write
from dashboard_app.collections import trial
from dashboard_app.refusals import lines, undone
from dashboard_app.tools import page


@dataclass(frozen=True, slots=True)
class Change:
    """What an import would do to one collection."""

    name: str
    kind: str  # new, changed, deleted
    lines: list[str]


def overview(request: HttpRequest) -> HttpResponse:
    """Show the forms of an import and of an export."""
    return page.show(
        request,
        "transfer",
        "Import and export",
        collections=snapshot.current().collections,
    )


def download(request: HttpRequest) -> HttpResponse:
    """Answer with the JSON as a file: the collections of ``?id=``, all without any."""
    headers = {"Content-Disposition": 'attachment; filename="collections.json"'}
    return HttpResponse(
        _exported(request.GET.getlist("id")), content_type="application/json", headers=headers
    )


def take_in(request: HttpRequest) -> HttpResponse:
    """Show what an import would change; when that is confirmed, do it."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:transfer"))
    upload = request.FILES.get("file")
    text = upload.read().decode("utf-8", "replace") if upload else request.POST.get("json", "")
    delete_missing = request.POST.get("deleteMissing") == "on"
    context: dict[str, Any] = {"json": text, "delete_missing": delete_missing}
    try:
        collections = _read(text)
        if request.POST.get("act") == "import":
            bulk_import.run(collections, delete_missing, page.info(request))
            messages.success(request, "The collections are imported.")
            return HttpResponseRedirect(reverse("admin:collections_app_collection_changelist"))
        context["changes"] = list(_tried(request, collections, delete_missing))
    except ValueError as error:
        context["errors"] = [str(error)]
    except ApiError as refusal:
        context["errors"] = list(lines(refusal.data)) or [undone(refusal)]
    status = 400 if "errors" in context else 200
    return page.show(request, "import", "Import collections", status, **context)


def _exported(ids: Sequence[str]) -> bytes:
    held = snapshot.current()
    found = [
        present.collection_json(item) for item in held.collections if not ids or item.id in ids
    ]
    return orjson.dumps(found, option=orjson.OPT_INDENT_2)


def _read(text: str) -> list[dict[str, Any]]:
    """Return the collections in ``text``. Raise ``ValueError`` with a sentence."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"This is not JSON: {error}.") from error
    if isinstance(found, dict):  # as the API takes it
        found = found.get("collections")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError("This must be a list of collections.")
    if not found:
        raise ValueError("There is no collection in it.")
    return found


def _tried(
    request: HttpRequest, collections: Sequence[dict[str, Any]], delete_missing: bool
) -> Iterator[Change]:
    """Yield the changes of an import that is tried and undone. Raise ``BadRequest``."""
    before = snapshot.current()
    with journal.paused(), write(), transaction.atomic():
        bulk_import.run(collections, delete_missing, page.info(request))
        after = snapshot.newest(versions.read().schema)
        transaction.set_rollback(True)
    yield from _differences(before, after)


def _differences(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for item in after.collections:
        old = before.by_id.get(item.id)
        told = list(trial.lines(old, item))
        if told:
            yield Change(item.name, "changed" if old else "new", told)
    for item in before.collections:
        if item.id not in after.by_id:
            yield Change(item.name, "deleted", [f'drops "{item.name}" with all its records'])
