from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core_app"

    def ready(self) -> None:
        from core_app import time_limit  # noqa: F401 connects to its signals
