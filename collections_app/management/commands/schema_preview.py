"""``manage.py schema_preview``: what schema migrations would do to tables and rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.migrations.exceptions import AmbiguityError

from collections_app.migrations_auto import preview
from core_app import commands
from core_app.migrating import migrate_if_needed

EXAMPLES = """
It tries the migrations in a transaction and undoes it: tables and rows stay as they are.

examples:
  manage.py schema_preview            all that "manage.py migrate schema" would apply
  manage.py schema_preview 0004       the way to 0004, forwards or back
  manage.py schema_preview zero       what undoing everything would cost
"""


class Command(commands.Command):
    help = "Show what schema migrations would do to tables and rows, before they run."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "migration",
            nargs="?",
            default="",
            metavar="MIGRATION",
            help='a migration\'s name or the beginning of it, or "zero"; default: the last one',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(self.stdout, but=("schema",))
        try:
            found = preview.previews(options["migration"])
        except KeyError as error:
            raise CommandError(
                f'no schema migration begins with "{options["migration"]}"'
            ) from error
        except AmbiguityError as error:
            raise CommandError(str(error)) from error
        if not found:
            self.stdout.write("Nothing to do: the tables are as the migrations say.")
        for item in found:
            self._show(item)
        if found and any(step.refusal for step in found[-1].steps):
            raise CommandError(f"{found[-1].name} cannot be applied")

    def _show(self, item: preview.Preview) -> None:
        act = "would be undone" if item.is_undone else "would be applied"
        self.stdout.write(f"{self.style.MIGRATE_HEADING(item.name)} ({act})")
        for step in item.steps:
            self.stdout.write(f"  {step.sentence}")
            for effect in step.effects:
                style = self.style.WARNING if effect.startswith("drops") else str
                self.stdout.write(f"    {style(effect)}")
            if step.refusal:
                self.stdout.write(f"    {self.style.ERROR(step.refusal)}")
