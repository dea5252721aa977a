"""The form of one record: its fields, scripts, acts, and writing, all through the one door."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from unfold.decorators import action

from collections_app.records import service
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError
from dashboard_app.acting import info_of
from dashboard_app.records import account_acts, cascades, export, labels
from dashboard_app.records.base_admin import BaseRecordAdmin
from dashboard_app.records.form import copied, editable_fields, form_class
from dashboard_app.records.together import together
from dashboard_app.refusals import undone
from dashboard_app.tools import page

COPY_OF = "_copy_of"  # in the address of a new record
HUGERTE = "dashboard/vendor/hugerte/hugerte.min.js"
RICH_TEXT = "dashboard/record/rich_text.js"
#: what the search boxes stand on, in the order they ask for
JQUERY = (
    "admin/js/vendor/jquery/jquery.min.js",
    "admin/js/vendor/select2/select2.full.js",
    "admin/js/jquery.init.js",
)


class RecordFormAdmin(BaseRecordAdmin):
    """The half of the admin that is about one record."""

    warn_unsaved_form = True
    change_form_outer_before_template = "dashboard/locked.html"

    def __init__(self, model: type[RecordModel], site: AdminSite) -> None:
        super().__init__(model, site)
        offered = {
            "as_json": True,
            "duplicate": not self.collection.is_view,
            "open_account": self.collection.is_auth,
        }
        self.actions_detail = tuple(name for name, is_offered in offered.items() if is_offered)

    @property
    def media(self) -> forms.Media:
        """Return the scripts of the form, those of rich text and maps only where needed."""
        own = forms.Media(
            js=(*JQUERY, "dashboard/record/relations.js", "dashboard/record/order.js")
        )
        types = {field.type_name for field in self.collection.fields}
        if "editor" in types:
            rich_text: Any = Script(RICH_TEXT, type="module")
            own += forms.Media(js=(HUGERTE, rich_text))
        if "json" in types:
            own += forms.Media(js=("dashboard/record/json.js",))
        if "geoPoint" in types:
            own += forms.Media(js=("dashboard/record/point.js",))
        whole: forms.Media = super().media + own
        return whole

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return form_class(request, self.model)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return what is edited, then what the server sets."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": self._readable()})]
        names: list[Any] = [
            name for name, _ in editable_fields(self.collection) if obj is None or name != "id"
        ]
        found: list[Any] = [(None, {"fields": names})]
        if obj is not None:
            found.append(("Set by the server", {"fields": self._automatic()}))
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj is None else self._readable()

    def _readable(self) -> list[Any]:
        return list(self.columns.values())

    def _automatic(self) -> list[Any]:
        automatic = self.collection.automatic_fields
        return [self.columns[name] for name in ("id", *(field.name for field in automatic))]

    @action(description="Account", url_path="account", icon="key")  # type: ignore[untyped-decorator]
    def open_account(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set a password, send mails, act as this account."""
        page.info(request)  # superusers alone
        return account_acts.screen(request, self, unquote(object_id))

    @action(description="Duplicate", url_path="duplicate", icon="content_copy")  # type: ignore[untyped-decorator]
    def duplicate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the form of a new record that begins as this one."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_add"
        return HttpResponseRedirect(f"{reverse(name)}?{urlencode({COPY_OF: unquote(object_id)})}")

    @action(  # type: ignore[untyped-decorator]
        description="Copy as JSON",
        url_path="json",
        icon="data_object",
        attrs={"data-copy-from": ""},
    )
    def as_json(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with the record as JSON; ``copy.js`` takes it to the clipboard."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return HttpResponse(export.one(record), content_type="application/json")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return what this user may do; an account's acts are for superusers."""
        may = {
            "as_json": True,
            "duplicate": self.has_add_permission(request),
            "open_account": info_of(request) is not None,
        }
        found = super().get_actions_detail(request, object_id)
        return [item for item in found if may[item.method.original_function_name]]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the values that ``?_copy_of=`` says, else those of the query."""
        record_id = request.GET.get(COPY_OF)
        if not record_id or not self.has_view_permission(request):
            found: dict[str, Any] = super().get_changeform_initial_data(request)
            return found
        record = self.model.objects.filter(pk=record_id).first()
        if record is None:
            raise Http404
        return copied(record)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has stored the record."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Tell the form that asked for a new record what to call it."""
        if IS_POPUP_VAR not in request.POST:
            return super().response_add(request, obj, post_url_continue)
        told = json.dumps({"value": str(obj.pk), "obj": labels.label_of(obj)})
        context = {"popup_response_data": told}
        return TemplateResponse(request, "admin/popup_response.html", context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        service.delete(self.collection, str(obj.pk), info_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete all or none."""
        ids = [str(pk) for pk in queryset.values_list("pk", flat=True)]
        info = info_of(request)
        with together():
            for record_id in ids:
                service.delete(self.collection, record_id, info)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except ApiError as refusal:
            messages.error(request, undone(refusal))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=(object_id,)))
        return response

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return the records by name, and what goes with them."""
        found = list(objs)
        names = [f"{labels.label_of(record)} ({record.pk})" for record in found]
        along = cascades.lines(self.collection, [str(record.pk) for record in found])
        lacking = set() if self.has_delete_permission(request) else {self.collection.name}
        return [*names, *along], {self.collection.name: len(names)}, lacking, []
