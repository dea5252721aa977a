"""Columns of PostgreSQL's tables and indexes: names in quotes, types, what stands for nothing."""

from __future__ import annotations

from collections.abc import Mapping

from collections_app.fields.base import FieldType, Shape
from collections_app.schema.indexes import IndexColumn
from collections_app.schema_edit.dialects.index_conditions import with_texts
from collections_app.schema_edit.dialects.translation import Names, translated
from core_app.dialects.postgresql import identifier

_TYPES = {Shape.BOOL: "boolean", Shape.NUMBER: "double precision", Shape.JSON: "jsonb"}
_TEXT = 'text COLLATE "C"'
_KEY = f"{_TEXT} DEFAULT ('r' || substr(md5(random()::text), 1, 14)) NOT NULL PRIMARY KEY"


def definition(field: FieldType) -> str:
    """Return type, default and ``NOT NULL`` of the column that holds ``field``."""
    if field.is_key:
        return _KEY
    kind = kind_of(field)
    empty = field.to_stored(field.zero())
    if empty is None:
        return f"{kind} DEFAULT NULL"
    if kind == "boolean":
        return "boolean DEFAULT FALSE NOT NULL"
    return f"{kind} DEFAULT {_literal(empty)} NOT NULL"


def kind_of(field: FieldType) -> str:
    """Return the type of the column that holds ``field``."""
    return "jsonb" if field.is_multiple else _TYPES.get(field.shape, _TEXT)


def indexed(column: IndexColumn, names: Names, kinds: Mapping[str, str]) -> str:
    """Return one column of an index. NOCASE is lower case, RTRIM what is before blanks at the end.

    Text goes by its bytes anyway; of what is no text, no collation makes a difference.
    """
    is_column = column.name.lower() in names.known
    name = translated(column.name if is_column else with_texts(column.name, kinds), names)
    if is_column:
        name = quoted(names.known[column.name.lower()])
    kind = kinds.get(column.name.lower(), _TEXT)
    collation = column.collate.lower()
    match "" if kind != _TEXT and collation in ("nocase", "rtrim") else collation:
        case "nocase":
            name = f'lower({name} COLLATE "C")'
        case "rtrim":
            name = f"rtrim({name}, ' ')"
        case "" | "binary":
            name = name if is_column else f"({name})"
        case _:
            name = f"{name} COLLATE {quoted(column.collate)}"
    # where sorts have NULL, so that indexes serve them in both directions
    return f"{name} {'DESC NULLS LAST' if column.sort.lower() == 'desc' else 'ASC NULLS FIRST'}"


def quoted(name: str) -> str:
    """Return ``name`` in quotes. One without letters passes until validation has refused it."""
    if not name:
        return '"_unnamed_"'
    return '"' + identifier(name).replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else str(value)
