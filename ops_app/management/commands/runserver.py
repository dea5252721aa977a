"""``manage.py runserver``: the same application as ``serve``, restarted when a file changes."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from daphne.management.commands.runserver import Command as DaphneRunserver
from daphne.management.commands.runserver import get_default_application
from django.conf import settings
from django.core.management.base import CommandError
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV, BaseReloader, autoreload_started

from core_app.migrating import migrate_if_needed
from ops_app.serving import address, banner, registry, trial


class Command(DaphneRunserver):  # type: ignore[misc]
    help = (
        "Serve while developing: debug pages, mails on the console, and a restart whenever a file "
        "changes, in data/hooks too. Changes of collections are written to schema/. "
        "For example: runserver 127.0.0.1:8000"
    )
    default_port = str(address.DEFAULT_PORT)

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(use_static_handler=False)  # static files are served as in production

    def run(self, **options: Any) -> None:
        if os.environ.get(DJANGO_AUTORELOAD_ENV) != "true":
            try:
                address.require_free(self._address)
            except address.AddressInUse as error:
                raise CommandError(str(error)) from error
            migrate_if_needed(self.stdout)
        super().run(**options)

    def inner_run(self, *args: Any, **options: Any) -> None:
        autoreload_started.connect(_watch_hooks, dispatch_uid="hooks")
        if trial.resume():
            trial.bring_up_to_date()
            trial.watch(self._address, trial.give_up)
        registry.register()
        banner.show(self.stdout, self._address)
        super().inner_run(*args, **options)

    def check_migrations(self) -> None:
        """Nothing to say: they have been applied."""

    @property
    def _address(self) -> address.Address:
        return address.Address(self.addr, int(self.port))

    def get_application(self, options: dict[str, Any]) -> Any:
        return get_default_application()


def _watch_hooks(sender: BaseReloader, **_: Any) -> None:
    folder = Path(settings.HOLDALL_HOOKS_DIR)
    if folder.is_dir():
        sender.watch_dir(folder, "*.py")
