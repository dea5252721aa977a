"""A collection's definition -> its table, and a change of the definition -> changes of the table.

Beside the collection's own indexes, every single relation has one: related records and cascades are
looked up by it. It is named by ids, so that renaming leaves it alone, and is not shown to anyone.
Runs inside the transaction that stores the row.
Source: PocketBase core/collection_record_table_sync.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from collections_app.fields.base import FieldType
from collections_app.records.rows import quoted
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit import convert, trash
from collections_app.schema_edit.dialects import TableEditor, editor, error_text
from core_app import ids, sql
from core_app.errors import FieldError, FieldErrors


class TableChangeFailed(Exception):
    """The database refused a change; the text says what, in the reference's words."""


def create(collection: CollectionDef) -> None:
    """Create the table of a new collection. Raise ``FieldErrors`` for indexes that fail."""
    with editor() as edit:
        edit.create_table(collection.table, collection.fields)
        create_indexes(edit, collection)


def change(old: CollectionDef, new: CollectionDef) -> None:
    """Turn the table of ``old`` into that of ``new``, keeping every row and every kept column.

    Raise ``FieldErrors`` for indexes that fail and for a trash that is not empty,
    ``TableChangeFailed`` for a column in use.
    """
    trash.refuse_loss(old, new)
    renamed = not sql.dialect().same_name(old.table, new.table)
    reindex = renamed or old.indexes != new.indexes or _shapes(old) != _shapes(new)
    with editor() as edit:
        if reindex:
            _drop_indexes(edit, old)
        if renamed:
            edit.rename_table(old.table, new.table)
        _change_columns(edit, old, new)
        convert.single_and_multiple(edit, old, new)
        if reindex:
            create_indexes(edit, new)


def drop(collection: CollectionDef) -> None:
    """Drop the table with its rows."""
    with editor() as edit:
        edit.drop_table(collection.table)


def is_empty(collection: CollectionDef) -> bool:
    """Return whether no record is stored."""
    return sql.fetch_one(f"SELECT 1 FROM {quoted(collection.table)} LIMIT 1") is None  # noqa: S608


def invalid_index(message: str) -> FieldError:
    """Return the error of one index."""
    return FieldError("validation_invalid_index_expression", message)


def _change_columns(edit: TableEditor, old: CollectionDef, new: CollectionDef) -> None:
    """Drop, add and rename columns; as names may be swapped, a passing name comes first."""
    for field in old.fields:
        if field.id not in new.by_id:
            with _telling(f"failed to drop column {field.name}"):
                edit.drop_column(new.table, field.name)
    passing: dict[str, str] = {}
    for field in new.fields:
        before = old.by_id.get(field.id)
        if before is not None and before.name == field.name:
            continue
        name = f"{field.name}{ids.random_lower(5)}"
        passing[name] = field.name
        if before is None:
            with _telling(f"failed to add column {field.name}"):
                edit.add_column(new.table, name, field)
        else:
            with _telling(f"failed to rename column {before.name}"):
                edit.rename_column(new.table, before.name, name)
    for name, final in passing.items():
        edit.rename_column(new.table, name, final)


def create_indexes(
    edit: TableEditor, collection: CollectionDef, using: str = DEFAULT_DB_ALIAS
) -> None:
    """Create the collection's own indexes and those that it needs. Raise ``FieldErrors``."""
    errors = {}
    for at, text in enumerate(collection.indexes):
        parsed = indexes.parse(text)
        if parsed is None or not collection.table:
            errors[str(at)] = invalid_index("Invalid CREATE INDEX expression.")
            continue
        try:
            with transaction.atomic(using=using):
                index = trash.among_living(parsed.on(collection.table), collection)
                edit.create_declared_index(index, collection)
        except DatabaseError as error:
            errors[str(at)] = invalid_index(
                f"Failed to create index {parsed.name} - {error_text(error)}."
            )
    if errors:
        raise FieldErrors({"indexes": errors})
    leading = {
        parsed.columns[0].name.lower()
        for text in collection.indexes
        if (parsed := indexes.parse(text)) is not None and not parsed.where
    }
    for field in _single_relations(collection):
        if field.name.lower() not in leading:
            edit.create_index(_relation_index(collection, field), collection.table, field.name)
    trash.create_index(edit, collection)


def _single_relations(collection: CollectionDef) -> list[FieldType]:
    return [item for item in collection.fields if item.relation_target and not item.is_multiple]


def _relation_index(collection: CollectionDef, field: FieldType) -> str:
    return f"_relation_{collection.id}_{field.id}"


def _drop_indexes(edit: TableEditor, collection: CollectionDef) -> None:
    for text in collection.indexes:
        parsed = indexes.parse(text)
        if parsed is not None:
            edit.drop_index(parsed.name)
    for field in _single_relations(collection):
        edit.drop_index(_relation_index(collection, field))
    trash.drop_index(edit, collection)


def _shapes(collection: CollectionDef) -> list[dict[str, object]]:
    return [field.to_json() for field in collection.fields]


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say which step of a change the database refused."""
    try:
        yield
    except DatabaseError as error:
        raise TableChangeFailed(f"{what} - {error_text(error)}") from error
