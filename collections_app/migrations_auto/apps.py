from __future__ import annotations

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    """The app ``schema``: no models, only the migrations of collections."""

    name = "collections_app.migrations_auto"
    label = "schema"
    verbose_name = "History of collections"

    def ready(self) -> None:
        from collections_app.migrations_auto import package, runner
        from collections_app.schema_edit import journal

        package.install()
        journal.register(runner.keep)
