"""What a table owes to its trash: not counted as unique, quickly found, never lost unasked."""

from __future__ import annotations

from dataclasses import replace

from collections_app.fields.date import MARK_NAME
from collections_app.records.rows import quoted
from collections_app.schema.definition import CollectionDef
from collections_app.schema.indexes import Index
from collections_app.schema_edit.dialects import TableEditor
from core_app import sql
from core_app.errors import FieldError, FieldErrors


def among_living(index: Index, collection: CollectionDef) -> Index:
    """Return ``index`` as it is created: a unique one does not count what is in the trash."""
    if not collection.has_trash or not index.unique:
        return index
    alive = f"`{MARK_NAME}` = ''"
    return replace(index, where=f"({index.where}) AND {alive}" if index.where else alive)


def refuse_loss(old: CollectionDef, new: CollectionDef) -> None:
    """Raise ``FieldErrors`` if soft delete ends while records are in the trash."""
    if not old.has_trash or new.has_trash:
        return
    mark = old.by_name[MARK_NAME]
    found = sql.fetch_one(
        f"SELECT 1 FROM {quoted(old.table)} WHERE {quoted(mark.name)} != '' LIMIT 1"  # noqa: S608
    )
    if found is not None:
        message = "There are records in the trash: restore them or delete them for good first."
        raise FieldErrors(
            {"softDelete": FieldError("validation_soft_delete_trash_not_empty", message)}
        )


def create_index(edit: TableEditor, collection: CollectionDef) -> None:
    """Let what is in the trash be found without looking at what is not."""
    if collection.has_trash:
        edit.create_index(
            _index_name(collection), collection.table, MARK_NAME, where=f"`{MARK_NAME}` != ''"
        )


def drop_index(edit: TableEditor, collection: CollectionDef) -> None:
    """Remove that index, so that the column may go."""
    if collection.has_trash:
        edit.drop_index(_index_name(collection))


def _index_name(collection: CollectionDef) -> str:
    return f"_trash_{collection.id}"
