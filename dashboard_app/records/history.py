"""Notes of what one act did to many records, in Django admin's history, by one insert.

Each note is what a single edit in the form would leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to one record; ``flag`` and ``message`` are those of ``LogEntry``."""

    record_id: str
    flag: int
    message: str


def added(record_id: str) -> Note:
    return Note(record_id, ADDITION, json.dumps([{"added": {}}]))


def changed(record_id: str, names: Iterable[str]) -> Note:
    """Return the note of a change of the fields ``names``."""
    return Note(record_id, CHANGE, json.dumps([{"changed": {"fields": list(names)}}]))


def restored(record_id: str) -> Note:
    return Note(record_id, CHANGE, "Restored from the trash.")


def purged(record_id: str) -> Note:
    return Note(record_id, DELETION, "Deleted for good.")


def keep(user: Any, collection: CollectionDef, notes: Iterable[Note]) -> None:
    """Store the notes as those of ``user``, in the transaction of the act.

    A transaction that is undone after this has to be followed by ``ContentType.clear_cache``.
    """
    model = snapshot.current().model(collection)
    kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=kind,
            object_id=note.record_id,
            object_repr=note.record_id,
            action_flag=note.flag,
            change_message=note.message,
        )
        for note in notes
    )
