"""What differs by database when tables change. ``editor()`` is the way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

from collections_app.schema_edit.dialects.base import TableEditor
from collections_app.schema_edit.dialects.postgresql import PostgresEditor
from collections_app.schema_edit.dialects.sqlite import SQLiteEditor

_editors: dict[str, Any] = {"sqlite": SQLiteEditor, "postgresql": PostgresEditor}


@contextmanager
def editor(using: str = DEFAULT_DB_ALIAS) -> Iterator[TableEditor]:
    """Change tables of a database, as a part of the transaction that is open."""
    held = connections[using]
    with _editors[held.vendor](held) as made:
        yield made


def error_text(error: DatabaseError) -> str:
    """Return what went wrong, in the words of the database."""
    text: str = _editors[connection.vendor].error_text(error)
    return text


__all__ = ["TableEditor", "editor", "error_text"]
