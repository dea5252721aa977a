"""What ``serve`` and ``runserver`` tell whoever started them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import connections

from core_app.commands import program
from ops_app.serving.address import Address


def show(stdout: Any, where: Address) -> None:
    """Write where the server is, and how to make the first superuser if there is none."""
    lines = [
        f"Holdall serves {where.url}",
        f"  REST API   {where.url}/api/",
        f"  Dashboard  {where.url}/_/",
        f"  Data       {settings.HOLDALL_DATA_DIR}",
    ]
    link = _installer_link(where)
    if link:
        lines += [
            "",
            "There is no superuser yet. Make one here (the link works once, for 30 minutes):",
            f"  {link}",
            f"or on the command line: {program()} superuser create EMAIL PASSWORD",
        ]
    stdout.write("\n".join(lines))
    stdout.flush()


def _installer_link(where: Address) -> str | None:
    if find_spec("auth_app.installer") is None or settings.HOLDALL_FOLLOW:
        return None
    from auth_app import installer

    try:
        link: str | None = installer.pending_link(where.url)
    finally:
        connections.close_all()  # workers are about to be forked
    return link
