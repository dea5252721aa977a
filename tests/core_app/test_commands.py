import sqlite3

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import DatabaseError

from core_app.commands import Command
from core_app.errors import BadRequest, required
from core_app.settings_store.sealing import Sealed

APPS = {"collections_app", "auth_app", "storage_app", "ops_app", "dashboard_app"}
OURS = sorted(name for name, app in get_commands().items() if app in APPS and name != "runserver")


@pytest.mark.parametrize("name", OURS)
def test_help_teaches(name):
    """It says what the command does in a sentence, and shows how to call it."""
    command = load_command_class(get_commands()[name], name)
    assert isinstance(command, Command)
    text = command.create_parser("manage.py", name).format_help()
    assert command.help.split("\n")[0] in text
    assert text.count(f"manage.py {name}") > 1


class Failing(Command):
    help = "Fail."
    requires_system_checks = ()
    error: Exception

    def handle(self, *args, **options):
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DatabaseError("file is not a database"), "file is not a database"),
        (PermissionError(13, "Permission denied", "/data"), "Permission denied"),
        (BadRequest("no room left"), "^No room left.$"),
        (BadRequest("no", {"a": {"b": required()}}), r"^No\. a\.b: Cannot be blank\.$"),
        (sqlite3.OperationalError("no such table: _versions"), "manage.py migrate makes them"),
        (sqlite3.OperationalError("disk I/O error"), "disk I/O error"),
        (Sealed(), "HOLDALL_ENCRYPTION_KEY is not the key"),
    ],
)
def test_what_the_world_refuses_is_no_bug(error, said):
    command = Failing()
    command.error = error
    with pytest.raises(CommandError, match=said):
        call_command(command)


def test_a_bug_keeps_its_traceback():
    command = Failing()
    command.error = sqlite3.ProgrammingError("a bug")
    with pytest.raises(sqlite3.ProgrammingError):
        call_command(command)
