"""Rows of ``_collections`` <-> ``CollectionDef``. Knows no table of records and checks nothing."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from collections_app.fields import base as field_types
from collections_app.fields.base import WrongShape
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import sql, versions
from core_app.migrating import UnreadableData

COLUMNS = (
    "id",
    "system",
    "type",
    "name",
    "fields",
    "indexes",
    "listRule",
    "viewRule",
    "createRule",
    "updateRule",
    "deleteRule",
    "options",
    "created",
    "updated",
)


class CollectionRow(NamedTuple):
    """One row of ``_collections`` as the driver gives it; JSON is text."""

    id: str
    system: bool
    type_name: str
    name: str
    fields: str
    indexes: str
    list_rule: str | None
    view_rule: str | None
    create_rule: str | None
    update_rule: str | None
    delete_rule: str | None
    options: str
    created: str
    updated: str


_NAMES = ", ".join(f'"{column}"' for column in COLUMNS)

# Definitions by the row they came from. A definition is immutable, so one whose row did not change
# is the same object in the next snapshot: a reload costs the changed rows, and what was derived
# from an unchanged definition may live on.
_known: dict[str, tuple[CollectionRow, CollectionDef]] = {}
_known_lock = threading.Lock()


def load() -> Snapshot:
    """Return every collection of the database, in the order they were created.

    Raise ``UnreadableData`` where one has a field of a type that nothing here brings.
    The version is read first: a change between the two reads then only means loading once more.
    """
    version = versions.read().schema
    order = sql.dialect().row_number('"_collections"')
    found = sql.fetch_all(f'SELECT {_NAMES} FROM "_collections" ORDER BY {order}', (), "default")  # noqa: S608
    with _known_lock:
        collections = [_remembered(CollectionRow(*row)) for row in found]
        current = {item.id for item in collections}
        for gone in _known.keys() - current:
            del _known[gone]
    return Snapshot(version, collections)


def to_definition(row: CollectionRow) -> CollectionDef:
    """Return the collection that ``row`` describes."""
    return CollectionDef(
        id=row.id,
        name=row.name,
        type_name=row.type_name,
        system=bool(row.system),
        fields=tuple(field_types.from_json(item) for item in orjson.loads(row.fields)),
        indexes=tuple(orjson.loads(row.indexes)),
        list_rule=row.list_rule,
        view_rule=row.view_rule,
        create_rule=row.create_rule,
        update_rule=row.update_rule,
        delete_rule=row.delete_rule,
        options=orjson.loads(row.options),
        created=row.created,
        updated=row.updated,
    )


def to_row(definition: CollectionDef) -> CollectionRow:
    """Return the row that stores ``definition``."""
    return CollectionRow(
        id=definition.id,
        system=definition.system,
        type_name=definition.type_name,
        name=definition.name,
        fields=_json([item.to_json() for item in definition.fields]),
        indexes=_json(list(definition.indexes)),
        list_rule=definition.list_rule,
        view_rule=definition.view_rule,
        create_rule=definition.create_rule,
        update_rule=definition.update_rule,
        delete_rule=definition.delete_rule,
        options=_json(dict(definition.options)),
        created=definition.created,
        updated=definition.updated,
    )


def insert(definition: CollectionDef) -> None:
    """Add the row of a new collection."""
    marks = ", ".join("?" for _ in COLUMNS)
    sql.execute(
        sql.marked(f'INSERT INTO "_collections" ({_NAMES}) VALUES ({marks})'),  # noqa: S608
        to_row(definition),
    )


def update(definition: CollectionDef) -> None:
    """Replace the row of the collection with this id."""
    changes = ", ".join(f'"{column}" = ?' for column in COLUMNS[1:])
    sql.execute(
        sql.marked(f'UPDATE "_collections" SET {changes} WHERE "id" = ?'),  # noqa: S608
        (*to_row(definition)[1:], definition.id),
    )


def delete(collection_id: str) -> None:
    """Remove the row of the collection with this id."""
    sql.execute(sql.marked('DELETE FROM "_collections" WHERE "id" = ?'), (collection_id,))


def _remembered(row: CollectionRow) -> CollectionDef:
    known = _known.get(row.id)
    if known is not None and known[0] == row:
        return known[1]
    try:
        definition = to_definition(row)
    except WrongShape as error:
        raise UnreadableData(
            f"the collection {row.name!r} cannot be read: {error}; the hook file or the app that "
            "brings the type is not loaded (HOLDALL_APPS, HOLDALL_HOOKS_DIR)"
        ) from error
    _known[row.id] = (row, definition)
    return definition


def _json(value: list[Any] | Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()
