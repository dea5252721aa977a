"""``manage.py openapi``: the OpenAPI document of the present collections, to make clients from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core_app import commands
from core_app.migrating import migrate_if_needed
from dashboard_app.openapi import document

EXAMPLES = """
examples:
  manage.py openapi --out openapi.json
  manage.py openapi --guest | npx openapi-typescript /dev/stdin
"""


class Command(commands.Command):
    help = "Write the OpenAPI 3.1 document that /api/openapi.json answers."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--guest",
            action="store_true",
            help="without hidden fields, rules, system collections and what superusers alone do",
        )
        parser.add_argument(
            "--out", metavar="FILE", help="where to write; default: standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(self.stderr, but=("schema",))
        made = document.document(for_superusers=not options["guest"])
        text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["out"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"cannot write {options['out']}: {error.strerror}") from error
