"""Keeping the history: each change becomes a migration, recorded as applied where it happened.

The row of ``django_migrations`` and the change commit together. The file is written before the
commit under a passing name and gets its own right after it, before the next writer is let in.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from collections_app.migrations_auto import plan, writer
from collections_app.migrations_auto.operations import CollectionOperation
from collections_app.schema import snapshot
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import bootstrap, draft, views
from collections_app.schema_edit.complete import completed
from core_app import versions
from core_app.transactions import on_commit_in_turn, on_rollback, write


class PendingMigrations(Exception):
    """The history on disk goes on beyond what this database has."""


class BrokenViews(Exception):
    """There are views that nobody could make anew: what their queries name is gone."""


def keep(before: Snapshot, after: Snapshot) -> None:
    """Write the migration of a change, inside its transaction. Does nothing where that is off."""
    if settings.HOLDALL_AUTOMIGRATE and (operations := plan.operations(before, after)):
        _record(operations, f"change_{len(operations)}_collections")


def squash(*, delete_replaced: bool = False) -> str:
    """Write one migration that leads from an empty data folder to here; return its name.

    It replaces all migrations there are, which stay for machines that have only some of them.
    Raise ``PendingMigrations``, ``BrokenViews``.
    """
    with write():
        applied = _applied()
        on_disk = writer.names_on_disk()
        if pending := [name for name in on_disk if name not in applied]:
            raise PendingMigrations(", ".join(pending))
        held = snapshot.newest(versions.read().schema)
        if broken := views.broken(held):
            why = (f"{held.by_id[key].name} ({reason})" for key, reason in broken.items())
            raise BrokenViews(", ".join(why))
        name = _record(
            plan.operations(beginning(), held), "snapshot", replaces=on_disk, is_snapshot=True
        )
        if delete_replaced:
            transaction.on_commit(lambda: writer.remove(on_disk))
    return name


def beginning() -> Snapshot:
    """Return what an empty data folder has: the declared collections."""
    held = Snapshot(0, ())
    for data in bootstrap.declared():
        asked = draft.new({"indexes": [], **data}, held)
        held = held.having(completed(asked, None, held))
    return held


def _record(
    operations: Sequence[CollectionOperation],
    what: str,
    *,
    replaces: Sequence[str] = (),
    is_snapshot: bool = False,
) -> str:
    on_disk = writer.names_on_disk()
    known = {*on_disk, *_applied()}
    name = writer.next_name([] if is_snapshot else operations, known, what)
    before = [] if is_snapshot else writer.last_names()
    source = writer.text(
        operations,
        [(writer.APP_LABEL, item) for item in before] or writer.ROOTS,
        [(writer.APP_LABEL, item) for item in replaces],
    )
    on_rollback(lambda: writer.drop(name))
    writer.put_beside(name, source)
    MigrationRecorder(connection).record_applied(writer.APP_LABEL, name)
    on_commit_in_turn(lambda: writer.put_in_place(name))
    return name


def _applied() -> set[str]:
    rows = MigrationRecorder(connection).migration_qs.filter(app=writer.APP_LABEL)
    return set(rows.values_list("name", flat=True))
