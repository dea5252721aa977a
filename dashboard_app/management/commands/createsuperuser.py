"""``manage.py createsuperuser``: as Django's, but for the API too: a record of ``_superusers``.

It lies here since the dashboard is the one app that comes before Django's.
"""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from core_app import commands

EXAMPLES = """
examples:
  manage.py createsuperuser                              asks for e-mail address and password
  manage.py createsuperuser --email root@example.com     asks for the password
  DJANGO_SUPERUSER_PASSWORD=… manage.py createsuperuser --noinput --email root@example.com

It is "manage.py superuser create", without a password that others see on the command line.
"""


class Command(commands.Command):
    help = "Make a superuser, of the API and the dashboard, and ask for the password."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--email",
            default=os.environ.get("DJANGO_SUPERUSER_EMAIL", ""),
            help="the e-mail address (default: DJANGO_SUPERUSER_EMAIL, else it is asked for)",
        )
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_true",
            help="ask nothing: the password is in DJANGO_SUPERUSER_PASSWORD",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        if not options["noinput"]:
            email = email or input("E-mail address: ").strip()
            password = password or _asked()
        if not (email and password):
            raise CommandError("--email and DJANGO_SUPERUSER_PASSWORD are needed with --noinput")
        call_command("superuser", "create", email, password, stdout=self.stdout)


def _asked() -> str:
    """Return what was typed twice."""
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password (again): ") != password:
        raise CommandError("the two passwords differ")
    return password
