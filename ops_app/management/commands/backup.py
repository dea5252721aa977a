"""``manage.py backup``: make, list, check, restore and delete backups, with or without a server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core_app import commands
from core_app.migrating import migrate_if_needed
from ops_app.backups import busy, restore, shelf, staging
from ops_app.backups.busy import Doing
from ops_app.backups.create import check_name, create, new_name, working_folder
from ops_app.backups.errors import BackupError
from ops_app.management import asking

EXAMPLES = """
examples:
  manage.py backup create                      under a name with the app's name and the time
  manage.py backup create before-upgrade.zip   lower case, digits, - and _
  manage.py backup list
  manage.py backup check before-upgrade.zip    could it be restored? Changes nothing
  manage.py backup restore before-upgrade.zip  one of the list
  manage.py backup restore /mnt/old/pb.zip     any file; PocketBase's backups too

A backup is a zip of the data folder as it was at one moment, made while the server runs. Restoring
replaces the data folder's contents (not its backups): the backup is checked first, a running server
restarts by itself, and where the restored data does not work the old comes back. Where the database
cannot even be read, name the file with its folder: data/backups/before-upgrade.zip.
"""


class Command(commands.Command):
    help = "Make, list, check, restore and delete backups."
    details = EXAMPLES
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.set_defaults(act=None, parser=parser)
        acts = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
        act = acts.add_parser("create", help="make a backup")
        act.add_argument("name", nargs="?", default="", metavar="NAME", help="for example a.zip")
        acts.add_parser("list", help="show what there is")
        act = acts.add_parser("check", help="say whether a backup could be restored")
        act.add_argument("name", metavar="NAME", help="one of the list, or the path of a file")
        act = acts.add_parser("restore", help="replace the data by a backup's")
        act.add_argument("name", metavar="NAME", help="one of the list, or the path of a file")
        act.add_argument("--yes", action="store_true", help="do not ask")
        act = acts.add_parser("delete", help="remove a backup")
        act.add_argument("name", metavar="NAME", help="one of the list")

    def handle(self, *args: Any, **options: Any) -> None:
        command = options["command"]
        if command is None:
            options["parser"].print_help(self.stdout)
            return
        try:
            if command != "restore" or not _is_path(options["name"]):
                migrate_if_needed(self.stdout)  # settings say where backups are
            if command == "list":
                self._list()
            elif command == "restore":
                self._restore(options["name"], options["yes"])
            else:
                getattr(self, f"_{command}")(options["name"])
        except shelf.Missing as error:
            hint = commands.as_called("see: manage.py backup list")
            raise CommandError(f"there is no backup {error}; {hint}") from error
        except BackupError as error:
            raise CommandError(str(error)) from error

    def _create(self, name: str) -> None:
        name = name or new_name()
        wrong = check_name(name)
        if wrong is not None:
            raise CommandError(f"{name}: {wrong.message} Example: before-upgrade.zip")
        key = create(name, self._bar())
        self._done(f"Made {key} ({_size(shelf.find(key).size)}).")

    def _list(self) -> None:
        for backup in shelf.all_backups():
            moment = f"{backup.modified:%Y-%m-%d %H:%M:%S} UTC"
            self.stdout.write(f"{moment}  {_size(backup.size):>10}  {backup.key}")

    def _check(self, name: str) -> None:
        with working_folder() as folder, shelf.local_file_or(name) as path:
            progress = busy.Progress("check", name, -1, self._bar())
            staging.unpack(path, folder, progress)
            staging.check(folder)
        self._done(f"{name} can be restored.")

    def _restore(self, name: str, sure: bool) -> None:
        outside = Path(name) if _is_path(name) or not shelf.exists(name) else None
        if outside is not None and not outside.is_file():
            raise shelf.Missing(name)
        if not sure and not asking.agrees(self.stdout, "all data by the backup's"):
            self.stdout.write("Nothing has changed.")
            return
        restore.restore(outside.name if outside else name, outside, self._bar())
        self._done(f"Restored {name}.")

    def _delete(self, name: str) -> None:
        doing = busy.current()
        if doing is not None and doing.key == name:
            raise CommandError("The backup is currently being used and cannot be deleted.")
        shelf.delete(name)
        self._done(f"Deleted {name}.")

    def _bar(self) -> Any:
        """Return what shows the progress on a terminal, ``None`` elsewhere."""
        if not sys.stderr.isatty():
            return None

        def show(doing: Doing) -> None:
            part = 100 * doing.done // doing.total if doing.total else 0
            text = f"\r{part:3d} % of {_size(doing.total)}"
            self.stderr.write(text, ending="\n" if part >= 100 else "")
            self.stderr.flush()

        return show

    def _done(self, text: str) -> None:
        self.stdout.write(self.style.SUCCESS(text))


def _is_path(name: str) -> bool:
    """Whether it can only be a file: that can be restored where our own database is broken."""
    return os.sep in name


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
