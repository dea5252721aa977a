"""Making the collections of a plan, inside a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction

from collections_app import hooks
from collections_app.hooks import CollectionEvent
from collections_app.schema import rows
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import (
    changes,
    journal,
    raw_text,
    store,
    tables,
    validate,
    views,
)
from collections_app.schema_edit.dialects import error_text
from collections_app.schema_edit.draft import kind_of
from collections_app.schema_edit.tables import TableChangeFailed
from core_app.errors import FieldErrors
from ops_app.pocketbase.comparing import Meeting, OnConflict, State
from ops_app.pocketbase.errors import MovingError
from ops_app.pocketbase.source import fetch


@dataclass(slots=True)
class Made:
    """What came of it: all collections then, and views that could not be made, with the reason."""

    held: Snapshot
    changed: list[CollectionEvent] = field(default_factory=list)
    failed_views: dict[str, str] = field(default_factory=dict)


def apply(meetings: Iterable[Meeting], held: Snapshot, policy: OnConflict) -> Made:
    """Make the collections, tables before views. Raise ``MovingError``."""
    made = Made(held)
    meetings = list(meetings)
    views_to_make: list[tuple[CollectionDef, CollectionDef | None]] = []
    for meeting in meetings:
        draft, original = meeting.made, _original(meeting)
        skipped = meeting.state is State.DIFFERS and policy is OnConflict.SKIP
        if draft is None or meeting.state is State.SAME or skipped:
            continue
        if meeting.here is not None and original is None:
            made.held = store.remove(meeting.here, made.held)  # another id, and nobody has used it
        if original is None:
            rows.insert(draft)
        else:
            rows.update(draft)
        made.held = made.held.having(draft)
        made.changed.append(CollectionEvent(draft, original, None))
        if draft.is_view:
            views_to_make.append((draft, original))
        else:
            _make_table(draft, original)
            kind_of(draft.type_name).options_changed_in_transaction(draft, original)
    _make_views(views_to_make, made)
    _arrange([meeting.source.id for meeting in meetings], made)
    return made


def finish(made: Made, before: Snapshot) -> None:
    """Make the changes known, as every change of collections is."""
    for event in made.changed:
        if event.original is None:
            changes.finish(hooks.after_collection_create, hooks.collection_created, event)
        else:
            changes.finish(hooks.after_collection_update, hooks.collection_updated, event)
    if made.changed:
        journal.write(before, made.held)


def objections(made: Made) -> list[str]:
    """Return what would be refused here if somebody saved these collections as they are."""
    found = []
    for event in made.changed:
        draft = event.collection
        if draft.name in made.failed_views:
            continue
        if errors := validate.errors_of(draft, draft, made.held):
            found.append(f'collection "{draft.name}": {raw_text.sentence(errors)}')
    return found


def _original(meeting: Meeting) -> CollectionDef | None:
    """Return the collection that is changed, ``None`` if one is made."""
    here = meeting.here
    return here if here is not None and here.id == meeting.source.id else None


def _make_table(draft: CollectionDef, original: CollectionDef | None) -> None:
    try:
        if original is None:
            tables.create(draft)
        else:
            tables.change(original, draft)
    except FieldErrors as error:
        text = raw_text.sentence(error.errors)
        raise MovingError(f'collection "{draft.name}" cannot be made: {text}') from error
    except TableChangeFailed as error:
        raise MovingError(f'collection "{draft.name}" cannot be changed: {error}') from error
    except DatabaseError as error:
        text = error_text(error)
        raise MovingError(f'collection "{draft.name}" cannot be made: {text}') from error


def _arrange(ids: list[str], made: Made) -> None:
    """Bring rows into PocketBase's order, in which collections are listed, if all are its own."""
    wanted = [item for item in ids if item in made.held.by_id]
    stored = [row[0] for row in fetch("SELECT id FROM main._collections ORDER BY rowid")]
    if wanted != stored and set(wanted) == set(stored):
        for item in wanted:
            rows.delete(item)
            rows.insert(made.held.by_id[item])


def _make_views(waiting: list[tuple[CollectionDef, CollectionDef | None]], made: Made) -> None:
    """Make views until none of them can be made any more: one may need another."""
    while waiting:
        failed = []
        for draft, original in waiting:
            try:
                with transaction.atomic():
                    views.save(draft, original, made.held)
            except InvalidQuery as error:
                failed.append((draft, original))
                made.failed_views[draft.name] = str(error)
            else:
                made.failed_views.pop(draft.name, None)
        if len(failed) == len(waiting):
            break
        waiting = failed
    for draft, original in waiting:
        if original is None:
            rows.delete(draft.id)
            made.held = made.held.without(draft)
            made.changed = [event for event in made.changed if event.collection is not draft]
        else:
            raise MovingError(
                f'view "{draft.name}" cannot be changed: {made.failed_views[draft.name]}'
            )
