"""``manage.py typegen``: types of all collections' records for TypeScript or Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from collections_app.schema import snapshot
from collections_app.typegen import description, python, typescript
from collections_app.typegen.names import Names
from core_app import commands
from core_app.migrating import migrate_if_needed

EXAMPLES = """
examples:
  manage.py typegen --typescript --out web/src/pocketbase-types.ts
  manage.py typegen --python > records_types.py

In TypeScript:
  import PocketBase from "pocketbase";
  import type { TypedPocketBase } from "./pocketbase-types";
  const pb = new PocketBase(url) as TypedPocketBase;
  const post = await pb.collection("posts").getOne(id, { expand: "author" });
"""


class Command(commands.Command):
    help = "Write types of all collections' records, bodies and expansions."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        language = parser.add_mutually_exclusive_group(required=True)
        language.add_argument(
            "--typescript",
            action="store_const",
            dest="language",
            const=typescript,
            help="a module for the official SDK",
        )
        language.add_argument(
            "--python",
            action="store_const",
            dest="language",
            const=python,
            help="a module of TypedDicts",
        )
        parser.add_argument(
            "--out", metavar="FILE", help="where to write; default: standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"]
        migrate_if_needed(self.stderr, but=("schema",))
        found = description.describe(snapshot.current(), Names(language.OWN_NAMES))
        text = language.module(found)
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["out"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"cannot write {options['out']}: {error.strerror}") from error
