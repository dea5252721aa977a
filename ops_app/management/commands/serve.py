"""``manage.py serve``: the server for real use, in one command."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connections

from core_app import commands, open_files, origin_form
from core_app.migrating import migrate_auxiliary_if_needed, migrate_if_needed
from core_app.settings_store import sealing, store
from ops_app.metrics import counters
from ops_app.replication import following, litestream
from ops_app.replication.following import Follower
from ops_app.replication.keeper import Keeper
from ops_app.serving import address, banner, registry, stopping, trial

HELP = """\
Serve the API, the dashboard and the files in the public folder.

On first start the data folder is made, tables are created, and a link is
shown that opens the form for the first superuser. Later starts bring the
tables up to date and serve at once.

  manage.py serve                           on 127.0.0.1:8090, a worker per core
  manage.py serve --http 0.0.0.0:80         for everyone, on port 80
  manage.py serve --workers 1               one process (realtime needs no relay)
  manage.py serve --replicate s3://bucket/app
                                            keep a replica of the database, by litestream
  manage.py serve --follow s3://bucket/app  read the database of such a replica, and follow it
  HOLDALL_DATA_DIR=/srv/app manage.py serve with a data folder elsewhere

Stop with Ctrl-C or SIGTERM: requests that have begun are finished.
For developing, use "manage.py runserver": it reloads when a file changes.
"""


class Command(commands.Command):
    help = HELP
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--http",
            default=f"{address.DEFAULT_HOST}:{address.DEFAULT_PORT}",
            metavar="HOST:PORT",
            help="where to listen (default: %(default)s)",
        )
        parser.add_argument(
            "--workers",
            type=_positive,
            default=_default_workers(),
            metavar="N",
            help="processes that answer requests (default: one per core, here %(default)s)",
        )
        parser.add_argument(
            "--threads",
            type=_positive,
            default=None,
            metavar="N",
            help="most threads of each process, so slow requests at the same time (default: 8)",
        )
        parser.add_argument(
            "--origins",
            type=_origins,
            default=None,
            metavar="LIST",
            help="web origins that may call, comma-separated, * for all or for subdomains "
            "(default: *)",
        )

        parser.add_argument(
            "--replicate",
            default=None,
            metavar="URL",
            help="where to keep a replica of data.db: s3://bucket/path or a folder "
            "(default: HOLDALL_REPLICATE)",
        )
        parser.add_argument(
            "--follow",
            default=None,
            metavar="URL",
            help="a replica whose database to serve for reading (default: HOLDALL_FOLLOW)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            where = address.parse(options["http"])
            address.require_free(where)
        except (address.BadAddress, address.AddressInUse) as error:
            raise CommandError(str(error)) from error
        if options["threads"]:
            os.environ["HOLDALL_THREADS"] = str(options["threads"])
        if options["origins"]:
            settings.HOLDALL_ORIGINS = options["origins"]
        if options["follow"] and options["follow"] != settings.HOLDALL_FOLLOW:
            os.environ["HOLDALL_FOLLOW"] = options["follow"]
            stopping.start_anew()  # the databases are others then
        replicator = _replicator(options["replicate"] or settings.HOLDALL_REPLICATE)
        self.check(display_num_errors=False)
        if not registry.running():
            counters.forget()
        registry.register()
        open_files.raise_limit()
        self._bring_up_to_date()
        _require_settings()
        self._serve(where, options["workers"], replicator)

    def _bring_up_to_date(self) -> None:
        """Apply migrations, but none to the database of a replica."""
        if not settings.HOLDALL_FOLLOW and trial.resume():
            trial.bring_up_to_date()
            return
        migrate = migrate_auxiliary_if_needed if settings.HOLDALL_FOLLOW else migrate_if_needed
        try:
            migrate(self.stdout)
        except DatabaseError as error:
            raise CommandError(
                f"the database cannot be used: {commands.in_a_line(error)}"
            ) from error

    def _serve(
        self, where: address.Address, count: int, replicator: Keeper | Follower | None
    ) -> None:
        """Serve until told to stop; go on where only the data has been exchanged."""
        from ops_app.serving.workers import Workers

        loaded = trial.fingerprint()
        workers = Workers(where, count)
        workers.on_startup(lambda: banner.show(self.stdout, where))
        while True:
            if trial.fingerprint() != loaded:
                stopping.start_anew()
            with replicator.running() if replicator else nullcontext():
                workers.run()
            if workers.failed:
                trial.give_up()
            elif workers.anew:
                trial.exchange()
                if trial.is_on():
                    trial.bring_up_to_date()
            else:
                return
            workers = Workers(where, count)


def _keeper(place: str) -> Keeper | None:
    """Return what replicates to ``place``, ``None`` for nowhere; say now what cannot work."""
    if not place:
        return None
    if connections["default"].vendor != "sqlite":
        raise CommandError("litestream replicates SQLite only; PostgreSQL has its own means")
    try:
        litestream.binary()
        settings.HOLDALL_REPLICATE = litestream.replica_url(place)
    except litestream.ReplicaError as error:
        raise CommandError(str(error)) from error
    return Keeper(settings.HOLDALL_REPLICATE)


def _replicator(place: str) -> Keeper | Follower | None:
    """Return what runs beside the workers; say now what cannot work."""
    if settings.HOLDALL_FOLLOW:
        if place:
            raise CommandError("a server that follows a replica has none: take --replicate away")
        return _follower()
    try:
        following.take_over()
    except litestream.ReplicaError as error:
        raise CommandError(str(error)) from error
    return _keeper(place)


def _follower() -> Follower:
    """Return what follows the replica, with a state to serve."""
    if connections["default"].vendor != "sqlite":
        raise CommandError("a replica is a SQLite database: take DATABASE_URL away")
    if registry.others():
        raise CommandError("another server uses this data folder")
    try:
        follower = Follower(litestream.replica_url(settings.HOLDALL_FOLLOW))
        follower.start()
    except litestream.ReplicaError as error:
        raise CommandError(str(error)) from error
    return follower


def _require_settings() -> None:
    """Say now, and not in every request, that the settings cannot be read."""
    try:
        store.current()
    except sealing.Sealed as error:
        raise CommandError(str(error)) from error
    finally:
        connections.close_all()


def _default_workers() -> int:
    return min(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1, 8)


def _origins(text: str) -> list[str]:
    found = [item.strip() for item in text.split(",") if item.strip()]
    if not found or not all(map(origin_form.can_match, found)):
        raise ArgumentTypeError(f"{text!r} is no list of origins: {origin_form.FORM}")
    return found


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)
