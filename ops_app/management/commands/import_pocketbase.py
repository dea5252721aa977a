"""``manage.py import_pocketbase``: take a PocketBase data folder in, or say what that would do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core_app import commands
from core_app.migrating import migrate_if_needed
from ops_app.backups.errors import BackupError
from ops_app.pocketbase import report
from ops_app.pocketbase.comparing import OnConflict
from ops_app.pocketbase.errors import MovingError
from ops_app.pocketbase.progress import sparing
from ops_app.pocketbase.take import Choices, Looked, look, take

EXAMPLES = """
examples:
  manage.py import_pocketbase ../app/pb_data --dry-run    what would come, and what is in the way
  manage.py import_pocketbase ../app/pb_data              the same report, then the import
  manage.py import_pocketbase ../app/pb_data --logs       with the request log
  manage.py import_pocketbase ../app/pb_data --on-conflict replace

PATH is a data folder of PocketBase 0.23 or later, its server running or not; it is only read.
Collections (ids, rules, indexes, secrets), records, accounts, files and settings come along, so
passwords work and whoever is signed in stays so. Hooks and Go code do not: the report lists them.

The database changes in one transaction at the end: an import that is refused, fails or is killed
has changed nothing there. Run it again; files that were copied are not copied again, and records
that are here already and the same are left alone.

--on-conflict says what becomes of collections, records and settings that are here and differ:
  refuse   nothing is done (default)
  skip     what is here stays; records with new ids come in
  replace  PocketBase's take its place; records that only we have stay

It ends with status 1 if nothing was done, or if a dry run finds something in the way.
"""
_STOPPED = "stopped; the database has not changed, and what was copied is not copied again"


class Command(commands.Command):
    help = "Take the data folder of a PocketBase (0.23 and later) in."
    details = EXAMPLES
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder, often pb_data")
        parser.add_argument("--dry-run", action="store_true", help="only report; change nothing")
        parser.add_argument(
            "--on-conflict",
            choices=[item.value for item in OnConflict],
            default=OnConflict.REFUSE.value,
            help="what to do about what is here and differs (default: refuse)",
        )
        parser.add_argument("--no-settings", action="store_true", help="leave the settings out")
        parser.add_argument("--logs", action="store_true", help="take the request log too")

    def handle(self, *args: Any, **options: Any) -> None:
        choices = Choices(
            on_conflict=OnConflict(options["on_conflict"]),
            with_settings=not options["no_settings"],
            with_logs=options["logs"],
        )
        try:
            migrate_if_needed(self.stdout)
            looked = look(options["path"], choices)
            self._show(looked, options["path"])
            if not options["dry_run"]:
                self._take(options["path"], choices, looked)
        except KeyboardInterrupt as error:
            raise CommandError(_STOPPED, returncode=130) from error
        except (MovingError, BackupError) as error:
            raise CommandError(str(error)) from error

    def _show(self, looked: Looked, path: Path) -> None:
        self.stdout.write(f"{path}:")
        for line in report.lines(looked):
            self.stdout.write(line)
        if looked.plan.refusals:
            raise CommandError(
                "nothing was done; see above, and --on-conflict and --no-settings in --help"
            )

    def _take(self, path: Path, choices: Choices, looked: Looked) -> None:
        began = time.monotonic()
        taken = take(path, choices, looked, sparing(self._say))
        left = f", {taken.left_out:,} left out" if taken.left_out else ""
        self.stdout.write(
            self.style.SUCCESS(
                f"Taken in {time.monotonic() - began:.1f} s: "
                f"{report.many(taken.records, 'record')}{left}, "
                f"{report.many(taken.files.left, 'file')} ({report.size(taken.files.left_size)})"
                + (f", {taken.logs:,} log entries" if choices.with_logs else "")
                + "."
            )
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
