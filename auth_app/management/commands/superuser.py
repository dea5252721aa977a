"""``manage.py superuser``: the accounts that may do everything, without a server."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from auth_app import find, superusers
from auth_app.flows import otp
from collections_app import records
from collections_app.fields.formats import is_email
from collections_app.schema.record_model import RecordModel
from core_app import commands, errors
from core_app.commands import reasons
from core_app.migrating import migrate_if_needed
from core_app.settings_store import store

EXAMPLES = """
examples:
  manage.py superuser create root@example.com 'a long password'
  manage.py superuser upsert root@example.com 'a new password'   create, or change the password
  manage.py superuser otp root@example.com                       sign in without the password
  manage.py superuser ips 10.0.0.0/8 192.0.2.7                   allow only these addresses
  manage.py superuser ips                                        allow all addresses again
"""
_PASSWORD_IN_ARGUMENTS = "email and password (at least 8 characters)"  # noqa: S105 a help text


class Command(commands.Command):
    help = "Create, change and delete superusers: the accounts that may do everything."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.set_defaults(act=None, parser=parser)
        acts = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
        for name, help_text in (
            ("create", "make a new superuser"),
            ("update", "change the password of a superuser"),
            ("upsert", "make a superuser, or change the password of an existing one"),
        ):
            act = acts.add_parser(name, help=help_text)
            act.add_argument(
                "credentials", nargs="*", metavar="EMAIL PASSWORD", help=_PASSWORD_IN_ARGUMENTS
            )
        act = acts.add_parser("delete", help="delete a superuser; the last one must stay")
        act.add_argument("email", nargs="?", default="", metavar="EMAIL")
        act = acts.add_parser("otp", help="make a one-time password for a superuser, and show it")
        act.add_argument("email", nargs="?", default="", metavar="EMAIL")
        act = acts.add_parser("ips", help="allow superusers only from these addresses; none: all")
        act.add_argument("ips", nargs="*", metavar="IP", help="an address or a network (CIDR)")

    def handle(self, *args: Any, **options: Any) -> None:
        command = options["command"]
        if command is None:
            options["parser"].print_help(self.stdout)
            return
        migrate_if_needed(self.stdout)
        if command in ("create", "update", "upsert"):
            email, password = _credentials(command, options["credentials"])
            getattr(self, f"_{command}")(email, password)
        elif command == "ips":
            self._ips(options["ips"])
        else:
            email = _email(options["email"], "invalid or missing email address")
            getattr(self, f"_{command}")(email)

    def _create(self, email: str, password: str) -> None:
        _created(email, password, "failed to create new superuser account")
        self._done(f'Successfully created new superuser "{email}"!')

    def _update(self, email: str, password: str) -> None:
        record = _found(email)
        record["password"] = password
        _saved(record, f'failed to change superuser "{email}" password')
        self._done(f'Successfully changed superuser "{email}" password!')

    def _upsert(self, email: str, password: str) -> None:
        record = find.by_email(superusers.collection(), email)
        failed = "failed to upsert superuser account"
        if record is None:
            _created(email, password, failed)
        else:
            record["password"] = password
            _saved(record, failed)
        self._done(f'Successfully saved superuser "{email}"!')

    def _delete(self, email: str) -> None:
        record = find.by_email(superusers.collection(), email)
        if record is None:
            message = f'superuser "{email}" is missing or already deleted'
            self.stdout.write(self.style.WARNING(message))
            return
        try:
            record.delete()
        except errors.ApiError as error:
            raise CommandError(f'failed to delete superuser "{email}": {reasons(error)}') from error
        self._done(f'Successfully deleted superuser "{email}"!')

    def _otp(self, email: str) -> None:
        option = superusers.collection().options["otp"]
        record = _found(email)
        if not option["enabled"]:
            raise CommandError("OTP auth is not enabled for the _superusers collection")
        code = otp.new_code(record.collection)
        row = otp.create(record, code)
        self._done(f'Successfully created OTP for superuser "{email}":')
        self.stdout.write(f"├─ Id:    {row.id}")
        self.stdout.write(f"├─ Pass:  {code}")
        self.stdout.write(f"└─ Valid: {option['duration']}s")

    def _ips(self, ips: list[str]) -> None:
        try:
            store.update({"superuserIPs": ips})
        except errors.FieldErrors as error:
            raise CommandError(f"failed to change the superuser IPs: {reasons(error)}") from error
        if not ips:
            self._done("Successfully cleared SuperuserIPs setting!")
            return
        self._done("Successfully updated SuperuserIPs setting:")
        for at, ip in enumerate(ips, 1):
            self.stdout.write(f"{'├' if at < len(ips) else '└'}─ {ip}")

    def _done(self, text: str) -> None:
        self.stdout.write(self.style.SUCCESS(text))


def _credentials(act: str, given: list[str]) -> tuple[str, str]:
    if len(given) != 2:
        raise CommandError(
            f"missing email and password arguments: {commands.program()} superuser {act} "
            "EMAIL PASSWORD"
        )
    email, password = given
    return _email(email), password


def _email(email: str, otherwise: str = "missing or invalid email address") -> str:
    if not is_email(email):
        raise CommandError(otherwise)
    return email


def _found(email: str) -> RecordModel:
    record = find.by_email(superusers.collection(), email)
    if record is None:
        raise CommandError(f'superuser with email "{email}" doesn\'t exist')
    return record


def _created(email: str, password: str, failed: str) -> None:
    try:
        records.create(superusers.collection(), email=email, password=password)
    except errors.ApiError as error:
        raise CommandError(f"{failed}: {reasons(error)}") from error


def _saved(record: RecordModel, failed: str) -> None:
    try:
        record.save()
    except errors.ApiError as error:
        raise CommandError(f"{failed}: {reasons(error)}") from error
