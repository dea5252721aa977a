"""Paths of the realtime API."""

from __future__ import annotations

from typing import cast

from django.urls import path

from core_app.routes import View, by_method
from realtime.api.connect import connect
from realtime.api.subscribe import subscribe

urlpatterns = [
    path("api/realtime", by_method(GET=cast(View, connect), POST=subscribe)),
]
