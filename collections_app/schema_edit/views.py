"""View collections: the fields a query gives, whether it may be a view, and the view itself.

Everything here runs inside a transaction: a query is tried by making a passing view of it.
Source: PocketBase core/view.go.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import DatabaseError, connection, transaction

from collections_app.fields.base import FieldType
from collections_app.schema import field_list, rows, view_query
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import raw_text, view_fields
from collections_app.schema_edit.dialects import editor, error_text
from core_app import ids, sql

MAX_ERROR = 500
SAMPLE_SIZE = 10
NO_ID = (
    "missing required id column (you can use `(ROW_NUMBER() OVER()) as id` if you don't have one)"
)

logger = logging.getLogger("holdall.schema")


def fields_of(query: str, held: Snapshot) -> tuple[FieldType, ...]:
    """Return the fields of a view with this query. Raise ``InvalidQuery``."""
    fields = _fields(query, held)
    if not any(field.name == "id" for field in fields):
        raise InvalidQuery(NO_ID)
    return fields


def fields_if_any(query: str, held: Snapshot) -> tuple[FieldType, ...]:
    """Return what fields this query gives even if it cannot be a view (``check`` tells why)."""
    try:
        return _fields(query, held)
    except InvalidQuery:
        return ()


def check(query: str, held: Snapshot) -> CollectionDef:
    """Return a passing view collection of ``query``, whose first rows have proper ids.

    Raise ``InvalidQuery``. The view itself is gone again.
    """
    query = view_query.trimmed(query)
    name = f"temp_view_{ids.random_string(5)}"
    draft = CollectionDef(
        id=ids.stable_id("pbc_", f"view{name}"),
        name=name,
        type_name="view",
        fields=fields_of(query, held),
        options={"viewQuery": query},
    )
    for at, field in enumerate(draft.fields):
        if errors := field.check_options(draft, None):
            shown = json.dumps(field.name, ensure_ascii=False)
            raise InvalidQuery(f"invalid field {shown} ({at}): {raw_text.sentence(errors)}")
    at = [field.name for field in draft.fields].index("id")
    found = [row[at] for row in _sample(_with_text_id(query), name)]
    if not all(isinstance(item, str) and item for item in found):
        raise InvalidQuery("the query could return records with empty or invalid ids")
    if len(set(found)) < len(found):
        raise InvalidQuery("the query could return records with non-unique ids")
    return draft


def save(draft: CollectionDef, original: CollectionDef | None, held: Snapshot) -> None:
    """Make the view of ``draft`` in place of the one of ``original``. Raise ``InvalidQuery``."""
    fields_of(draft.options["viewQuery"], held)
    with _told(), editor() as edit:
        if original is not None:
            edit.drop_view(original.table)
        try:
            query = _with_text_id(draft.options["viewQuery"])
        except InvalidQuery as error:  # it selects from itself
            raise InvalidQuery(f"failed to normalize view query id: {error}") from error
        edit.create_view(draft.table, query)
        edit.view_columns(draft.table)  # fails for a query of unknown tables or columns


def drop(collection: CollectionDef) -> None:
    """Remove the view."""
    with editor() as edit:
        edit.drop_view(collection.table)


def refresh(held: Snapshot, but: CollectionDef | None) -> None:
    """Save again every other view whose fields are not what its query gives now.

    A view that has become invalid stays as it is and is logged.
    """
    for view in held.collections:
        if view.is_view and (but is None or view.id != but.id):
            try:
                with transaction.atomic():
                    _refresh_one(view, held)
            except InvalidQuery as error:
                logger.warning("view %s is broken: %s", view.name, error)


def refresh_all(held: Snapshot, but: Container[str] = ()) -> None:
    """As ``refresh``, but raise ``InvalidQuery`` for a view that is, or has become, invalid.

    Views whose ids are in ``but`` may be so.
    """
    for view in held.collections:
        if view.is_view and view.id not in but:
            _refresh_one(view, held)


def broken(held: Snapshot) -> dict[str, str]:
    """Return why views cannot be made of their queries any more, by id; for most there is none."""
    found = {}
    for view in held.collections:
        if view.is_view:
            try:
                fields_of(view.options["viewQuery"], held)
            except InvalidQuery as error:
                found[view.id] = str(error)
    return found


def _fields(query: str, held: Snapshot) -> tuple[FieldType, ...]:
    told = view_fields.inferred(query, held)
    with _trial(query) as name, editor() as edit:
        columns = edit.view_columns(name)
    fields: tuple[FieldType, ...] = ()
    # PostgreSQL gives a column the case of its table's, but "ID" is no id
    key = next((name for name in told if name.lower() == "id"), "id")
    whole = {sql.dialect().identifier(name): name for name in told}  # some may have been cut
    for found, _ in columns:
        column = key if found == "id" and "id" not in told else whole.get(found, found)
        fields = field_list.add(fields, told.get(column) or view_fields.unknown(column))
    return fields


def _refresh_one(view: CollectionDef, held: Snapshot) -> None:
    fields = fields_of(view.options["viewQuery"], held)
    if _shape(fields) != _shape(view.fields):
        changed = replace(view, fields=fields)
        save(changed, view, held)
        rows.update(changed)


def _shape(fields: tuple[FieldType, ...]) -> list[dict[str, Any]]:
    """Return what fields are, whatever their ids."""
    return [{**field.to_json(), "id": ""} for field in fields]


def _with_text_id(query: str) -> str:
    """Return the query as it goes into the view: ids that are no text become text."""
    query = view_query.trimmed(query)
    with _trial(query) as name, editor() as edit:
        columns = edit.view_columns(name)
        if any(column == "id" and kind.upper() != "TEXT" for column, kind in columns):
            return edit.query_with_text_id(query, [column for column, _ in columns])
    return query


def _sample(query: str, name: str) -> list[Any]:
    """Return the first rows with all columns; ``name`` is the view's in what may be said of it."""
    with _trial(query) as trial:
        try:
            with connection.wrap_database_errors:
                return sql.fetch_all(f'SELECT * FROM "{trial}" LIMIT {SAMPLE_SIZE}')  # noqa: S608
        except DatabaseError as error:
            asked = f"SELECT `{name}`.* FROM (SELECT * FROM ({query})) `{name}` LIMIT {SAMPLE_SIZE}"  # noqa: S608
            text = f"failed to retrieve query records: {error_text(error)}; failed query: {asked}"
            raise InvalidQuery(text) from error


@contextmanager
def _trial(query: str) -> Iterator[str]:
    """Give the name of a view of ``query`` that lives for the block. Raise ``InvalidQuery``."""
    name = f"_temp_{ids.random_string(6)}"
    with _told(), transaction.atomic(), editor() as edit:
        edit.create_view(name, view_query.trimmed(query))
        edit.view_columns(name)
        yield name
        edit.drop_view(name)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the database says into ``InvalidQuery``."""
    try:
        yield
    except DatabaseError as error:
        raise InvalidQuery(error_text(error)) from error
