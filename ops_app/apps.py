from __future__ import annotations

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "ops_app"

    def ready(self) -> None:
        from core_app.settings_store import store
        from ops_app import deploy_check, jobs, public_files, receivers  # noqa: F401
        from ops_app.backups import schedule  # noqa: F401
        from ops_app.settings_check import check

        store.check_with(check)
