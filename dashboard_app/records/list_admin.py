"""The list of a collection's records: columns, search, order, actions, the screens beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.decorators import action

from collections_app.fields.base import FieldType
from core_app.errors import ApiError
from dashboard_app import pins
from dashboard_app.records import (
    bulk_edit,
    columns,
    export,
    import_screen,
    labels,
    previews,
    search,
    trash,
    words,
)
from dashboard_app.records.base_admin import BaseRecordAdmin
from dashboard_app.records.changelist import RecordChangeList
from dashboard_app.records.counting import BoundedPaginator
from dashboard_app.records.search import UnreadableFilter
from dashboard_app.refusals import undone
from dashboard_app.tools import page

CHOICES_PER_PAGE = 20
COLUMNS = "columns"  # in the session


class RecordListAdmin(BaseRecordAdmin):
    """The half of the admin that is about many records."""

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
    actions = ("edit_selected", "download_selected")

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
