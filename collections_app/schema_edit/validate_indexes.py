"""What is wrong with a collection's indexes, as far as their text says.

Whether SQLite takes them shows only when they are created (``tables``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema.indexes import Index
from collections_app.schema_edit.dialects import TableEditor, editor
from collections_app.schema_edit.draft import kind_of
from collections_app.schema_edit.tables import invalid_index
from core_app.errors import FieldError


def errors_of(
    draft: CollectionDef, original: CollectionDef | None
) -> Iterator[FieldError | dict[str, Any]]:
    """Yield an error for the list, or ``{position: error}``; the first one counts."""
    if draft.indexes and not kind_of(draft.type_name).stores_records:
        yield FieldError(
            "validation_indexes_not_supported", "View collections don't support indexes."
        )
    own_tables = {draft.table.lower()} | ({original.table.lower()} if original else set())
    names: set[str] = set()
    definitions: set[str] = set()
    with editor() as edit:
        for at, text in enumerate(draft.indexes):
            parsed = indexes.parse(text)
            error = _error(parsed, names, definitions, own_tables, edit)
            if error is not None:
                yield {str(at): error}
            elif parsed is not None:
                names.add(parsed.name.lower())
                definitions.add(_definition(parsed))
    if original is not None:
        yield from _lost_system_indexes(draft, original)


def _error(
    parsed: Index | None,
    names: set[str],
    definitions: set[str],
    own_tables: set[str],
    edit: TableEditor,
) -> FieldError | None:
    if parsed is None:
        return invalid_index("Invalid CREATE INDEX expression.")
    if parsed.name.lower() in names:
        return FieldError("validation_duplicated_index_name", "The index name already exists.")
    table = edit.index_table(parsed.name)
    if table is not None and table.lower() not in own_tables:
        return FieldError(
            "validation_existing_index_name",
            f"The index name is already used in {table} collection.",
            {"usedTableName": table},
        )
    if _definition(parsed) in definitions:
        return FieldError(
            "validation_duplicated_index_definition", "The index definition already exists."
        )
    return None


def _definition(parsed: Index) -> str:
    """Return what the index does, wherever and whatever it is called."""
    return str(replace(parsed, name="", table="", schema=""))


def _lost_system_indexes(draft: CollectionDef, original: CollectionDef) -> Iterator[FieldError]:
    """Yield an error for each unique index on a system field that is gone or another one now."""
    system = {field.name.lower(): field.name for field in original.fields if field.options.system}
    kept = {_constraint(text) for text in draft.indexes}
    for text in original.indexes:
        parsed = indexes.parse(text)
        if parsed is None or not parsed.unique or _constraint(text) in kept:
            continue
        name = next(
            (system[c.name.lower()] for c in parsed.columns if c.name.lower() in system), None
        )
        if name is not None:
            yield FieldError(
                "validation_invalid_unique_system_field_index",
                f"Unique index definition on system fields ({name}) is invalid or missing.",
                {"fieldName": name},
            )


def _constraint(text: str) -> str:
    parsed = indexes.parse(text)
    return str(parsed.bare().on("")) if parsed is not None else ""
