"""The PostgreSQL database in backups: an archive of ``pg_dump``, brought back in one transaction.

PostgreSQL's own programs do the work, so they must be there, and not older than the server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from ops_app.backups.errors import BackupError, BadBackup

#: the archive's name in a backup, and in the data folder while it is brought back
DUMP = "data.pgdump"

#: what ours is in the database (``config.databases``)
SCHEMAS = ("public", "auxiliary")

_NEEDED = (" TABLE public _collections ", " TABLE public _params ")
#: whoever else uses the tables must let go of them in this time
_SERVER_OPTIONS = "-c lock_timeout=30s"


def is_used() -> bool:
    """Whether the data is in PostgreSQL."""
    return connections["default"].vendor == "postgresql"


@contextmanager
def moment() -> Iterator[str]:
    """Yield the name of the database's present state; it may be dumped until the block ends."""
    connection = connections["default"].copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield str(cursor.fetchone()[0])
    finally:
        connection.close()


def dump(into: Path, state: str = "") -> None:
    """Write an archive of our schemas, by default as they are now. Raise ``BackupError``."""
    chosen = ["--snapshot", state] if state else []
    schemas = [option for name in SCHEMAS for option in ("-n", name)]
    _run("pg_dump", "-Fc", "--no-owner", "--no-privileges", *schemas, *chosen, "-f", str(into))
    os.chmod(into, 0o600)


def check(archive: Path) -> None:
    """Raise ``BadBackup`` unless an archive is whole and can be ours."""
    try:
        listed = _run("pg_restore", "--list", str(archive), connected=False)
        _run("pg_restore", "-f", os.devnull, str(archive), connected=False)
    except BackupError as error:
        raise BadBackup(f"{archive.name} is damaged: {error}") from error
    if not all(name in listed for name in _NEEDED):
        raise BadBackup(f"{archive.name} has no collections: it is not of Holdall")


def applied_migrations(archive: Path) -> list[tuple[str, str]]:
    """Return (app, name) of the migrations that the database in an archive has."""
    chosen = ("--data-only", "-t", "django_migrations", "-f", "-")
    lines = _run("pg_restore", *chosen, str(archive), connected=False).splitlines()
    header = next((at for at, line in enumerate(lines) if line.startswith("COPY ")), len(lines))
    rows = (line.split("\t") for line in lines[header + 1 :] if "\t" in line)
    return [(row[1], row[2]) for row in rows]


def replace(archive: Path) -> None:
    """Put the archive's schemas in the place of ours, whole or not at all. Raise ``BackupError``.

    Nobody else may use the database.
    """
    away = archive.with_suffix(".away.sql")
    back = archive.with_suffix(".back.sql")
    try:
        drops = (f'DROP SCHEMA IF EXISTS "{name}" CASCADE;\n' for name in SCHEMAS)
        away.write_text("SET client_min_messages = warning;\n" + "".join(drops))
        options = ("--no-owner", "--no-privileges")
        _run("pg_restore", *options, "-f", str(back), str(archive), connected=False)
        once = ("-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1")
        _run("psql", *once, "-f", str(away), "-f", str(back))
    finally:
        away.unlink(missing_ok=True)
        back.unlink(missing_ok=True)


def _run(program: str, *arguments: str, connected: bool = True) -> str:
    """Run one of PostgreSQL's programs on our database; return what it prints."""
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not there; install PostgreSQL's client programs")
    where, secret = _connection() if connected else ([], {})
    done = subprocess.run(  # noqa: S603 our own words
        [path, *where, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **secret},
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise BackupError(lines[0] if lines else f"{program} has failed")
    return done.stdout


def _connection() -> tuple[list[str], dict[str, str]]:
    """Return the arguments that name the database, and what no argument may show."""
    from psycopg.conninfo import make_conninfo

    given = settings.DATABASES["default"]
    parts = {
        "dbname": connections["default"].settings_dict["NAME"],
        "user": given["USER"],
        "host": given["HOST"],
        "port": given["PORT"],
        **given["OPTIONS"],
    }
    parts["options"] = f"{parts.get('options', '')} {_SERVER_OPTIONS}".strip()
    text = make_conninfo(**{name: value for name, value in parts.items() if value})
    return ["-d", text], {"PGPASSWORD": given["PASSWORD"]} if given["PASSWORD"] else {}
