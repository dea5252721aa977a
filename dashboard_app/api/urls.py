"""The paths of the API's own description. PocketBase has none of these."""

from __future__ import annotations

from django.urls import path

from dashboard_app.api import openapi

urlpatterns = [
    path("api/openapi.json", openapi.show),
    path("api/docs", openapi.viewer),
]
