"""PostgreSQL's statements for tables of records: native types, each change one statement.

Text goes by its bytes (``COLLATE "C"``), ``_rowid_`` counts the rows of a table. A view knows the
columns it shows, so it steps aside while what it is made of changes, and comes back at the end.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from collections_app.fields.base import FieldType
from collections_app.query.dialects.postgresql import ROW_NUMBER
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.indexes import Index
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit.dialects import postgresql_errors, sqlite_judge
from collections_app.schema_edit.dialects.base import TableEditor
from collections_app.schema_edit.dialects.index_conditions import comparable
from collections_app.schema_edit.dialects.postgresql_columns import (
    definition,
    indexed,
    kind_of,
    quoted,
)
from collections_app.schema_edit.dialects.sqlite_tokens import is_name, tokens
from collections_app.schema_edit.dialects.translation import Names, translated
from collections_app.schema_edit.dialects.view_repairs import repaired
from collections_app.schema_edit.dialects.view_translation import of_view
from core_app.dialects.postgresql import identifier

_EXISTS = (
    "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " AND relkind IN ('r', 'p', 'v', 'm') AND lower(relname) = lower(%s)"
)
_INDEX_TABLE = (
    "SELECT tablename FROM pg_indexes"
    " WHERE schemaname = current_schema() AND lower(indexname) = lower(%s)"
)
_COLUMNS = (
    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)
#: all tables and views, with their columns
_TABLES = """
    SELECT relname, array_agg(attname::text ORDER BY attnum)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND attnum > 0 AND NOT attisdropped AND attname <> %s GROUP BY relname
"""
#: tables whose rows are numbered, and views that bring such numbers along
_NUMBERED = (
    "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')"
    " AND attname = %s AND NOT attisdropped"
)
_VIEWS = (
    "SELECT relname, pg_get_viewdef(oid) FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v' ORDER BY oid"
)
#: the views that are made of a view, and of these, and so on
_MADE_OF = """
    WITH RECURSIVE above AS (
        SELECT %s::regclass::oid AS oid
        UNION
        SELECT rule.ev_class FROM above
        JOIN pg_depend AS link ON link.refobjid = above.oid
        JOIN pg_rewrite AS rule ON rule.oid = link.objid
        WHERE link.classid = 'pg_rewrite'::regclass AND rule.ev_class <> above.oid
    )
    SELECT relname, pg_get_viewdef(above.oid) FROM above JOIN pg_class USING (oid)
    WHERE oid <> %s::regclass ORDER BY oid
"""

_SQLITE_FIRST = (
    "SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_catalog', true)"
)
#: something else is made of what is to go
_DEPENDED_ON = "2BP01"
#: columns of one name
_SAME_NAMES = "42701"
#: how often PostgreSQL is asked what else it does not understand of a view
_MOST_REPAIRS = 200
_CAST = (
    ". On PostgreSQL the values of a column, of a CASE, COALESCE, IN or UNION, and both sides of a"
    " comparison, are of one type: write CAST(… AS TEXT) or CAST(… AS REAL) around the others."
)
#: by SQLSTATE, what to write instead of what SQLite takes
_ADVICE = {
    "22P02": _CAST,
    "42804": _CAST,
    "42883": (
        ". PostgreSQL has no such function or operator for values of these types:"
        " CAST(… AS TEXT) or CAST(… AS REAL) makes them others."
    ),
    "42P10": ". What is DISTINCT or united can only be sorted by what is selected.",
}

logger = logging.getLogger("holdall.schema")


class PostgresEditor(TableEditor):
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        #: name and query of the views that have stepped aside
        self._aside: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._bring_back()

    def execute(self, statement: Any, params: Any = None) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchall() if cursor.description else []

    def create_table(self, table: str, fields: tuple[FieldType, ...]) -> None:
        _refuse_reserved(table)
        if self.table_exists(table):
            raise _refused(f"table `{table}` already exists")
        by_name = {field.name: field for field in fields}
        _refuse_same_names(sorted(by_name))
        columns = [f"{quoted(name)} {definition(by_name[name])}" for name in sorted(by_name)]
        columns.append(f'"{ROW_NUMBER}" bigint GENERATED BY DEFAULT AS IDENTITY UNIQUE')
        self.execute(f"CREATE TABLE {quoted(table)} ({', '.join(columns)})")

    def rename_table(self, old: str, new: str) -> None:
        _refuse_reserved(new)
        if old.lower() != new.lower() and self.table_exists(new):
            raise _refused(f"there is already another table or index with this name: {new}")
        self.execute(f"ALTER TABLE {quoted(old)} RENAME TO {quoted(new)}")

    def drop_table(self, table: str) -> None:
        self._step_aside(table)
        self.execute(f"DROP TABLE IF EXISTS {quoted(table)} CASCADE")

    def add_column(self, table: str, name: str, field: FieldType) -> None:
        if field.is_key:
            raise _refused("Cannot add a PRIMARY KEY column")
        _refuse_same_names([*(column for column, _ in self.view_columns(table)), name])
        self.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {definition(field)}")

    def rename_column(self, table: str, old: str, new: str) -> None:
        others = {column.lower() for column, _ in self.view_columns(table) if column != old}
        if new.lower() in others:
            raise _refused(f"error in table {table} after rename: duplicate column name: {new}")
        self.execute(f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(old)} TO {quoted(new)}")

    def drop_column(self, table: str, name: str) -> None:
        try:
            with transaction.atomic():
                self.execute(f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(name)}")
        except DatabaseError as error:
            if postgresql_errors.state(error) == _DEPENDED_ON:
                self._tell_of_view(table, name)
            raise

    def _tell_of_view(self, table: str, column: str) -> None:
        """Raise ``ProgrammingError`` for the first view that needs a column, as SQLite does."""
        tables = self._tables()
        tables[table.lower()] = [name for name in tables[table.lower()] if name != column]
        for view in snapshot.current().collections:
            if view.is_view:
                try:
                    sqlite_judge.columns_of_view(view.options["viewQuery"], tables.items())
                except ProgrammingError as error:
                    detail = postgresql_errors.detail(error)
                    told = f"error in view {view.name} after drop column: {detail}"
                    raise _refused(told) from error

    def copy_converted(self, table: str, source: str, target: str, *, to_list: bool) -> None:
        name = quoted(source)
        if to_list:
            value = (
                f"CASE WHEN {name} = '' THEN '[]'::jsonb"
                f" WHEN jsonb_typeof(holdall_json({name})) = 'array' THEN holdall_json({name})"
                f" ELSE jsonb_build_array({name}) END"
            )
        else:
            value = (
                f"CASE WHEN jsonb_typeof({name}) = 'array' THEN coalesce({name} ->> -1, '')"
                f" ELSE coalesce({name} #>> '{{}}', '') END"
            )
        self.execute(f"UPDATE {quoted(table)} SET {quoted(target)} = {value}")  # noqa: S608

    def create_index(self, name: str, table: str, column: str, where: str = "") -> None:
        condition = f" WHERE {translated(where)}" if where else ""
        self.execute(
            f"CREATE INDEX {quoted(name)} ON {quoted(table)} ({quoted(column)}){condition}"
        )

    def create_declared_index(self, index: Index, collection: CollectionDef) -> None:
        _refuse_reserved(index.name)
        names = Names(collection.columns, unknown_are_text=True)
        unique = "UNIQUE " if index.unique else ""
        optional = "IF NOT EXISTS " if index.optional else ""
        kinds = {field.name.lower(): kind_of(field) for field in collection.fields}
        columns = ", ".join(indexed(column, names, kinds) for column in index.columns)
        where = ""
        if index.where:
            where = f" WHERE {translated(comparable(index.where, kinds), names)}"
        if not index.optional and self.index_table(index.name) is not None:
            raise _refused(f"index {index.name} already exists")
        try:
            self.execute(
                f"CREATE {unique}INDEX {optional}{quoted(index.name)}"
                f" ON {quoted(collection.table)} ({columns}){where}"
            )
        except ProgrammingError:
            sqlite_judge.check_index(str(index), (collection.table, collection.columns))
            raise

    def drop_index(self, name: str) -> None:
        found = self.execute(
            "SELECT indexname FROM pg_indexes"
            " WHERE schemaname = current_schema() AND lower(indexname) = lower(%s)",
            [identifier(name)],
        )
        for (stored,) in found:
            self.execute(f"DROP INDEX {quoted(stored)}")

    def create_view(self, name: str, query: str) -> None:
        _refuse_reserved(name)
        if is_name(query):  # all of a table, since a query stands where a table may
            of_table = map(_marked, self._tables().get(query.strip(' \n`"[]').lower(), ["*"]))
            query = f"SELECT {', '.join(of_table)} FROM {query}"  # noqa: S608
        held = snapshot.current()
        names = Names(
            (
                *(item.table for item in held.collections),
                *(column for item in held.collections for column in item.columns),
            )
        )
        # in brackets, which a comment at its end would swallow: so it is on SQLite
        numbered = frozenset(str(row[0]) for row in self.execute(_NUMBERED, [ROW_NUMBER]))
        text = translated(of_view(query, names, numbered, _from_json(query, held)), names)
        try:
            self._create_view(f"CREATE VIEW {quoted(name)} AS ({text})")
        except ProgrammingError as error:
            called = sqlite_judge.columns_of_view(query, self._tables().items())
            if postgresql_errors.state(error) != _SAME_NAMES:
                raise
            columns = ", ".join(quoted(column) for column in called)
            self._create_view(f"CREATE VIEW {quoted(name)} ({columns}) AS ({text})")
        sqlite_judge.check_names(query)
        self._show_texts(name)

    def _show_texts(self, name: str) -> None:
        """Let a view show the text of JSON that it makes, which cannot be compared or grouped."""
        columns = self.execute(_COLUMNS, [quoted(name)])
        if all(kind != "json" for _, kind in columns):
            return
        [(query,)] = self.execute("SELECT pg_get_viewdef(%s::regclass)", [quoted(name)])
        shown = ", ".join(
            f"holdall_to_text({quoted(column)}) AS {quoted(column)}"
            if kind == "json"
            else quoted(column)
            for column, kind in columns
        )
        self.execute(f"DROP VIEW {quoted(name)}")
        made = str(query).rstrip(";")
        self.execute(f"CREATE VIEW {quoted(name)} AS SELECT {shown} FROM ({made}) AS made")  # noqa: S608

    def _create_view(self, text: str) -> None:
        """Make a view that finds SQLite's operators before PostgreSQL's.

        What PostgreSQL refuses, and SQLite takes, is written out where PostgreSQL points at it.
        """
        path = self.execute("SELECT current_setting('search_path')")[0][0]
        for _ in range(_MOST_REPAIRS):
            try:
                with transaction.atomic():
                    self.execute(_SQLITE_FIRST)
                    self.execute(text)
                    self.execute("SELECT set_config('search_path', %s, true)", [path])
                return
            except DatabaseError as error:
                text = self._repaired(text, error)
        raise ProgrammingError("the query is not understood")

    def _repaired(self, text: str, error: DatabaseError) -> str:
        """Return what to try in place of a statement; raise what is to be told of its error."""
        diag = getattr(error.__cause__, "diag", None)
        state = postgresql_errors.state(error)
        if diag and diag.statement_position:
            better = repaired(text, state, int(diag.statement_position) - 1)
            if better is not None:
                return better
        told = postgresql_errors.told(error, text)
        advice = "" if postgresql_errors.is_sqlites(told) else _ADVICE.get(state, "")
        raise ProgrammingError(f"{told}{advice}") from error

    def _tables(self) -> dict[str, list[str]]:
        """Return the columns of all tables and views, by name in lower case."""
        found = self.execute(_TABLES, [ROW_NUMBER])
        tables = {str(table).lower(): columns for table, columns in found}
        for item in snapshot.current().collections:
            names = (item.table, *item.columns)
            if any(identifier(name) != name for name in names):
                tables[item.table.lower()] = list(item.columns)
        return tables

    def drop_view(self, name: str) -> None:
        self._step_aside(name)
        self.execute(f"DROP VIEW IF EXISTS {quoted(name)} CASCADE")

    def view_columns(self, name: str) -> list[tuple[str, str]]:
        found = self.execute(_COLUMNS, [quoted(name)])
        return [(str(column), str(kind)) for column, kind in found if column != ROW_NUMBER]

    def query_with_text_id(self, query: str, columns: list[str]) -> str:
        chosen = ", ".join(
            "CAST(`id` AS TEXT) COLLATE BINARY AS `id`" if name == "id" else _marked(name)
            for name in columns
        )
        return f"SELECT {chosen} FROM ({query}) AS numbered"  # noqa: S608

    def table_exists(self, name: str) -> bool:
        return bool(self.execute(_EXISTS, [identifier(name)]))

    def index_table(self, name: str) -> str | None:
        found = self.execute(_INDEX_TABLE, [identifier(name)])
        if not found:
            return None
        name, held = str(found[0][0]), snapshot.current().collections
        return next((item.table for item in held if identifier(item.table) == name), name)

    def views(self) -> list[tuple[str, str]]:
        return [
            (str(name), f"CREATE OR REPLACE VIEW {quoted(name)} AS {text}")
            for name, text in self.execute(_VIEWS)
        ]

    @staticmethod
    def error_text(error: DatabaseError) -> str:
        return postgresql_errors.told(error)

    def _step_aside(self, name: str) -> None:
        """Remember the views that go with a table or view."""
        if self.table_exists(name):
            above = self.execute(_MADE_OF, [quoted(name), quoted(name)])
            self._aside.update((str(view), str(text)) for view, text in above)

    def _bring_back(self) -> None:
        """Make the views again that were made of one that is new now, if that can still be."""
        for name, query in self._aside.items():
            if self.table_exists(name):
                continue
            try:
                with transaction.atomic():
                    self.execute(f"CREATE VIEW {quoted(name)} AS {query}")
            except DatabaseError as error:
                logger.warning("view %s is broken: %s", name, self.error_text(error))


def _from_json(query: str, held: Snapshot) -> frozenset[str]:
    """Return the columns, in lower case, of other views in a query that hold values of any type."""
    mentioned = {token.name.lower() or token.lower for token in tokens(query)}
    return frozenset(
        field.name.lower()
        for item in held.collections
        if item.is_view and item.table.lower() in mentioned
        for field in item.fields
        if field.is_any_json
    )


def _refuse_reserved(name: str) -> None:
    """Refuse what SQLite keeps for itself, so that a collection can move there, in its words."""
    if name.lower().startswith("sqlite_"):
        raise _refused(f"object name reserved for internal use: {name}")


def _refuse_same_names(names: list[str]) -> None:
    """Refuse the first of a table's columns that another one before it is called like."""
    found: set[str] = set()
    for name in names:
        if name.lower() in found:
            raise _refused(f"duplicate column name: {name}")
        found.add(name.lower())


def _refused(detail: str) -> ProgrammingError:
    """Return an error in SQLite's words: there upper and lower case make no other name."""
    return ProgrammingError(f"SQL logic error: {detail} (1)")


def _marked(name: str) -> str:
    """Return ``name`` as SQLite quotes one that is never a text."""
    return "`" + name.replace("`", "``") + "`"
