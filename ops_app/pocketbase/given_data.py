"""``data.db`` for PocketBase: tables as it lays them out, filled from one moment of ours."""

# ruff: noqa: S608 names of tables and columns come from definitions, and are quoted

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from django.apps import apps
from django.db import connection

from auth_app.models import StaffUser
from auth_app.names import INSTALLER_EMAIL, SUPERUSERS
from collections_app.fields.date import MARK_NAME
from collections_app.schema import indexes, rows, snapshot, soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit.dialects.sqlite import SQLiteEditor
from core_app import dates
from core_app.settings_store import sealing, shape, store
from ops_app.pocketbase import layout
from ops_app.pocketbase.errors import MovingError
from storage_app.field import FileField

Tell = Callable[[str], None]

_AT_ONCE = 20_000  # records between two words about the progress
#: first parts of the modules whose models belong to Holdall, Django and its packages
_OURS = frozenset({"core_app", "auth_app", "collections_app", "ops_app", "django", "allauth"})


@dataclass(slots=True)
class GivenData:
    """The written database: its collections, how many records, and what was left out."""

    path: Path
    collections: tuple[CollectionDef, ...]
    records: int = 0
    left_out: list[str] = field(default_factory=list)

    def file_names(self) -> Iterator[tuple[CollectionDef, str, list[str]]]:
        """Yield collection, id and file names of each record that names files."""
        with closing(sqlite3.connect(self.path)) as database:
            for collection in self.collections:
                fields = [item for item in collection.fields if isinstance(item, FileField)]
                if not fields or collection.is_view:
                    continue
                names = ", ".join(_quoted(item.name) for item in fields)
                some = " OR ".join(f"{_quoted(item.name)} NOT IN ('', '[]')" for item in fields)
                for record_id, *stored in database.execute(
                    f"SELECT id, {names} FROM {_quoted(collection.table)} WHERE {some}"
                ):
                    pairs = zip(fields, stored, strict=True)
                    yield collection, record_id, [n for f, value in pairs for n in f.names(value)]


def write(path: Path, applied: Iterable[str], tell: Tell) -> GivenData:
    """Write the new database ``path``; ``applied`` are migrations that must not run again.

    Raise ``MovingError``.
    """
    if connection.vendor != "sqlite":
        raise MovingError("this works on SQLite only: manage.py move_database --to sqlite")
    held = snapshot.current()
    with closing(sqlite3.connect(path, isolation_level=None, uri=True)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        ours = quote(str(connection.settings_dict["NAME"]))
        database.execute("ATTACH DATABASE ? AS here", (f"file:{ours}?mode=ro",))
        database.execute("BEGIN")
        if database.execute("SELECT schema FROM here._versions").fetchone()[0] != held.version:
            raise MovingError("the collections were changed at this very moment; run it again")
        given = GivenData(path, tuple(map(_without_trash, held.collections)))
        _write_system_tables(database, applied)
        for collection, ours_ in zip(given.collections, held.collections, strict=True):
            _write_row(database, collection)
            if not collection.is_view:
                _write_table(database, collection)
                given.records += _fill(database, collection, ours_, tell)
                _write_indexes(database, collection)
            _note_trash(database, ours_, given)
        _write_views(database, given)
        _write_settings(database, given)
        _note_the_rest(given)
        database.execute("COMMIT")
    path.chmod(0o600)
    return given


def _without_trash(collection: CollectionDef) -> CollectionDef:
    return replace(
        collection,
        fields=soft_delete.with_mark(collection.fields, is_on=False),
        options=soft_delete.without(collection.options),
    )


def _write_system_tables(database: sqlite3.Connection, applied: Iterable[str]) -> None:
    for statement in layout.DATA:
        database.execute(statement)
    migrations = [*layout.MIGRATIONS, *((name, layout.APPLIED) for name in applied)]
    database.executemany("INSERT INTO _migrations VALUES (?, ?)", migrations)


def _write_row(database: sqlite3.Connection, collection: CollectionDef) -> None:
    names = ", ".join(map(_quoted, rows.COLUMNS))
    marks = ", ".join("?" * len(rows.COLUMNS))
    database.execute(
        f"INSERT INTO _collections ({names}) VALUES ({marks})", rows.to_row(collection)
    )


def _write_table(database: sqlite3.Connection, collection: CollectionDef) -> None:
    editor = SQLiteEditor(connection)
    database.execute(editor.table_statement(collection.table, collection.fields))


def _fill(
    database: sqlite3.Connection, collection: CollectionDef, ours: CollectionDef, tell: Tell
) -> int:
    """Copy the living records in the order they were made; return how many."""
    table, names = _quoted(ours.table), ", ".join(map(_quoted, collection.columns))
    condition = f"{_quoted(MARK_NAME)} = ''" if ours.has_trash else "true"
    if ours.name == SUPERUSERS:
        condition += f" AND email != '{INSTALLER_EMAIL}'"
    total, last = 0, -(2**63)
    while True:
        count, until = database.execute(
            f"SELECT count(*), max(row) FROM (SELECT _rowid_ AS row FROM here.{table} "
            f"WHERE {condition} AND _rowid_ > ? ORDER BY _rowid_ LIMIT {_AT_ONCE})",
            (last,),
        ).fetchone()
        if not count:
            return total
        database.execute(
            f"INSERT INTO main.{table} ({names}) SELECT {names} FROM here.{table} "
            f"WHERE {condition} AND _rowid_ > ? AND _rowid_ <= ? ORDER BY _rowid_",
            (last, until),
        )
        total, last = total + count, until
        tell(f"{collection.name}: {total:,} records")


def _write_indexes(database: sqlite3.Connection, collection: CollectionDef) -> None:
    for text in collection.indexes:
        parsed = indexes.parse(text)
        if parsed is not None:
            database.execute(str(parsed.on(collection.table)))


def _write_views(database: sqlite3.Connection, given: GivenData) -> None:
    """Make the views as ours are made; leave out those that need what is not there."""
    views = [item for item in given.collections if item.is_view]
    for view in views:
        ((statement,),) = database.execute(
            "SELECT sql FROM here.sqlite_master WHERE type = 'view' AND name = ?", (view.table,)
        ).fetchall()
        database.execute(statement)
    for view in views:
        try:
            database.execute(f"SELECT * FROM main.{_quoted(view.table)} LIMIT 0")
        except sqlite3.OperationalError as error:
            database.execute("DELETE FROM _collections WHERE id = ?", (view.id,))
            given.collections = tuple(item for item in given.collections if item is not view)
            given.left_out.append(f"view {view.name}: {error}")
    kept = {item.name for item in given.collections}
    for view in views:
        if view.name not in kept:
            database.execute(f"DROP VIEW {_quoted(view.table)}")


def _write_settings(database: sqlite3.Connection, given: GivenData) -> None:
    row = database.execute(
        "SELECT value, created, updated FROM here._params WHERE id = ?", (store.PARAM_ID,)
    ).fetchone()
    now = dates.now()
    value, created, updated = row or (
        sealing.seal(shape.to_json(store.current(), secrets=True)),
        now,
        now,
    )
    database.execute(
        "INSERT INTO _params VALUES (?, ?, ?, ?)", (store.PARAM_ID, value, created, updated)
    )
    if _is_sealed(value):
        given.left_out.append(
            "the key of the settings: start PocketBase with --encryptionEnv and the value of "
            "HOLDALL_ENCRYPTION_KEY"
        )
    if store.current().s3.enabled:
        given.left_out.append("files: they stay in the bucket of the settings")


def _is_sealed(value: str) -> bool:
    try:
        json.loads(value)
    except json.JSONDecodeError:
        return True
    return False


def _note_trash(database: sqlite3.Connection, ours: CollectionDef, given: GivenData) -> None:
    if not ours.has_trash:
        return
    ((count,),) = database.execute(
        f"SELECT count(*) FROM here.{_quoted(ours.table)} WHERE {_quoted(MARK_NAME)} != ''"
    ).fetchall()
    given.left_out.append(f"soft delete of {ours.name}, and its trash ({count:,})")


def _note_the_rest(given: GivenData) -> None:
    editors = StaffUser.objects.filter(record_id=None).count()
    if editors:
        given.left_out.append(f"dashboard users that are no superusers ({editors:,})")
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in _OURS:
            given.left_out.append(f"table {model._meta.db_table}, of the model {model._meta.label}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
