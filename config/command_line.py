"""The one door for commands: ``holdall serve`` where installed, ``manage.py serve`` elsewhere."""

from __future__ import annotations

import atexit
import os
import platform
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from core_app.release import version

OVERVIEW = """\
Holdall: the whole backend of an app in one folder.

  manage.py serve                serve; the first start makes the data folder, and says what next
  manage.py runserver            serve while developing: restarts whenever a file changes
  manage.py superuser            make, change and delete superusers
  manage.py createsuperuser      make one, asking for the password

  manage.py backup               make, list, check, restore and delete backups
  manage.py restore              bring a replica of the database back
  manage.py move_database        move all data to PostgreSQL, or back
  manage.py import_pocketbase    take the data folder of a PocketBase in
  manage.py export_pocketbase    make a data folder that PocketBase starts on
  manage.py storage_check        find files without records, and records without files
  manage.py storage_copy         copy all files to a bucket of S3, or back

  manage.py migrate              apply migrations without serving
  manage.py schema_preview       show what migrations of collections would do
  manage.py schema_snapshot      write one migration for the collections as they are
  manage.py typegen              write types of all records, for TypeScript or Python
  manage.py openapi              write the OpenAPI document
  manage.py shell                Python, with everything loaded
  manage.py check --deploy       say what should be set before others use it

"manage.py COMMAND --help" explains each. Django's commands are there too, and those of your apps:
"manage.py help --commands" lists all.
"""
_INTERRUPTED = 128 + signal.SIGINT
_ASKING = frozenset({"help", "-h", "--help"})


def main() -> None:
    """Run the command that ``sys.argv`` names, with the settings that belong to it.

    Apps and settings modules of the current folder can be imported, after everything installed.
    Ctrl-C ends with the status that shells give it, and undoes the transaction that is open.
    """
    try:
        _run()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        raise SystemExit(_INTERRUPTED) from None


def _run() -> None:
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["version"]):
        sys.stdout.write(f"holdall {version()}\n")
        return
    if built := built_for_another(Path(__file__).parents[1], EXTENSION_SUFFIXES):
        raise SystemExit(
            f"these packages were built for {built}, and this is Python "
            f"{platform.python_version()}; run them with that, or build them with this"
        )
    if not arguments or arguments in (["help"], ["-h"], ["--help"]):
        from core_app.commands import as_called

        sys.stdout.write(as_called(OVERVIEW))
        return
    if _ASKING.intersection(arguments):
        _leave_no_traces()
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)
    developing = arguments[:1] == ["runserver"]
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE",
        "config.settings.dev" if developing else "config.settings.production",
    )
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ModuleNotFoundError as error:
        if wrong := _named_in_vain(error.name or ""):
            raise SystemExit(f"{wrong}, which is neither installed nor in {here}") from error
        raise
    except (DatabaseError, sqlite3.OperationalError) as error:
        from core_app.commands import in_a_line, lacks_tables

        # of Django's commands: ours say it themselves. Any other class is a bug.
        told = type(error) in (DatabaseError, OperationalError) or lacks_tables(error)
        if not told or "--traceback" in arguments:
            raise
        raise SystemExit(f"CommandError: {in_a_line(error)}") from error


def _named_in_vain(module: str) -> str:
    """Return which variable names a module that is not there, ``""`` if none does."""
    for variable in ("HOLDALL_APPS", "DJANGO_SETTINGS_MODULE"):
        for name in os.environ.get(variable, "").split(","):
            if module and f"{name.strip()}.".startswith(f"{module}."):
                return f"{variable} names {name.strip()}"
    return ""


def built_for_another(packages: Path, suffixes: Sequence[str]) -> str:
    """Return which Python compiled packages are for (``cpython-311-…``), ``""`` if for this one.

    ``holdall.pyz`` runs with the version that it was built with; ``suffixes`` are what this one
    imports.
    """
    names = [path.name for path in packages.glob("_cffi_backend.*.so")]
    if not names or any(f"_cffi_backend{suffix}" in names for suffix in suffixes):
        return ""
    return names[0].split(".")[1]


def _leave_no_traces() -> None:
    """Whoever only asks for help gets no data folder."""
    folder = tempfile.mkdtemp(prefix="holdall-help-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["HOLDALL_DATA_DIR"] = folder
