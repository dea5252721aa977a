"""The paths of the console and of what the API's viewer needs, below ``/_/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from dashboard_app.api import openapi
from dashboard_app.console import callers, pages, verdict
from dashboard_app.tools.page import superusers_only


def patterns() -> list[URLPattern]:
    """Return them all."""
    return [
        path("openapi.json", superusers_only(openapi.whole), name="openapi"),
        path("console/", superusers_only(pages.console), name="console"),
        path("console/live/", superusers_only(pages.live), name="live"),
        path("console/explain/", superusers_only(verdict.show), name="console_explain"),
        path("console/token/", superusers_only(callers.token), name="console_token"),
        path("console/people/", superusers_only(callers.people), name="console_people"),
    ]
