"""Data folders as PocketBase makes them, without PocketBase: of our fresh database, and more."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from collections_app.schema import indexes, rows, snapshot
from collections_app.schema_edit import draft
from collections_app.schema_edit.complete import completed
from collections_app.schema_edit.dialects.sqlite import SQLiteEditor
from ops_app.pocketbase.give import give


class Folder:
    """A data folder with the system collections of our database (their secrets too)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held = snapshot.current()
        give(path, with_logs=False, tell=lambda _: None)

    def execute(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path / "data.db")) as database, database:
            return database.execute(statement, values).fetchall()

    def add(self, *records: dict[str, Any], **collection: Any) -> Any:
        """Add a collection, by its JSON, with records; return its definition."""
        asked = draft.new({"type": "base", **collection}, self.held)
        made = completed(asked, None, self.held)
        self.held = self.held.having(made)
        names = ", ".join(f'"{name}"' for name in rows.COLUMNS)
        marks = ", ".join("?" * len(rows.COLUMNS))
        self.execute(f"INSERT INTO _collections ({names}) VALUES ({marks})", *rows.to_row(made))
        if made.is_view:
            query = made.options["viewQuery"]
            self.execute(f"CREATE VIEW `{made.name}` AS SELECT * FROM ({query})")
            return made
        self.execute(SQLiteEditor(connection).table_statement(made.name, made.fields))
        for text in made.indexes:
            self.execute(str(indexes.parse(text)))
        for record in records:
            self.insert(made.name, record)
        return made

    def insert(self, table: str, record: dict[str, Any]) -> None:
        """Add a record; lists and objects become JSON."""
        stored = [
            json.dumps(value) if isinstance(value, list | dict) else value
            for value in record.values()
        ]
        names = ", ".join(f'"{name}"' for name in record)
        marks = ", ".join("?" * len(stored))
        self.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *stored)

    def put_file(self, collection: Any, record_id: str, name: str, content: bytes) -> None:
        path = self.path / "storage" / collection.id / record_id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        attributes = {"user.content_type": "text/plain; charset=utf-8", "user.metadata": {}}
        path.with_name(f"{name}.attrs").write_text(json.dumps(attributes))
