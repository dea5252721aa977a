from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "storage_app"

    def ready(self) -> None:
        """Import what registers itself: the field type, and who removes files."""
        from storage_app import deletion, field  # noqa: F401
