"""The rows of a collection that are there for everybody: all but those in the trash."""

from __future__ import annotations

from django.db import connection

from collections_app.query import dialects
from collections_app.query.compile import Selection
from collections_app.query.sql import EMPTY, Sql
from collections_app.query.trash import marked
from collections_app.schema.definition import CollectionDef


def living(collection: CollectionDef) -> Selection | None:
    """Return their selection, ``None`` where there is no trash and no condition is needed."""
    if not collection.has_trash:
        return None
    made: Selection = collection.cached(
        "living", lambda: Selection(EMPTY, Sql(_condition(collection)), EMPTY, False)
    )
    return made


def and_living(collection: CollectionDef) -> str:
    """Return `` AND …`` for a statement over the table under its own name; ``""`` without trash."""
    return f" AND {_condition(collection)}" if collection.has_trash else ""


def _condition(collection: CollectionDef) -> str:
    dialect = dialects.of(connection.vendor)
    return marked(dialect, dialect.quote_name(collection.table), is_set=False)
