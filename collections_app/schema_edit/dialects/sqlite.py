"""SQLite's statements for tables of records: each change one native statement, inside ``atomic()``.

Django's own editor remakes a whole table for most changes and refuses to run in a transaction.
Neither is needed here: tables of records have no foreign keys, and every column has a constant
default, so a table changes together with its row of ``_collections`` or not at all.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor

from collections_app.fields.base import FieldType, Shape
from collections_app.schema.definition import CollectionDef
from collections_app.schema.indexes import Index
from collections_app.schema_edit.dialects.base import TableEditor
from core_app.dialects import sqlite_errors

_TYPES = {Shape.BOOL: "BOOLEAN", Shape.NUMBER: "NUMERIC", Shape.JSON: "JSON"}
_KEY = "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"


class SQLiteEditor(DatabaseSchemaEditor, TableEditor):
    """Django's editor without its refusal to run in a transaction, and what it lacks."""

    def __enter__(self) -> Self:
        BaseDatabaseSchemaEditor.__enter__(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        BaseDatabaseSchemaEditor.__exit__(self, kind, error, trace)

    def execute(self, statement: Any, params: Any = ()) -> None:
        """Run a statement; one without parameters has no marks, so ``%s`` in it is a text."""
        super().execute(statement, params or None)

    def create_table(self, table: str, fields: tuple[FieldType, ...]) -> None:
        """Create ``table`` with its columns in alphabetical order."""
        self.execute(self.table_statement(table, fields))

    def table_statement(self, table: str, fields: tuple[FieldType, ...]) -> str:
        """Return the statement that creates ``table``."""
        by_name = {field.name: field for field in fields}
        columns = ", ".join(
            f"{_quoted(name)} {self.column_definition(by_name[name])}" for name in sorted(by_name)
        )
        return f"CREATE TABLE {_quoted(table)} ({columns})"

    def rename_table(self, old: str, new: str) -> None:
        self.execute(f"ALTER TABLE {_quoted(old)} RENAME TO {_quoted(new)}")

    def drop_table(self, table: str) -> None:
        self.execute(f"DROP TABLE IF EXISTS {_quoted(table)}")

    def add_column(self, table: str, name: str, field: FieldType) -> None:
        """Add the column of ``field`` under ``name``; existing rows get the type's empty value."""
        self.execute(
            f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(name)} "
            f"{self.column_definition(field)}"
        )

    def rename_column(self, table: str, old: str, new: str) -> None:
        self.execute(f"ALTER TABLE {_quoted(table)} RENAME COLUMN {_quoted(old)} TO {_quoted(new)}")

    def drop_column(self, table: str, name: str) -> None:
        self.execute(f"ALTER TABLE {_quoted(table)} DROP COLUMN {_quoted(name)}")

    def copy_converted(self, table: str, source: str, target: str, *, to_list: bool) -> None:
        """Fill ``target`` from ``source``: a value becomes a list of it, a list its last item."""
        name = _quoted(source)
        is_list = f"json_valid({name}) AND json_type({name}) = 'array'"
        if to_list:
            value = f"CASE WHEN {is_list} THEN {name} ELSE json_array({name}) END"
            value = f"CASE WHEN coalesce({name}, '') = '' THEN '[]' ELSE {value} END"
        else:
            last = f"coalesce(json_extract({name}, '$[#-1]'), '')"
            value = f"CASE WHEN {is_list} THEN {last} ELSE {name} END"
            value = f"CASE WHEN coalesce({name}, '[]') = '[]' THEN '' ELSE {value} END"
        self.execute(
            f"UPDATE {_quoted(table)} SET {_quoted(target)} = {value}"  # noqa: S608
        )

    def create_index(self, name: str, table: str, column: str, where: str = "") -> None:
        """Create a plain index of one column, of the rows that meet ``where`` alone."""
        condition = f" WHERE {where}" if where else ""
        self.execute(
            f"CREATE INDEX {_quoted(name)} ON {_quoted(table)} ({_quoted(column)}){condition}"
        )

    def create_declared_index(self, index: Index, collection: CollectionDef) -> None:
        self.execute(str(index))

    def drop_index(self, name: str) -> None:
        self.execute(f"DROP INDEX IF EXISTS {_quoted(name)}")

    def create_view(self, name: str, query: str) -> None:
        """Create a view of the rows of ``query``, which the caller has checked to be one query."""
        self.execute(f"CREATE VIEW {_quoted(name)} AS SELECT * FROM ({query})")  # noqa: S608

    def drop_view(self, name: str) -> None:
        self.execute(f"DROP VIEW IF EXISTS {_quoted(name)}")

    def view_columns(self, name: str) -> list[tuple[str, str]]:
        """Return name and declared type of each column; fails where the view's query does."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"PRAGMA table_info({_quoted(name)})")
            return [(str(row[1]), str(row[2])) for row in cursor.fetchall()]

    def query_with_text_id(self, query: str, columns: list[str]) -> str:
        """Return ``query`` with its column ``id`` cast to text."""
        chosen = ",".join(
            f"CAST({_quoted(name)} as TEXT) {_quoted(name)}" if name == "id" else _quoted(name)
            for name in columns
        )
        return f"SELECT {chosen} FROM ({query})"  # noqa: S608

    def column_definition(self, field: FieldType) -> str:
        """Return type, default and ``NOT NULL`` of the column that holds ``field``."""
        if field.is_key:
            return _KEY
        kind = "JSON" if field.is_multiple else _TYPES.get(field.shape, "TEXT")
        empty = field.to_stored(field.zero())
        if empty is None:
            return f"{kind} DEFAULT NULL"
        if kind == "BOOLEAN":
            return "BOOLEAN DEFAULT FALSE NOT NULL"
        return f"{kind} DEFAULT {_literal(empty)} NOT NULL"

    def table_exists(self, name: str) -> bool:
        """Return whether a table or view has this name, in any case."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view')"
                " AND lower(name) = lower(%s)",
                [name],
            )
            return cursor.fetchone() is not None

    def index_table(self, name: str) -> str | None:
        """Return the table of the index with this name, in any case; ``None`` without one."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT tbl_name FROM sqlite_schema"
                " WHERE type = 'index' AND lower(name) = lower(%s)",
                [name],
            )
            row = cursor.fetchone()
        return str(row[0]) if row else None

    def views(self) -> list[tuple[str, str]]:
        """Return name and SQL of every view, in the order of their creation."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid")
            return [(str(name), str(text)) for name, text in cursor.fetchall()]

    @staticmethod
    def error_text(error: DatabaseError) -> str:
        """Return it as PocketBase's driver does: ``result: detail (code)``."""
        return sqlite_errors.told(error.__cause__) or str(error)


def _quoted(name: str) -> str:
    """Return ``name`` in backquotes, as data folders have it and SQLite's errors repeat it."""
    return "`" + name.replace("`", "``") + "`"


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else str(value)
