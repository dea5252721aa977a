"""What our commands share: a help that teaches, and no traceback for what is not a bug."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, ProgrammingError

from core_app.errors import ApiError, FieldError, FieldErrors
from core_app.migrating import UnreadableData
from core_app.settings_store.sealing import Sealed

_FULL = 1 << 20  # bytes; with less free, SQLite cannot even map its index
_WRITTEN = "manage.py"  # in our texts; who runs ``holdall`` reads that


def program() -> str:
    """Return what the user calls: ``holdall``, ``holdall.pyz``, or ``manage.py`` in a checkout."""
    name = os.path.basename(sys.argv[0])
    return name if name.startswith("holdall") else _WRITTEN


class Command(BaseCommand):
    """A command of ours. ``help`` says what it does, ``details`` goes below the options.

    What the world refuses (a disk, a database, a rule) ends it with status 1 and one line.
    """

    details = ""
    suppressed_base_arguments = {
        *("--version", "--verbosity", "--settings", "--pythonpath", "--traceback"),
        *("--no-color", "--force-color", "--skip-checks"),
    }

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = as_called(self.help)
        parser.epilog = as_called(self.details)
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ApiError as error:
            raise CommandError(_with_reasons(error)) from error
        except (DatabaseError, sqlite3.OperationalError, UnreadableData, OSError, Sealed) as error:
            raise CommandError(in_a_line(error)) from error


def _with_reasons(error: ApiError) -> str:
    message, found = str(error.body()["message"]), reasons(error)
    return message if found == message else f"{message} {found}"


def reasons(error: ApiError | FieldErrors) -> str:
    """Return what is wrong in one line: the fields, else the message."""
    found = error.data if isinstance(error, ApiError) else error.errors
    texts = [f"{name}: {item.body()['message']}" for name, item in sorted(_leaves(found))]
    if texts:
        return " ".join("; ".join(texts).split())
    return str(error.body()["message"]) if isinstance(error, ApiError) else str(error)


def _leaves(data: Any, above: str = "") -> list[tuple[str, FieldError]]:
    out: list[tuple[str, FieldError]] = []
    for name, item in data.items():
        path = f"{above}{name}"
        if isinstance(item, FieldError):
            out.append((path, item))
        elif isinstance(item, dict):
            out.extend(_leaves(item, f"{path}."))
    return out


def in_a_line(error: Exception) -> str:
    """Return what an error says, and that the disk is full where it only says that it failed."""
    said = " ".join(str(error).split())
    folder = settings.HOLDALL_DATA_DIR
    if said == "disk I/O error" and shutil.disk_usage(folder).free < _FULL:
        return f"{said}: the disk of {folder} is full"
    if lacks_tables(error):
        return f"the tables are not there yet: {program()} migrate makes them"
    return said


def lacks_tables(error: Exception) -> bool:
    """Return whether nothing has been set up where the data is, neither by us nor by others."""
    missing = isinstance(error, ProgrammingError | OperationalError | sqlite3.OperationalError)
    return missing and "_versions" in str(error)


def as_called(text: str) -> str:
    """Return a text of ours with the program's name as the user calls it."""
    return text.replace(_WRITTEN, program())
