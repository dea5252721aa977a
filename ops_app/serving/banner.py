"""What ``serve`` and ``runserver`` tell whoever started them."""

from __future__ import annotations

import logging
import sys
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from collections_app.schema import snapshot
from core_app import hooks
from core_app.commands import program
from ops_app.serving import interpreter
from ops_app.serving.address import Address

logger = logging.getLogger("holdall.hooks")


def show(stdout: Any, where: Address) -> None:
    """Write where the server is, and how to make the first superuser if there is none."""
    stdout.write("\n".join(greeting(where, _installer_link(where))))
    stdout.flush()
    try:
        warn_of_hooks_without_collection()
    finally:
        connections.close_all()  # workers are about to be forked


def greeting(where: Address, link: str | None) -> list[str]:
    """Return the lines of it; ``link`` leads to where the first superuser is made."""
    lines = [
        f"Holdall serves {where.url}",
        f"  REST API   {where.url}/api/",
        f"  Dashboard  {where.url}/_/",
        f"  Data       {settings.HOLDALL_DATA_DIR}",
    ]
    if not interpreter.is_optimised():
        lines += ["", interpreter.HINT]
    if link:
        lines += [
            "",
            "There is no superuser yet. Make one here (the link works once, for 30 minutes):",
            f"  {link}",
            f"or on the command line: {_as_typed()} createsuperuser",
        ]
    return lines


def warn_of_hooks_without_collection() -> None:
    """Log each name that hooks are for and no collection has: a misspelt one is never called."""
    names = [collection.name for collection in snapshot.current().collections]
    for name in sorted(hooks.senders().difference(names)):
        near = get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        logger.warning("hooks are for a collection %r, which is not there%s", name, hint)


def _as_typed() -> str:
    """Return what begins a command in this folder: ``manage.py`` alone is no program."""
    name = program()
    if name != "manage.py":
        return name
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    return f"{python} {name}"


def _installer_link(where: Address) -> str | None:
    if find_spec("auth_app.installer") is None or settings.HOLDALL_FOLLOW:
        return None
    from auth_app import installer

    try:
        link: str | None = installer.pending_link(where.url)
    finally:
        connections.close_all()  # workers are about to be forked
    return link
