"""What differs by database when tables, indexes and views change. One editor lasts one block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError

from collections_app.fields.base import FieldType
from collections_app.schema.definition import CollectionDef
from collections_app.schema.indexes import Index


class TableEditor(ABC):
    """Changes tables, views and indexes by name, as a part of the transaction that is open."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    @abstractmethod
    def execute(self, statement: Any, params: Any = ()) -> Any:
        """Run a statement of this database's."""

    @abstractmethod
    def create_table(self, table: str, fields: tuple[FieldType, ...]) -> None:
        """Create ``table`` with its columns in alphabetical order."""

    @abstractmethod
    def rename_table(self, old: str, new: str) -> None: ...

    @abstractmethod
    def drop_table(self, table: str) -> None: ...

    @abstractmethod
    def add_column(self, table: str, name: str, field: FieldType) -> None:
        """Add the column of ``field`` under ``name``; existing rows get the type's empty value."""

    @abstractmethod
    def rename_column(self, table: str, old: str, new: str) -> None: ...

    @abstractmethod
    def drop_column(self, table: str, name: str) -> None: ...

    @abstractmethod
    def copy_converted(self, table: str, source: str, target: str, *, to_list: bool) -> None:
        """Fill ``target`` from ``source``: a value becomes a list of it, a list its last item."""

    @abstractmethod
    def create_index(self, name: str, table: str, column: str, where: str = "") -> None:
        """Create a plain index of one column, of the rows that meet ``where`` alone."""

    @abstractmethod
    def create_declared_index(self, index: Index, collection: CollectionDef) -> None:
        """Create an index as the designer wrote it."""

    @abstractmethod
    def drop_index(self, name: str) -> None: ...

    @abstractmethod
    def create_view(self, name: str, query: str) -> None:
        """Create a view of the rows of ``query``, which the caller has checked to be one query."""

    @abstractmethod
    def drop_view(self, name: str) -> None: ...

    @abstractmethod
    def view_columns(self, name: str) -> list[tuple[str, str]]:
        """Return name and declared type of each column; fails where the view's query does."""

    @abstractmethod
    def query_with_text_id(self, query: str, columns: list[str]) -> str:
        """Return ``query`` with its column ``id`` cast to text."""

    @abstractmethod
    def table_exists(self, name: str) -> bool:
        """Return whether a table or view has this name, in any case."""

    @abstractmethod
    def index_table(self, name: str) -> str | None:
        """Return the table of the index with this name, in any case; ``None`` without one."""

    @abstractmethod
    def views(self) -> list[tuple[str, str]]:
        """Return every view's name and the statement that makes it, in the order of creation."""

    @staticmethod
    @abstractmethod
    def error_text(error: DatabaseError) -> str:
        """Return what went wrong, in the words of the database."""
