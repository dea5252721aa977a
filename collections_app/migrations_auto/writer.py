"""Operations -> the file of a migration: its number, its name, its text."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings

from collections_app.migrations_auto import words
from collections_app.migrations_auto.literal import literal
from collections_app.migrations_auto.operations import CollectionOperation

APP_LABEL = "schema"
#: what the first migration needs: the tables that every change of a collection writes to, also by
#: the receivers of its hooks (rights of editors end with a collection)
ROOTS = (
    ("collections_app", "0001_initial"),
    ("core_app", "0001_initial"),
    ("auth_app", "0001_initial"),
)

_FILE = re.compile(r"(\d+)_\w+\.py")
_MENTION = re.compile(rf"""['"]{APP_LABEL}['"],\s*['"](\w+)['"]""")
_NUMBER = re.compile(r"\d+")


def folder() -> Path:
    """Return the folder of the ``schema`` package; it is made with the first file."""
    return Path(settings.HOLDALL_SCHEMA_DIR)


def names_on_disk() -> list[str]:
    """Return the names of all migrations in the folder, in their order."""
    if not folder().is_dir():
        return []
    return sorted(path.stem for path in folder().iterdir() if _FILE.fullmatch(path.name))


def last_names() -> list[str]:
    """Return the migrations that no other one builds on: after a merge of branches several."""
    texts = {name: (folder() / f"{name}.py").read_text("utf-8") for name in names_on_disk()}
    mentioned = {found for name, source in texts.items() for found in _MENTION.findall(source)}
    return [name for name in texts if name not in mentioned]


def next_name(operations: Sequence[CollectionOperation], known: Iterable[str], what: str) -> str:
    """Return ``0003_orders_add_total``; ``known`` are the names given so far.

    ``what`` names a migration of several operations.
    """
    numbers = [int(found[0]) for name in known if (found := _NUMBER.match(name))]
    number = max(numbers, default=0) + 1
    if len(operations) == 1:
        only = operations[0]
        what = words.slug(only.name, only.before, only.after)
    return f"{number:04}_{what}"


def text(
    operations: Sequence[CollectionOperation],
    dependencies: Sequence[tuple[str, str]],
    replaces: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the source of a migration."""
    used = sorted({type(item).__name__ for item in operations}) or ["SaveCollection"]
    lines = [
        _docstring(operations),
        "",
        "from django.db import migrations",
        "",
        f"from collections_app.migrations_auto.operations import {', '.join(used)}",
        "",
        "",
        "class Migration(migrations.Migration):",
    ]
    if replaces:
        lines += [f"    replaces = {_pairs(replaces)}", ""]
    lines += [f"    dependencies = {_pairs(dependencies)}", "", "    operations = ["]
    lines += [_operation(item) for item in operations]
    lines += ["    ]", ""]
    return "\n".join(lines)


def put_beside(name: str, source: str) -> Path:
    """Write the file under a passing name that is no module's, safely on disk; return its path."""
    folder().mkdir(parents=True, exist_ok=True)
    init = folder() / "__init__.py"
    if not init.exists():
        init.write_text('"""How the collections came to be: one migration for each change."""\n')
    path = _beside(name)
    with path.open("w", encoding="utf-8") as file:
        file.write(source)
        file.flush()
        os.fsync(file.fileno())
    return path


def put_in_place(name: str) -> None:
    """Give the file its name."""
    _beside(name).replace(folder() / f"{name}.py")


def drop(name: str) -> None:
    """Remove the file that has no name yet, if there is one."""
    _beside(name).unlink(missing_ok=True)


def remove(names: Iterable[str]) -> None:
    """Delete the files of these migrations."""
    for name in names:
        (folder() / f"{name}.py").unlink()


def _beside(name: str) -> Path:
    return folder() / f".{name}.py.new"


def _docstring(operations: Sequence[CollectionOperation]) -> str:
    sentences = [_escaped(item.describe()) for item in operations]
    if len(sentences) == 1 and len(sentences[0]) + 7 <= 100:
        return f'"""{sentences[0]}."""'
    lines = [
        line
        for item in sentences
        for line in textwrap.wrap(item, 98, initial_indent="- ", subsequent_indent="  ")
    ]
    return "\n".join(['"""What it does:', "", *lines, '"""'])


def _escaped(sentence: str) -> str:
    """Return a sentence that cannot end the docstring it stands in."""
    return sentence.replace("\\", "\\\\").replace('"', "'")


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    parts = [f'("{app}", "{name}")' for app, name in pairs]
    line = f"[{', '.join(parts)}]"
    if len(line) <= 80:
        return line
    return "[\n" + "".join(f"        {part},\n" for part in parts) + "    ]"


def _operation(operation: CollectionOperation) -> str:
    name, _, parts = operation.deconstruct()
    out = [f"        {name}("]
    out += [f"            {key}={literal(value, 3, len(key) + 2)}," for key, value in parts.items()]
    return "\n".join([*out, "        ),"])
