from __future__ import annotations

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Comes last, when every floor is ready: loads the hooks."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401
        from core_app import autodiscover
        from core_app.lifecycle import app_ready

        autodiscover.load_all()
        app_ready.send_robust(None)
