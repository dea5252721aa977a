"""What a PocketBase data folder holds: its collections, settings, and what has no place here.

Reads the database that is attached as ``pb``; see ``folder``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from django.db import connections

from collections_app.fields.base import WrongShape
from collections_app.schema import rows
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit.draft import kind_of
from core_app.settings_store import sealing, shape
from core_app.settings_store.shape import Settings, WrongType
from core_app.settings_store.store import PARAM_ID
from ops_app.pocketbase import layout
from ops_app.pocketbase.errors import MovingError
from ops_app.pocketbase.folder import SCHEMA

_INTERNAL = ("sqlite_", "_migrations", "_params", "_collections", "_logs")


@dataclass(frozen=True, slots=True)
class Source:
    """``settings`` is ``None`` where there are none, or where ``sealed`` says they are shut.

    ``notes`` name what stays behind, a line each.
    """

    folder: Path
    collections: tuple[CollectionDef, ...]
    settings: Settings | None
    sealed: bool
    notes: tuple[str, ...]


def read(folder: Path) -> Source:
    """Return what the attached database holds. Raise ``MovingError`` for another format."""
    tables = {str(name): str(kind) for name, kind in _schema_names()}
    _check_version(tables)
    collections = tuple(_collections())
    _check_tables(collections, tables)
    found, sealed = _settings()
    notes = (*_other_tables(collections, tables), *_unknown_migrations(), *_code(folder))
    return Source(folder, collections, found, sealed, notes)


def fetch(text: str, params: Iterable[Any] | None = None, alias: str = "default") -> list[Any]:
    """Return the rows of one statement, however long it takes; ``%s`` marks its parameters."""
    with connections[alias].cursor() as cursor:
        cursor.execute(text, None if params is None else list(params))
        return list(cursor.fetchall())


def _schema_names() -> list[Any]:
    return fetch(f"SELECT name, type FROM {SCHEMA}.sqlite_master WHERE type != 'index'")  # noqa: S608


def _check_version(tables: Mapping[str, str]) -> None:
    if "_collections" not in tables:
        raise MovingError("this is no data of PocketBase: data.db has no table _collections")
    columns = {str(row[1]) for row in fetch(f"PRAGMA {SCHEMA}.table_info('_collections')")}
    if "schema" in columns or "_admins" in tables:
        raise MovingError(
            "this data is of PocketBase before 0.23, which laid it out differently. Let a newer "
            "PocketBase convert a copy of the folder (before 0.22: first the last 0.22, then "
            "0.40): pocketbase serve --dir COPY, stop it when it serves, and import the copy."
        )
    missing = sorted(set(rows.COLUMNS) - columns)
    unknown = sorted(columns - set(rows.COLUMNS))
    if missing or unknown:
        raise MovingError(
            "this data is of a PocketBase newer than 0.40, or not PocketBase's: its _collections "
            f"table differs in {', '.join(missing + unknown)}"
        )


def _collections() -> Iterable[CollectionDef]:
    names = ", ".join(f'"{column}"' for column in rows.COLUMNS)
    for row in fetch(f"SELECT {names} FROM {SCHEMA}._collections ORDER BY rowid"):  # noqa: S608
        stored = rows.CollectionRow(*row)
        try:
            definition = rows.to_definition(stored)
            if definition.has_trash:
                raise MovingError(
                    f'"{stored.name}" has soft delete, so this is a data folder of Holdall: '
                    "move it by a backup"
                )
            yield replace(definition, options=_all_options(definition))
        except (WrongShape, orjson.JSONDecodeError) as error:
            raise MovingError(
                f'collection "{stored.name}" cannot be read: {error}. Is this data of a '
                "PocketBase newer than 0.40?"
            ) from error


def _all_options(definition: CollectionDef) -> dict[str, Any]:
    """Return the stored options, and defaults for those that came with a later version."""
    kind = kind_of(definition.type_name)
    return kind.merge_options(kind.default_options(), definition.options)


def _check_tables(collections: Iterable[CollectionDef], tables: Mapping[str, str]) -> None:
    for item in collections:
        wanted = "view" if item.is_view else "table"
        if tables.get(item.table) != wanted:
            raise MovingError(f'the data is damaged: collection "{item.name}" has no {wanted}')
        if item.is_view:
            continue
        there = {str(row[1]) for row in fetch(f"PRAGMA {SCHEMA}.table_info({_text(item.table)})")}
        missing = [name for name in item.columns if name not in there]
        if missing:
            raise MovingError(
                f'the data is damaged: the table of "{item.name}" has no column {missing[0]}'
            )


def _settings() -> tuple[Settings | None, bool]:
    """Return the settings, and whether they are sealed with a key that is not ours."""
    found = fetch(f"SELECT value FROM {SCHEMA}._params WHERE id = %s", [PARAM_ID])  # noqa: S608
    if not found or not found[0][0]:
        return None, False
    value = found[0][0]
    try:
        stored = sealing.unseal(value.decode() if isinstance(value, bytes) else value)
        return shape.merged(Settings(), stored), False
    except sealing.Sealed:
        return None, True
    except WrongType as error:
        raise MovingError(f"the settings cannot be read: {error}") from error


def _other_tables(collections: Iterable[CollectionDef], tables: Mapping[str, str]) -> Iterable[str]:
    known = {item.table for item in collections}
    for name, kind in tables.items():
        if name not in known and not name.startswith(_INTERNAL):
            yield f"{kind} {name}: it belongs to no collection"


def _unknown_migrations() -> Iterable[str]:
    known = layout.EARLIER_MIGRATIONS.union(name for name, _ in layout.MIGRATIONS)
    for (name,) in fetch(f"SELECT file FROM {SCHEMA}._migrations ORDER BY file"):  # noqa: S608
        if name not in known and str(name).endswith(".go"):
            yield f"Go migration {name}: of your own program, or of a PocketBase newer than 0.40"


def _code(folder: Path) -> Iterable[str]:
    """Name the code that lies where PocketBase looks for it by default: beside the data."""
    for name, what in (("pb_hooks", "JavaScript hooks"), ("pb_migrations", "migrations")):
        beside = folder.resolve().parent / name
        files = sorted(path.name for path in beside.rglob("*.js")) if beside.is_dir() else []
        if files and name == "pb_hooks":
            yield f"{what} in {beside}, to be written anew in Python: {', '.join(files)}"
        elif files:
            yield f"{what} in {beside} ({len(files)}): the collections come along as they are"
    public = folder.resolve().parent / "pb_public"
    if public.is_dir():
        yield f"pages in {public}: copy them to public/ of the data folder"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
