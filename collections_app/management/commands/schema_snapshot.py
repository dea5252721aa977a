"""``manage.py schema_snapshot``: one migration in place of the whole history."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from collections_app.migrations_auto import runner, writer
from core_app import commands
from core_app.migrating import migrate_if_needed

EXAMPLES = """
The new migration leads from an empty data folder to the collections as they are now, and replaces
all migrations there are. It counts as applied here. Where some of the old ones are applied, the
rest of them is applied first, so keep the files until every machine has caught up; then delete
them, or have them deleted:

  manage.py schema_snapshot
  manage.py schema_snapshot --delete-replaced

It is also how a project begins that has collections but no history of them.
"""


class Command(commands.Command):
    help = "Write one schema migration for the collections as they are now."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delete-replaced",
            action="store_true",
            help="delete the files of the migrations that it replaces",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(self.stdout, but=("schema",))
        try:
            name = runner.squash(delete_replaced=options["delete_replaced"])
        except runner.PendingMigrations as error:
            hint = commands.as_called('run "manage.py migrate schema"')
            raise CommandError(f"these migrations are not applied yet; {hint}: {error}") from error
        except runner.BrokenViews as error:
            raise CommandError(f"change the queries of these views first: {error}") from error
        self.stdout.write(self.style.SUCCESS(f"Wrote {writer.folder() / name}.py"))
