"""Changing the same fields of many records: each through the one door, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from collections_app.fields.base import Shape
from collections_app.records import service
from collections_app.schema.definition import CollectionDef
from core_app.errors import ApiError
from core_app.request_info import RequestInfo
from core_app.transactions import write
from dashboard_app import refusals
from dashboard_app.acting import info_of
from dashboard_app.records import history, labels
from dashboard_app.records.form import editable_fields
from dashboard_app.records.together import TakenBack, together
from dashboard_app.tools import page

MOST = 10_000
#: more errors than these nobody reads at once
MOST_ERRORS = 20
#: the prefix of the checkboxes that say which fields are meant
CHANGE = "change__"


class BulkForm(forms.Form):
    """A control for each field that records may share; only the ticked ones count."""

    def __init__(self, collection: CollectionDef, data: Any = None) -> None:
        super().__init__(data)
        self.collection = collection
        for name, made in editable_fields(collection):
            if is_shareable(collection, name):
                self.fields[name] = made
        ticked = data or {}
        self.chosen = [name for name in self.fields if f"{CHANGE}{name}" in ticked]

    @property
    def rows(self) -> Iterator[tuple[Any, str, bool]]:
        """Yield each control, the name of its checkbox, and whether that is ticked."""
        for name in self.fields:
            yield self[name], f"{CHANGE}{name}", name in self.chosen

    def full_clean(self) -> None:
        """Look at the ticked fields alone."""
        super().full_clean()
        for name in [name for name in self.errors if name not in self.chosen]:
            del self.errors[name]

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API would be sent for each record."""
        return {name: self.cleaned_data[name] for name in self.chosen}


def is_shareable(collection: CollectionDef, name: str) -> bool:
    """Whether several records may get one value: no id, no password, no file, nothing unique."""
    field = collection.by_name[name]
    return (
        name != "id"
        and field.type_name != "file"
        and field.shape is not Shape.BLANK
        and not (collection.is_auth and name == "email")
    )


def screen(request: HttpRequest, admin: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
    """Show the form for the records of ``queryset``, or change them; ``None`` leads to the list."""
    collection: CollectionDef = admin.collection
    ids = [str(pk) for pk in queryset.values_list("pk", flat=True)[: MOST + 1]]
    if len(ids) > MOST:
        messages.error(request, f"At most {MOST:,} records are changed at once.")
        return None
    is_sent = "apply" in request.POST
    form = BulkForm(collection, request.POST if is_sent else None)
    errors: list[str] = []
    if is_sent and not form.chosen:
        errors = ["Tick the fields that you want to change."]
    elif is_sent and form.is_valid():
        errors = apply(collection, ids, form.body, info_of(request), request.user)
        if not errors:
            plural = "" if len(ids) == 1 else "s"
            messages.success(request, f"{len(ids)} record{plural} changed.")
            return None
    return page.show(
        request,
        "bulk_edit",
        f"Change {len(ids)} of {collection.name}",
        400 if errors or form.errors else 200,
        form=form,
        number=len(ids),
        errors=errors,
        media=admin.media + form.media,
        selected=request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
        selected_name=helpers.ACTION_CHECKBOX_NAME,
        across=request.POST.get("select_across", "0"),
    )


def apply(
    collection: CollectionDef,
    ids: list[str],
    body: dict[str, Any],
    info: RequestInfo | None,
    user: Any,
) -> list[str]:
    """Change the records by ``body``; return what was refused. Then nothing has changed.

    Each record's history names ``user``.
    """
    errors: list[str] = []
    with together():
        for record_id in ids:
            try:
                with write():  # a refused record leaves the transaction as it was
                    service.update(collection, record_id, body, info)
            except ApiError as refusal:
                errors.append(_line(collection, record_id, refusal))
            if len(errors) == MOST_ERRORS:
                break
        if errors:
            raise TakenBack
        history.keep(user, collection, (history.changed(item, body) for item in ids))
    return errors


def _line(collection: CollectionDef, record_id: str, refusal: ApiError) -> str:
    label = labels.labels_of(collection.id, [record_id]).get(record_id, record_id)
    return f"{label} ({record_id}): {' '.join(refusals.told(refusal))}"
