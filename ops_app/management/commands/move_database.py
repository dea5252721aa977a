"""``manage.py move_database``: all data from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connections

from core_app import commands, versions
from core_app.migrating import migrate_if_needed
from core_app.transactions import gate
from ops_app.database_move import compare, copy
from ops_app.database_move.copy import TARGET, TARGET_LOGS
from ops_app.serving import registry

EXAMPLES = """
The other database must exist and be empty, or --replace deletes what is in it. Collections,
records, settings, dashboard users and sessions are copied, then counted and compared by checksums.
Files stay where they are.

From SQLite the server may run: it answers reads, and writes wait until all is copied. With --switch
the data folder then says where the data is (in the file database_url), and running servers refuse
to write until they are restarted. Without, set DATABASE_URL yourself, with no server running.

examples:
  manage.py move_database --to postgres://app@db.internal/app            a trial: nothing switches
  manage.py move_database --to postgres://app@db.internal/app --switch --replace
                                                                         in the trial's place
  manage.py move_database --to sqlite --switch                           back, servers stopped
"""


class Command(commands.Command):
    help = "Move all data to PostgreSQL, or back to the SQLite files of the data folder."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="ADDRESS", help="postgres://… or sqlite")
        parser.add_argument("--logs", action="store_true", help="take the request log along too")
        parser.add_argument("--switch", action="store_true", help="and use it from now on")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="delete the data that is in that PostgreSQL database, of a trial for example",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        url = "" if options["to"] == "sqlite" else str(options["to"])
        self._check(url)
        migrate_if_needed(self.stdout)
        connections.settings[TARGET], connections.settings[TARGET_LOGS] = _settings(url)
        self._prepare(url, replace=options["replace"])
        began = time.monotonic()
        with _quiet(is_sqlite=not settings.DATABASE_URL):
            copy.everything(self._tell, with_logs=options["logs"])
            self._tell("comparing …")
            if found := list(compare.differences()):
                raise CommandError("the copy is not the same:\n  " + "\n  ".join(found))
            versions.bump("schema", TARGET)
            versions.bump("settings", TARGET)
            if options["switch"]:
                _write_address(url)
        self._tell(f"all is there and the same, after {time.monotonic() - began:.1f} s")
        self._say_what_next(url, switched=options["switch"])

    def _check(self, url: str) -> None:
        if bool(url) == bool(settings.DATABASE_URL):
            raise CommandError("the data is in such a database already: this moves between kinds")
        if settings.DATABASE_URL and registry.running():
            raise CommandError("stop the servers first: they would go on writing to PostgreSQL")

    def _prepare(self, url: str, *, replace: bool) -> None:
        """Make the tables of an empty app in the target; the copy deletes what is in them."""
        is_used = "_collections" in connections[TARGET].introspection.table_names()
        if is_used and not (url and replace):
            raise CommandError(
                "there is data already: give an empty database, or delete that by --replace"
                if url
                else "there is data already: move data.db and auxiliary.db out of the way"
            )
        connections[TARGET].close()
        environment = {**os.environ, "DATABASE_URL": url or "sqlite"}
        for database in ("default", "auxiliary"):
            made = subprocess.run(  # noqa: S603 this program again
                [sys.executable, sys.argv[0], "migrate", "--database", database, "-v", "0"],
                env=environment,
                capture_output=True,
                text=True,
            )
            if made.returncode:
                raise CommandError(f"the tables cannot be made there:\n{made.stderr.strip()}")

    def _say_what_next(self, url: str, *, switched: bool) -> None:
        if switched and "DATABASE_URL" in os.environ:
            self._tell("now take DATABASE_URL out of the environment and start the servers")
        elif switched:
            self._tell("now restart the servers")
        elif url:
            self._tell(f"to use it, set DATABASE_URL={url} and start the servers")
        else:
            self._tell("to use it, start the servers without DATABASE_URL")

    def _tell(self, text: str) -> None:
        self.stdout.write(text)


def _settings(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of both databases at ``url``, with all that Django wants in them."""
    made = settings.DATABASES_AT(url)
    filled = connections.configure_settings(made)
    return filled["default"], filled["auxiliary"]


@contextmanager
def _quiet(*, is_sqlite: bool) -> Iterator[None]:
    """Let nobody write to the source for the block; PostgreSQL's servers have been stopped."""
    if not is_sqlite:
        yield
        return
    gate.acquire()
    try:
        yield
    finally:
        gate.release()


def _write_address(url: str) -> None:
    path = settings.DATABASE_FILE
    if not url:
        path.unlink(missing_ok=True)
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(url + "\n")
        file.flush()
        os.fsync(descriptor)
