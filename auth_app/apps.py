from __future__ import annotations

from django.apps import AppConfig


class AuthConfig(AppConfig):
    name = "auth_app"
    verbose_name = "Access"

    def ready(self) -> None:
        """Import what registers itself: the collection type, its collections, checks, jobs."""
        from auth_app import (  # noqa: F401
            collection_type,
            editor_rights,
            jobs,
            receivers,
            system_collections,
        )
