"""``manage.py storage_check``: files without records, and records without files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from core_app import commands
from core_app.migrating import migrate_if_needed
from storage_app import checking, choose
from storage_app.backends.base import Backend
from storage_app.checking import Orphan, Why
from storage_app.inventory import Inventory

EXAMPLES = """
It looks where the settings say that files are: on the disk, or in the bucket. The server may run
meanwhile; files younger than an hour are left alone, since their records may be on their way.

What it finds, a line each:
  orphan   a file, or a thumb, that no record names
  missing  a file that a record names and that is not there
  foreign  something that is no file of a record, in a bucket shared with others; never removed

examples:
  manage.py storage_check                     look
  manage.py storage_check --remove            remove orphans
  manage.py storage_check --remove --unknown-collections
                                              those of collections that are not there, too

It ends with status 1 if anything is missing, or orphaned and not removed.
"""


class Command(commands.Command):
    help = "List files without records and records without files; remove the former."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove", action="store_true", help="remove files that no record names"
        )
        parser.add_argument(
            "--unknown-collections",
            action="store_true",
            help="with --remove: also below folders that are the id of no collection",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(self.stdout, but=("schema",))
        removed_kinds = {Why.NO_RECORD, Why.UNFINISHED} if options["remove"] else set()
        if options["remove"] and options["unknown_collections"]:
            removed_kinds.add(Why.NO_COLLECTION)
        backend = choose.backend()
        with Inventory() as inventory:
            inventory.fill(backend.entries())
            looked_at, size = inventory.totals()
            missing = self._show_missing(backend, inventory)
            removed, left = self._settle_orphans(backend, inventory, removed_kinds)
        self.stdout.write(
            f"{looked_at} files ({_human(size)}): {missing} missing, "
            f"{removed + left} without a record, {removed} of them removed."
        )
        if missing or left:
            raise CommandError("files and records do not agree")

    def _show_missing(self, backend: Backend, inventory: Inventory) -> int:
        missing = 0
        for item in checking.absent(backend, inventory):
            missing += 1
            self.stdout.write(
                f"missing  {item.collection}/{item.record_id} {item.field}: {item.name}"
            )
        return missing

    def _settle_orphans(
        self, backend: Backend, inventory: Inventory, removed_kinds: set[Why]
    ) -> tuple[int, int]:
        """Return how many were removed, and how many were not."""
        removed = left = 0
        for item in checking.orphans(backend, inventory):
            if item.why is Why.FOREIGN:
                self.stdout.write(f"foreign  {_line(item)}")
                continue
            is_removed = item.why in removed_kinds
            if is_removed:
                backend.delete(item.key)
                removed += 1
            else:
                left += 1
            self.stdout.write(
                f"orphan   {_line(item)}: {item.why.value}{' (removed)' * is_removed}"
            )
        return removed, left


def _line(item: Orphan) -> str:
    return f"{item.key} ({_human(item.size)})"


def _human(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
