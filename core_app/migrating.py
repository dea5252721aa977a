"""Tables up to date before anything else, at little cost when they already are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from core_app import dialects


class UnreadableData(Exception):
    """What is stored cannot be used by the program as it was started; the text says what to do."""


class NewerData(UnreadableData):
    """A newer version has brought the tables up to date; this one does not know them."""


def migrate_if_needed(stdout: Any, but: tuple[str, ...] = ()) -> None:
    """Apply the migrations that are missing from either database, except those of apps ``but``.

    Raise ``NewerData``.
    """
    connection = connections["default"]
    how = dialects.of(connection)
    how.lock(connection, "migrations")  # another machine may be at it
    try:
        _migrate(stdout, but)
    finally:
        how.unlock(connection, "migrations")


def _migrate(stdout: Any, but: tuple[str, ...]) -> None:
    executor = MigrationExecutor(connections["default"])
    unknown = of_newer(executor.loader.applied_migrations, executor.loader.disk_migrations)
    if unknown:
        raise NewerData(
            "a newer version has used this data: its migration "
            f"{unknown[0]} is not known here; install that version"
        )
    leaves = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] not in but]
    if executor.migration_plan(leaves):
        for labels in [(label,) for label, _ in leaves] if but else [()]:
            call_command("migrate", *labels, interactive=False, verbosity=0, stdout=stdout)
    migrate_auxiliary_if_needed(stdout)


def of_newer(applied: Iterable[tuple[str, str]], known: Iterable[tuple[str, str]]) -> list[str]:
    """Return the applied migrations that a newer version of the known apps must have brought."""
    here = set(known)
    apps = {app for app, _ in here} - {"schema"}
    return sorted(f"{app}.{name}" for app, name in set(applied) - here if app in apps)


def migrate_auxiliary_if_needed(stdout: Any) -> None:
    """Apply the migrations that are missing from the database of what may be thrown away."""
    for app_label in settings.HOLDALL_AUXILIARY_APPS:
        executor = MigrationExecutor(connections["auxiliary"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes(app_label)):
            call_command(
                "migrate",
                app_label,
                database="auxiliary",
                interactive=False,
                verbosity=0,
                stdout=stdout,
            )
