"""The collections that every data folder has: upper floors declare them, ``migrate`` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from collections_app.schema import snapshot
from collections_app.schema_edit import journal, service
from core_app.transactions import write

#: what the row of a collection and its version are written to
_TABLES = {"_collections", "_versions"}
_declared: list[Mapping[str, Any]] = []


def register(collection: Mapping[str, Any]) -> None:
    """Declare a collection by its full JSON, ``id`` included; the order of calls is kept."""
    _declared.append(collection)


def declared() -> tuple[Mapping[str, Any], ...]:
    """Return the JSON of every declared collection."""
    return tuple(_declared)


def after_migrate(using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """Create what is missing once its tables are there. Receiver of ``post_migrate``.

    ``manage.py migrate <another app>`` in an empty data folder may come before them.
    """
    if using == DEFAULT_DB_ALIAS and set(connection.introspection.table_names()) >= _TABLES:
        ensure_system_collections()


def ensure_system_collections() -> None:
    """Create the declared collections that are missing and leave all others as they are.

    One that is not ``system`` is only made for an empty data folder: later it may have been
    deleted on purpose.
    """
    stored = snapshot.current()
    with write(), journal.paused():
        for collection in _declared:
            is_wanted = collection.get("system") or not stored.collections
            if is_wanted and collection["id"] not in stored.by_id:
                # without indexes of their own they get those of their type, named after their id
                service.create({"indexes": [], **collection})
