"""Columns whose values turn from one into a list or back, rows included.

One value becomes ``[value]``, an empty one ``[]``; of a list the last item stays.
Source: PocketBase core/collection_record_table_sync.go.
"""

from __future__ import annotations

from collections_app.fields.base import FieldType
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit.dialects import TableEditor
from core_app import ids


def single_and_multiple(edit: TableEditor, old: CollectionDef, new: CollectionDef) -> None:
    """Rebuild the columns of ``new`` that were not lists before and are now, or the reverse.

    A rebuilt column is the table's last. The columns have their new names already.
    """
    for field in new.fields:
        before = old.by_id.get(field.id)
        if before is not None and before.is_multiple != field.is_multiple:
            _rebuild(edit, new.table, field)


def _rebuild(edit: TableEditor, table: str, field: FieldType) -> None:
    # a view that names the column would stop its renaming, so all views step aside
    views = edit.views()
    for name, _ in views:
        edit.drop_view(name)
    passing = f"_{field.name}{ids.random_lower(5)}"
    edit.rename_column(table, field.name, passing)
    edit.add_column(table, field.name, field)
    edit.copy_converted(table, passing, field.name, to_list=field.is_multiple)
    edit.drop_column(table, passing)
    for _, statement in views:
        edit.execute(statement)
