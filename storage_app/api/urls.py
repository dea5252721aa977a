"""The paths of files."""

from __future__ import annotations

from django.urls import path

from storage_app.api import files

urlpatterns = [
    path("api/files/token", files.token),
    path("api/files/<str:collection>/<str:record_id>/<str:filename>", files.download),
]
