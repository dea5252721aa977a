"""Records in the dashboard: list, search, add, edit, delete, all through the one door."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import action

from collections_app.fields.base import FieldType
from collections_app.records import service
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError
from dashboard_app import pins
from dashboard_app.acting import info_of
from dashboard_app.records import (
    account_acts,
    bulk_edit,
    cascades,
    columns,
    export,
    import_screen,
    labels,
    previews,
    search,
    trash,
    words,
)
from dashboard_app.records.changelist import RecordChangeList
from dashboard_app.records.counting import BoundedPaginator
from dashboard_app.records.form import copied, editable_fields, form_class
from dashboard_app.records.options import RecordOptions
from dashboard_app.records.search import UnreadableFilter
from dashboard_app.records.together import together
from dashboard_app.refusals import undone
from dashboard_app.tools import page

CHOICES_PER_PAGE = 20
COLUMNS = "columns"  # in the session
COPY_OF = "_copy_of"  # in the address of a new record
HUGERTE = "dashboard/vendor/hugerte/hugerte.min.js"
RICH_TEXT = "dashboard/record/rich_text.js"
#: what the search boxes stand on, in the order they ask for
JQUERY = (
    "admin/js/vendor/jquery/jquery.min.js",
    "admin/js/vendor/select2/select2.full.js",
    "admin/js/jquery.init.js",
)


class RecordAdmin(ModelAdmin):  # type: ignore[misc]
    """The admin of one collection at one version of the schema."""

    paginator = BoundedPaginator
    list_before_template = "dashboard/records/list_tools.html"
    list_per_page = 50
    list_max_show_all = 1000
    list_fullwidth = True
    list_select_related = ()  # labels are fetched for the page as a whole
    show_full_result_count = False
    search_fields = ("id",)  # what is searched ``search`` knows
    search_help_text = 'Words, or a filter such as  total > 5 && tags ~ "new"'
    show_facets = False
    warn_unsaved_form = True
    change_form_outer_before_template = "dashboard/locked.html"
    actions = ("edit_selected", "download_selected")

    def __init__(self, model: type[RecordModel], site: AdminSite) -> None:
        super().__init__(model, site)
        self.collection: CollectionDef = model.collection
        offered = {
            "as_json": True,
            "duplicate": not self.collection.is_view,
            "open_account": self.collection.is_auth,
        }
        self.actions_detail = tuple(name for name, is_offered in offered.items() if is_offered)
        self.opts = RecordOptions(model._meta, self.collection.name)
        self.columns = {
            field.name: columns.column(field, self._attribute(field.name))
            for field in columns.visible_fields(self.collection)
        }

    # --- the list -----------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self.columns[field.name] for field in self.shown_fields(request)]

    def shown_fields(self, request: HttpRequest) -> list[FieldType]:
        """Return the fields that the list has: those chosen in this session, else the usual."""
        chosen = request.session.get(COLUMNS, {}).get(self.collection.id)
        found = [
            field
            for field in columns.visible_fields(self.collection)
            if field.name in (chosen or ())
        ]
        return found or columns.list_fields(self.collection)

    def columns_view(self, request: HttpRequest) -> HttpResponse:
        """Take in which columns the list shall have, for as long as the session lasts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        chosen = dict(request.session.get(COLUMNS, {}))
        if "reset" in request.POST:
            chosen.pop(self.collection.id, None)
        else:
            chosen[self.collection.id] = request.POST.getlist("column")
        request.session[COLUMNS] = chosen
        return self._back(request)

    def pin_view(self, request: HttpRequest) -> HttpResponse:
        """Put the collection at the top of the sidebar, or take it down again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        back = self._back(request)
        pins.turn(request, back, self.collection.id)
        return back

    def _back(self, request: HttpRequest) -> HttpResponse:
        """Return the way to the list that a form of it came from."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        back, own = request.POST.get("back", ""), reverse(name)
        return HttpResponseRedirect(back if back.startswith(own) else own)

    def words_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the names that a filter may have."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse(words.of(request, self.collection))

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with all records that the list's search finds, in its order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = request.GET.get("format", "")
        if kind not in ("csv", "json"):
            raise Http404
        query = request.GET.copy()
        del query["format"]
        request.GET = query  # type: ignore[assignment]
        found = self.get_changelist_instance(request).get_queryset(request)
        return export.answer(found, self.collection, kind)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take in records from a file."""
        return import_screen.screen(request, self)

    def trash_view(self, request: HttpRequest) -> HttpResponse:
        """Show what was deleted."""
        return trash.screen(request, self)

    @action(description="Edit selected", permissions=["change"])  # type: ignore[untyped-decorator]
    def edit_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Change some fields of the chosen records."""
        return bulk_edit.screen(request, self, queryset)

    @action(description="Download selected as JSON", permissions=["view"])  # type: ignore[untyped-decorator]
    def download_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        """Answer with the chosen records as a file."""
        return export.answer(queryset, self.collection, "json")

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Return the newest first, where records know when they were made."""
        for field in self.collection.automatic_fields:
            if getattr(field.options, "onCreate", False):
                return (f"-{self._attribute(field.name)}",)
        return ("pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            return search.matching(queryset, self.collection, search_term), False
        except UnreadableFilter as error:
            messages.error(request, f"This filter cannot be read: {error}")
            return queryset.none(), False

    def get_paginator(
        self, request: HttpRequest, queryset: Any, per_page: int, *args: Any, **kwargs: Any
    ) -> Paginator[Any]:
        searched = bool(request.GET.get(SEARCH_VAR, "").strip())
        return self.paginator(queryset, per_page, *args, searched=searched, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordChangeList]:
        return RecordChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().changelist_view(request, extra_context)
        except ApiError as refusal:  # of an action
            messages.error(request, undone(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return response

    def choices_view(self, request: HttpRequest) -> HttpResponse:
        """Answer the search of a relation's control, in the form that select2 reads."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        queryset = self.model.objects.order_by(*self.get_ordering(request))
        term = request.GET.get("term", "").strip()
        if term:
            words = search.any_field_contains(self.collection, term)
            queryset = search.matching(queryset, self.collection, words)
        begin = (page.number(request, "page") - 1) * CHOICES_PER_PAGE
        found = list(queryset[begin : begin + CHOICES_PER_PAGE + 1])  # never counted
        thumbs = previews.Thumbs(self.collection, request)
        results = [
            {"id": item.pk, "text": labels.label_of(item), "thumb": thumbs.of(item)}
            for item in found[:CHOICES_PER_PAGE]
        ]
        more = len(found) > CHOICES_PER_PAGE
        return JsonResponse({"results": results, "pagination": {"more": more}})

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = {
            "choices": self.choices_view,
            "columns": require_POST(self.columns_view),
            "export": self.export_view,
            "import": self.import_view,
            "pin": require_POST(self.pin_view),
            "trash": self.trash_view,
            "words": self.words_view,
        }
        site = self.admin_site
        paths = [
            path(f"{word}/", site.admin_view(view), name=f"{name}_{word}")
            for word, view in own.items()
        ]
        return [*paths, *super().get_urls()]

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

    # --- one record ---------------------------------------------------------------------------

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

    def _attribute(self, name: str) -> str:
        return str(self.model.attributes.get(name, name))

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

    # --- writing ------------------------------------------------------------------------------

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

    # --- who may ------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.collection.is_view and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.collection.is_view and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.collection.is_view and super().has_delete_permission(request, obj)
