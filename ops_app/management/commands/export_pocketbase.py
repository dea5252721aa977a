"""``manage.py export_pocketbase``: make a data folder that PocketBase starts on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core_app import commands
from core_app.migrating import migrate_if_needed
from ops_app.pocketbase import report
from ops_app.pocketbase.errors import MovingError
from ops_app.pocketbase.give import give
from ops_app.pocketbase.progress import sparing

EXAMPLES = """
examples:
  manage.py export_pocketbase ../pb_data
  manage.py export_pocketbase ../pb_data --logs    with the request log
  pocketbase serve --dir ../pb_data                version 0.40

PATH is a new folder, or an empty one. Collections, records, accounts, files and settings are
copied as they are at one moment; our data is only read, and the server may run meanwhile. Passwords
work there, and whoever is signed in stays so. What PocketBase does not know is left out and named:
hooks, soft delete and what is in the trash, migrations, tables of Django apps.

It ends with status 1 if nothing was made.
"""


class Command(commands.Command):
    help = "Make a data folder that PocketBase (0.40) starts on."
    details = EXAMPLES
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a new or an empty folder")
        parser.add_argument("--logs", action="store_true", help="write the request log too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            migrate_if_needed(self.stdout)
            given = give(options["path"], with_logs=options["logs"], tell=sparing(self._say))
        except KeyboardInterrupt as error:
            raise CommandError("stopped; nothing was made", returncode=130) from error
        except (MovingError, sqlite3.Error) as error:
            raise CommandError(str(error)) from error
        left_out = [*given.left_out, *report.missing(given.files)]
        if left_out:
            self.stdout.write("left out:")
        for line in left_out:
            self.stdout.write(f"  {line}")
        self.stdout.write(
            self.style.SUCCESS(
                f"Made {options['path']}: {report.many(given.records, 'record')}, "
                f"{report.many(given.files.files, 'file')} "
                f"({report.size(given.files.size)})"
                + (f", {given.logs:,} log entries" if options["logs"] else "")
                + "."
            )
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
