"""Django's session, CSRF and message middlewares for the dashboard alone.

They cost more than a whole API request, which needs none of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

GetResponse = Callable[[HttpRequest], HttpResponse]


class DashboardMiddleware:
    """Sends requests under ``/_/`` through ``HOLDALL_DASHBOARD_MIDDLEWARE``, made on first need.

    And those to the API by browsers that ask for a page and may be signed in to the dashboard.
    """

    prefix = "/_/"
    pages_under = "/api/"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._making = threading.Lock()
        self._chain: GetResponse | None = None
        self._view_steps: list[Callable[..., HttpResponse | None]] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._is_ours(request):
            return self.get_response(request)
        request.is_of_dashboard = True  # type: ignore[attr-defined]
        chain = self._chain
        if chain is None:
            chain = self._make()
        return chain(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let the inner middlewares see the view, as Django would (CSRF works here)."""
        if not getattr(request, "is_of_dashboard", False):
            return None
        for step in self._view_steps:
            response = step(request, view, args, kwargs)
            if response is not None:
                return response
        return None

    def _is_ours(self, request: HttpRequest) -> bool:
        path, meta = request.path_info, request.META
        if not path.startswith(self.pages_under):
            return path.startswith(self.prefix)
        return "text/html" in meta.get("HTTP_ACCEPT", "") and (
            settings.SESSION_COOKIE_NAME in meta.get("HTTP_COOKIE", "")
        )

    def _make(self) -> GetResponse:
        with self._making:
            if self._chain is None:
                chain = self.get_response
                for path in reversed(settings.HOLDALL_DASHBOARD_MIDDLEWARE):
                    chain = import_string(path)(chain)
                    if hasattr(chain, "process_view"):
                        self._view_steps.insert(0, chain.process_view)
                self._chain = chain
            return self._chain
