"""Collections in the dashboard: list, add, edit, delete, through the same door as the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import action

from collections_app.models import Collection
from collections_app.records import rows
from collections_app.schema import snapshot
from collections_app.schema.definition import RULE_NAMES, CollectionDef
from collections_app.schema_edit import service, truncate
from core_app.errors import ApiError
from core_app.transactions import write
from dashboard_app import sidebar
from dashboard_app.acting import info_of
from dashboard_app.collections import api_preview, diagram, mail_preview, trial, void_tokens
from dashboard_app.collections.form import RULE_LABELS, controls, form_class, new_type
from dashboard_app.refusals import with_reason
from dashboard_app.tools import page
from dashboard_app.tools.page import superusers_only

LOCKED, OPEN, RULED = "superusers", "everyone", "rule"


class CollectionAdmin(ModelAdmin):  # type: ignore[misc]
    """The admin of the rows behind all collections."""

    list_display = ("name", "type", "record_count", "access", "updated")
    list_filter = ("type", "system")
    search_fields = ("name", "id")
    ordering = ("system", "name")
    list_per_page = 100
    list_fullwidth = True
    show_facets = False
    warn_unsaved_form = True
    change_form_outer_before_template = "dashboard/locked.html"
    actions_detail = ("open_records", "open_api", "duplicate", "open_void_tokens", "open_truncate")
    actions_list = ("open_diagram",)
    change_form_before_template = "dashboard/collection/editor_data.html"

    class Media:
        js = (forms.Script("dashboard/collection/editor.js", type="module"),)

    # --- the list -----------------------------------------------------------------------------

    @display(description="Records")
    def record_count(self, row: Collection) -> SafeString | str:
        """Return how many records there are, leading to them."""
        collection = definition(row)
        if collection is None:
            return "-"
        url = sidebar.records_url(collection)
        return format_html(
            '<a href="{}" class="font-medium text-primary-600 dark:text-primary-500">{}</a>',
            url,
            rows.count(collection, None),
        )

    @display(description="Open to")
    def access(self, row: Collection) -> str:
        """Return in one line who may do what."""
        collection = definition(row)
        if collection is None:
            return "-"
        acts = [name.removesuffix("Rule") for name in RULE_NAMES]
        if collection.is_view:
            acts = acts[:2]
        by_kind: dict[str, list[str]] = {}
        for act in acts:
            by_kind.setdefault(_kind(collection.rule(act)), []).append(act)
        if list(by_kind) == [LOCKED]:
            return "superusers only"
        return "; ".join(
            f"{kind}: {', '.join(by_kind[kind])}" for kind in (OPEN, RULED) if kind in by_kind
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return the row; an id in an address may be quoted as Django quotes, or be as it is."""
        row = super().get_object(request, object_id, from_field)
        found = None if row is not None else _at(object_id)
        return row if found is None else super().get_object(request, found.id, from_field)

    # --- one collection -------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return form_class(request, definition(obj) if obj else None)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        collection = definition(obj) if obj else None
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": self.get_readonly_fields(request, obj)})]
        type_name = collection.type_name if collection else new_type(request)
        names = list(controls(type_name, collection))
        rules = [name for name in names if name in RULE_LABELS]
        options = [name for name in names if name == "options"]
        shape = [name for name in names if name not in (*rules, *options)]
        found: list[Any] = [(None, {"fields": shape}), ("Who may", {"fields": rules})]
        if options:
            found.append(("Options", {"fields": options}))
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None or self.has_change_permission(request, obj):
            return ()
        return ("name", "type", "record_count", "access", "created", "updated")

    def get_urls(self) -> list[Any]:
        """Return the paths; an id has no slash, so that records' paths are nobody else's."""
        name = "collections_app_collection"
        own = [
            path("check-rule/", self._asked(trial.rule_answer), name=f"{name}_check_rule"),
            path("changes/", self._asked(trial.changes_answer), name=f"{name}_changes"),
            path("preview-mail/", self._asked(mail_preview.answer), name=f"{name}_preview_mail"),
            path("diagram/", superusers_only(diagram.show), name=f"{name}_diagram"),
            path("<str:object_id>/api/", superusers_only(self.api_view), name=f"{name}_api"),
            path(
                "<str:object_id>/truncate/",
                superusers_only(self.truncate_view),
                name=f"{name}_truncate",
            ),
            path(
                "<str:object_id>/void-tokens/",
                superusers_only(self.void_tokens_view),
                name=f"{name}_void_tokens",
            ),
        ]
        return own + [
            path(
                str(item.pattern).replace("<path:object_id>", "<str:object_id>"),
                item.callback,
                name=item.name,
            )
            for item in super().get_urls()
        ]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the acts; only accounts have tokens."""
        collection = _at(unquote(str(object_id)))
        found = super().get_actions_detail(request, object_id)
        if collection is not None and collection.is_auth:
            return list(found)
        return [item for item in found if item.method.original_function_name != "open_void_tokens"]

    @action(description="Diagram", url_path="to-diagram", icon="account_tree")  # type: ignore[untyped-decorator]
    def open_diagram(self, request: HttpRequest) -> HttpResponse:
        """Go to the picture of all collections."""
        return HttpResponseRedirect(reverse("admin:collections_app_collection_diagram"))

    @action(description="Records", url_path="open-records", icon="table_rows")  # type: ignore[untyped-decorator]
    def open_records(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the collection's records."""
        collection = _at(object_id)
        if collection is None:
            return HttpResponseRedirect(reverse("admin:collections_app_collection_changelist"))
        return HttpResponseRedirect(sidebar.records_url(collection))

    @action(description="Duplicate", url_path="duplicate", icon="content_copy")  # type: ignore[untyped-decorator]
    def duplicate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the form of a new collection that begins as this one."""
        url = reverse("admin:collections_app_collection_add")
        collection = _at(object_id)
        if collection is None or collection.system:
            messages.error(request, "System collections cannot be duplicated.")
            return HttpResponseRedirect(reverse("admin:collections_app_collection_changelist"))
        query = urlencode({"type": collection.type_name, "from": collection.id})
        return HttpResponseRedirect(f"{url}?{query}")

    @action(description="API", url_path="to-api", icon="api")  # type: ignore[untyped-decorator]
    def open_api(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the examples."""
        url = reverse("admin:collections_app_collection_api", args=(object_id,))
        return HttpResponseRedirect(url)

    @action(description="Truncate", url_path="to-truncate", icon="delete_sweep")  # type: ignore[untyped-decorator]
    def open_truncate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the page that asks whether all records shall go."""
        url = reverse("admin:collections_app_collection_truncate", args=(object_id,))
        return HttpResponseRedirect(url)

    @action(description="Void tokens", url_path="to-void-tokens", icon="key_off")  # type: ignore[untyped-decorator]
    def open_void_tokens(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the page that asks whether all tokens shall end."""
        url = reverse("admin:collections_app_collection_void_tokens", args=(object_id,))
        return HttpResponseRedirect(url)

    def api_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show how the collection is used from outside."""
        collection = _required(object_id)
        base_url = f"{request.scheme}://{request.get_host()}"
        found = list(api_preview.endpoints(collection, base_url))
        title = f"API of {collection.name}"
        return page.show(request, "api", title, endpoints=found, base_url=base_url)

    def truncate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete all records, once the collection's name has been typed."""
        collection = _required(object_id)
        if request.method == "POST" and request.POST.get("name") == collection.name:
            try:
                truncate.run(collection, page.info(request))
                messages.success(request, f"{collection.name} has no records any more.")
            except ApiError as refusal:
                messages.error(request, with_reason(refusal))
            return HttpResponseRedirect(
                reverse("admin:collections_app_collection_change", args=(quote(collection.id),))
            )
        number = rows.count(collection, None)
        where = "go to the trash" if collection.has_trash else "are deleted"
        text = f"All {number} records of {collection.name} {where}, with what belongs to them."
        return self._ask_name(
            request, collection, "Delete all records", text, can_be_undone=collection.has_trash
        )

    def void_tokens_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End all tokens of an auth collection, once that is confirmed."""
        return void_tokens.screen(request, _required(object_id))

    def _ask_name(
        self,
        request: HttpRequest,
        collection: CollectionDef,
        act: str,
        text: str,
        lines: list[str] | None = None,
        *,
        can_be_undone: bool = False,
    ) -> HttpResponse:
        """Show the page on which the name of a collection is typed before something is lost."""
        is_wrong = request.method == "POST"
        back = reverse("admin:collections_app_collection_change", args=(quote(collection.id),))
        return page.show(
            request,
            "confirm_name",
            act,
            400 if is_wrong else 200,
            action=act,
            text=text,
            lines=lines or [],
            can_be_undone=can_be_undone,
            name=collection.name,
            back=back,
            error="This is another name." if is_wrong else "",
        )

    def _asked(self, answer: Callable[[HttpRequest], HttpResponse]) -> Any:
        """Return the view of a question that the editor's script asks."""

        def view(request: HttpRequest) -> HttpResponse:
            if not (self.has_change_permission(request) or self.has_add_permission(request)):
                raise PermissionDenied
            return answer(request)

        return self.admin_site.admin_view(require_POST(view))

    # --- writing --------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has stored the collection."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        collection = definition(obj)
        if collection is not None:
            service.delete(collection, info_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete all or none."""
        with write():
            for row in queryset:
                self.delete_model(request, row)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        collection = _at(object_id)
        if collection is not None and self.has_delete_permission(request, collection):
            number = 0 if collection.is_view else rows.count(collection, None)
            is_confirmed = request.method == "POST" and request.POST.get("name") == collection.name
            if number and not is_confirmed:
                text = f"{collection.name} with {number} records is deleted."
                return self._ask_name(request, collection, "Delete the collection", text)
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except ApiError as refusal:
            messages.error(request, with_reason(refusal))
            url = reverse("admin:collections_app_collection_change", args=(object_id,))
            return HttpResponseRedirect(url)
        return response

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().changelist_view(request, extra_context)
        except ApiError as refusal:  # of an action
            messages.error(request, with_reason(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return response

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return the collections and how many records go with them."""
        found = [item for row in objs if (item := definition(row)) is not None]
        names, total = [], 0
        for collection in found:
            records = 0 if collection.is_view else rows.count(collection, None)
            total += records
            names.append(f"{collection.name} with {records} records")
        system = [f"{item.name} belongs to the system" for item in found if item.system]
        lacking = set() if self.has_delete_permission(request) else {"collection"}
        return names, {"collections": len(found), "records": total}, lacking, system

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)
        return may and not (obj is not None and obj.system)


def definition(row: Collection) -> CollectionDef | None:
    """Return the collection behind ``row``, as it is at the version we go by."""
    return snapshot.current().by_id.get(row.pk)


def _at(object_id: str) -> CollectionDef | None:
    """Return the collection that a part of an address means; ``pbc_2681`` is not ``pbc&81``."""
    held = snapshot.current()
    return held.by_id.get(object_id) or next(
        (item for item in held.collections if object_id in (quote(item.id), unquote(item.id))), None
    )


def _required(object_id: str) -> CollectionDef:
    """Return the collection of an address. Raise ``Http404``."""
    found = _at(object_id)
    if found is None:
        raise Http404
    return found


def _kind(rule: str | None) -> str:
    if rule is None:
        return LOCKED
    return RULED if rule else OPEN
