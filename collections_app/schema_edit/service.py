"""The one door for changing collections: create, update, delete, each read top to bottom.

The collection's row, its table and the schema version change in one transaction; what the outside
learns, it learns after the commit. A refusal changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from django.db import DatabaseError

from collections_app import hooks
from collections_app.fields.base import WrongShape
from collections_app.hooks import CollectionEvent
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import changes, draft, journal, references, store, validate, views
from collections_app.schema_edit.complete import completed
from collections_app.schema_edit.dialects import error_text
from collections_app.schema_edit.tables import TableChangeFailed
from core_app import dates, versions
from core_app.errors import BadRequest, FieldErrors, NotFound
from core_app.request_info import RequestInfo
from core_app.transactions import write

UNREADABLE_TYPE = "Failed to load the collection type data due to invalid formatting."
UNREADABLE = "Failed to load the submitted data due to invalid formatting."

Result = TypeVar("Result")


def create(data: Mapping[str, Any], info: RequestInfo | None = None) -> CollectionDef:
    """Create a collection and its table from its JSON. Raise ``ApiError``."""
    data = _read(UNREADABLE_TYPE, draft.to_create, data)
    with _refusing("Failed to create collection."), write():
        held = snapshot.newest(versions.read().schema)
        asked = _read(UNREADABLE, draft.new, data, held)
        now = dates.now()
        event = CollectionEvent(replace(asked, created=now, updated=now), None, info)
        hooks.before_collection_create.send(event.collection.name, event=event)
        event.collection = made = completed(event.collection, None, held)
        if errors := validate.errors_of(made, None, held):
            raise FieldErrors(errors)
        after = store.save(made, None, held)
        changes.finish(hooks.after_collection_create, hooks.collection_created, event)
        journal.write(held, after)
    return made


def update(
    collection: CollectionDef, data: Mapping[str, Any], info: RequestInfo | None = None
) -> CollectionDef:
    """Change a collection and its table by what is in ``data``. Raise ``ApiError``."""
    with _refusing("Failed to update collection."), write():
        held = snapshot.newest(versions.read().schema)
        stored = _stored(collection, held)
        asked = _read(UNREADABLE, draft.changed, stored, data)
        event = CollectionEvent(replace(asked, updated=dates.now()), stored, info)
        hooks.before_collection_update.send(stored.name, event=event)
        event.collection = made = completed(event.collection, stored, held)
        if errors := validate.errors_of(made, stored, held):
            raise FieldErrors(errors)
        after = store.save(made, stored, held)
        views.refresh(after, but=made)
        changes.finish(hooks.after_collection_update, hooks.collection_updated, event)
        journal.write(held, after)
    return made


def delete(
    collection: CollectionDef, info: RequestInfo | None = None, *, checks_references: bool = True
) -> None:
    """Delete a collection with all its records. Raise ``ApiError``.

    As in PocketBase any view that does not work stands in the way, and so do relations, but not
    without ``checks_references``: then only views that work do, of those that need the collection.
    """
    with _refusing("Failed to delete collection.", shows_reason=False), write():
        held = snapshot.newest(versions.read().schema)
        stored = _stored(collection, held)
        references.refuse_delete(stored, held, checks_others=checks_references)
        event = CollectionEvent(stored, stored, info)
        hooks.before_collection_delete.send(stored.name, event=event)
        broken = () if checks_references else views.broken(held)
        after = store.remove(stored, held)
        views.refresh_all(after, but=broken)
        changes.finish(hooks.after_collection_delete, hooks.collection_deleted, event)
        journal.write(held, after)


def _stored(collection: CollectionDef, held: Snapshot) -> CollectionDef:
    """Return ``collection`` as it is stored now; whoever asks may hold an older one."""
    stored = held.by_id.get(collection.id)
    if stored is None:
        raise NotFound
    return stored


def _read(message: str, make: Callable[..., Result], *args: Any) -> Result:
    """Return what ``make`` returns; data of the wrong JSON type is a refusal with ``message``."""
    try:
        return make(*args)
    except WrongShape as error:
        raise BadRequest(message, reason=str(error)) from error


@contextmanager
def _refusing(message: str, *, shows_reason: bool = True) -> Iterator[None]:
    """Turn what stops a change into a ``BadRequest`` with ``message``, data or the raw reason."""
    try:
        yield
    except FieldErrors as error:
        raise BadRequest(message, error.errors) from error
    except (DatabaseError, TableChangeFailed, InvalidQuery) as error:
        text = error_text(error) if isinstance(error, DatabaseError) else str(error)
        raw = f"{message} Raw error: \n{text}" if shows_reason else message
        raise BadRequest(raw, reason=text) from error
