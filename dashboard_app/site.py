"""The dashboard: Django's admin at ``/_/``, with the collections as they are at this moment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from auth_app import superusers
from collections_app.models import Collection
from collections_app.schema import snapshot
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError
from core_app.settings_store import store
from dashboard_app import accent, account, sidebar
from dashboard_app.acting import info_of
from dashboard_app.login import LoginForm
from dashboard_app.refusals import undone

logger = logging.getLogger("holdall.dashboard")

View = Callable[..., HttpResponse]


class DashboardSite(UnfoldAdminSite):  # type: ignore[misc]
    """The one admin site. Collections are not registered on it: they come with the schema."""

    login_form = LoginForm
    final_catch_all_view = False  # other paths below ``/_/`` belong to the API

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        meta = store.current().meta
        name = meta.app_name
        found = {
            **context,
            "site_title": name,
            "site_header": name,
            "is_locked": meta.hide_controls,
        }
        if primary := accent.shades(meta.accent_color):
            found["colors"] = {**context["colors"], "primary": primary}
        return found

    def _get_account_links(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Lead superusers to their like, as the menu of who is signed in."""
        if info_of(request) is None:
            return []
        return [{"title": "Superusers", "link": sidebar.records_url(superusers.collection())}]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Begin with the figures; an editor begins with the first collection it may see."""
        from dashboard_app.tools import home

        if info_of(request) is not None:
            return home.show(request)
        for collection in snapshot.current().collections:
            if sidebar.may_see(request, collection):
                return HttpResponseRedirect(sidebar.records_url(collection))
        context = {**self.each_context(request), "title": "Welcome"}
        return TemplateResponse(request, "dashboard/welcome.html", context)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the paths of everything but records (``dashboard_app.urls`` adds those)."""
        from dashboard_app.console import urls as console  # they need this site
        from dashboard_app.records import media
        from dashboard_app.tools import urls as tools

        moved = "collections_app/collection/"
        rest = [item for item in super().get_urls() if str(item.pattern) != moved]
        to_index = re_path(
            r"^(?P<app_label>records|collections_app)/$",
            self.admin_view(
                lambda request, app_label: HttpResponseRedirect(reverse("admin:index"))
            ),
            name="app_list",
        )
        collections = path("collections/", include(self.get_model_admin(Collection).urls))
        public = path("account/", account.page, name="account")
        files = path("media/", self.admin_view(media.show), name="media")
        own = [public, files, *tools.patterns(), *console.patterns()]
        return [*own, to_index, collections, *rest]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Protect ``view``, and show what it raises as a page of the dashboard."""
        protected: View = super().admin_view(self._with_error_pages(view), cacheable)
        return protected

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return sidebar.groups(self, request)

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Find collections by name, for the box in the sidebar."""
        wanted = request.GET.get("s", "").strip().lower()
        results = [
            SearchResult(
                title=item.name,
                description=f"{item.type_name} collection",
                link=sidebar.records_url(item),
                icon=sidebar.ICONS.get(item.type_name, "folder"),
            )
            for item in snapshot.current().collections
            if wanted and wanted in item.name.lower() and sidebar.may_see(request, item)
        ]
        return TemplateResponse(
            request,
            "unfold/helpers/search_results.html",
            {"results": results},
            headers={"HX-Trigger": "search"},
        )

    # --- records: models that are never registered ------------------------------------------

    def is_registered(self, model: type[Model]) -> bool:
        return issubclass(model, RecordModel) or super().is_registered(model)

    def get_model_admin(self, model: type[Model]) -> ModelAdmin[Any]:
        if issubclass(model, RecordModel):
            from dashboard_app.records import admins

            return admins.of(model.collection)
        registered: ModelAdmin[Any] = super().get_model_admin(model)
        return registered

    # --- errors -----------------------------------------------------------------------------

    def _with_error_pages(self, view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response = view(request, *args, **kwargs)
                # what rendering raises belongs to the view too
                if isinstance(response, TemplateResponse):
                    response.render()
                return response
            except ApiError as error:
                return self._error_page(request, error.status, undone(error))
            except Http404:
                return self._error_page(request, 404, "There is nothing here (any more).")
            except PermissionDenied:
                return self._error_page(request, 403, "You are not allowed to do this.")
            except Exception:  # the last stop before the client
                logger.exception("%s %s failed", request.method, request.path)
                ContentType.objects.clear_cache()  # see ``refusals.undone``
                return self._error_page(request, 500, "Something went wrong. The log says what.")

        return shown

    def _error_page(self, request: HttpRequest, status: int, text: str) -> HttpResponse:
        context = {**self.each_context(request), "title": "Error", "status": status, "text": text}
        return TemplateResponse(request, "dashboard/error.html", context, status=status).render()
