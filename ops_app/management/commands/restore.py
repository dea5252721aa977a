"""``manage.py restore``: the data of a backup, or the database of a litestream replica."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core_app import commands
from ops_app.backups.errors import BackupError
from ops_app.management import asking
from ops_app.replication import litestream, restoring

EXAMPLES = """
examples:
  manage.py restore --from s3://bucket/app           the latest state of the replica
  manage.py restore --from /mnt/replica --at 2026-11-29T08:30:00Z
                                                     as it was then, to about a second
  manage.py backup restore before-upgrade.zip        a backup: see manage.py backup

The replica is what "manage.py serve --replicate URL" keeps. It holds data.db: collections, records,
accounts, settings. Files, hooks, public files, secret_key and the request log stay as they are.

The database is fetched and checked beside the data before anything is touched; a running server
restarts by itself, and where the restored database does not work the old comes back.
"""


class Command(commands.Command):
    help = "Replace the database by the one of a litestream replica."
    details = EXAMPLES
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            required=True,
            dest="url",
            metavar="URL",
            help="s3://bucket/path, file:///folder or a folder",
        )
        parser.add_argument(
            "--at", type=_moment, metavar="TIME", help="a moment, UTC where it names no zone"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            url = litestream.replica_url(options["url"])
            litestream.binary()
        except litestream.ReplicaError as error:
            raise CommandError(str(error)) from error
        if not options["yes"] and not asking.agrees(self.stdout, "the database by the replica's"):
            self.stdout.write("Nothing has changed.")
            return
        try:
            restoring.from_replica(url, options["at"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"Restored {litestream.shown(url)}."))


def _moment(text: str) -> datetime:
    """Return the aware moment; one that is yet to come is a mistake."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: write 2026-11-29T08:30:00Z") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise ArgumentTypeError(f"{text!r} is yet to come")
    return moment
