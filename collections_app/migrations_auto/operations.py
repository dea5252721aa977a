"""The two operations of schema migrations. Both go through the one door for changing collections.

They hold JSON as ``portable`` makes it: no secrets. Applying keeps the secrets that a collection
has, and a new one makes its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from collections_app.migrations_auto import portable, words
from collections_app.schema import rows, snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit import bootstrap, journal, service
from core_app import versions
from core_app.errors import ApiError, FieldError

Json = dict[str, Any]


class CannotApply(Exception):
    """A collection cannot be changed as a migration wants; nothing has changed."""


class CollectionOperation(Operation):
    """What both have in common: the collection, and its JSON before and after."""

    reversible = True
    reduces_to_sql = False
    atomic = False

    id: str
    name: str
    before: Json | None
    after: Json | None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Collections are no models that Django keeps account of."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._run(schema_editor, self.before, self.after)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._run(schema_editor, self.after, self.before)

    def describe(self) -> str:
        sentence = words.describe(self.name, self.before, self.after)
        return sentence[:1].upper() + sentence[1:]

    def _run(
        self, editor: BaseDatabaseSchemaEditor, before: Json | None, after: Json | None
    ) -> None:
        if editor.collect_sql:
            editor.collected_sql.append(f"-- {self.describe()}")
        elif editor.connection.alias == "default":
            go(self.id, self.name, before, after)


class SaveCollection(CollectionOperation):
    """Create a collection (``before`` is ``None``) or change it from ``before`` to ``after``.

    A creation has the whole collection, a change only what is different: fields by their ids.
    """

    def __init__(
        self, *, id: str, name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> None:
        self.id = id
        self.name = name
        self.before = None if before is None else dict(before)
        self.after = dict(after)
        is_new = before is None
        category = OperationCategory.ADDITION if is_new else OperationCategory.ALTERATION
        self.category = category  # type: ignore[misc]

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        parts = {"id": self.id, "name": self.name, "before": self.before, "after": self.after}
        return "SaveCollection", [], parts


class DeleteCollection(CollectionOperation):
    """Delete a collection with its records. Going back makes it again, without records."""

    category = OperationCategory.REMOVAL

    def __init__(self, *, id: str, name: str, before: Mapping[str, Any]) -> None:
        self.id = id
        self.name = name
        self.before = dict(before)
        self.after = None

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "DeleteCollection", [], {"id": self.id, "name": self.name, "before": self.before}


def go(
    collection_id: str,
    name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Take one collection from ``before`` to ``after``. Raise ``CannotApply``."""
    bootstrap.ensure_system_collections()
    stored = snapshot.newest(versions.read().schema).by_id.get(collection_id)
    try:
        with journal.paused():
            if after is None:
                if stored is not None:
                    service.delete(stored, checks_references=False)
            elif stored is None:
                if before is not None:
                    raise CannotApply(f'the collection "{name}" ({collection_id}) does not exist')
                _create(collection_id, after)
            elif before is None:
                _become(stored, after)
            else:
                _update(stored, portable.changed(stored, before, after))
    except ApiError as error:
        sentence = words.describe(name, before, after)
        raise CannotApply(f"cannot {sentence}: {_reason(error)}") from error


def _create(collection_id: str, after: Mapping[str, Any]) -> None:
    """Create a collection. It can relate to itself only once it is there."""
    fields = after.get("fields", [])
    others = [item for item in fields if item.get("collectionId") != collection_id]
    if len(others) == len(fields):
        service.create({**after, "id": collection_id})
        return
    head = {key: after[key] for key in ("name", "type", "system") if key in after}
    made = service.create({**head, "id": collection_id, "fields": others})
    service.update(made, {key: value for key, value in after.items() if key not in head})


def _update(stored: CollectionDef, body: Json) -> None:
    """Change a collection. A view whose query does not work yet gets made when it does.

    Such is the way back from a renamed table: the view's query is older than the table's name.
    """
    try:
        service.update(stored, body)
    except ApiError as error:
        if not stored.is_view or set(error.data) - {"viewQuery", "fields"} or not error.data:
            raise
        waiting = replace(stored, fields=(), options={"viewQuery": body["viewQuery"]})
        rows.update(waiting)
        versions.bump("schema")


def _become(stored: CollectionDef, after: Mapping[str, Any]) -> None:
    """Make a collection that is there already what a creation would have made."""
    old, new = portable.changes(portable.portable(stored), dict(after))
    if old or new:
        service.update(stored, portable.changed(stored, old, new))


def _reason(error: ApiError) -> str:
    """Return why a change was refused: each part that is wrong, else the message."""
    return "; ".join(_leaves(error.data, "")) or error.message


def _leaves(data: Mapping[str, Any], above: str) -> Iterator[str]:
    for key, item in data.items():
        if isinstance(item, FieldError):
            yield f"{above}{key}: {item.body()['message']}"
        elif isinstance(item, Mapping):
            yield from _leaves(item, f"{above}{key}.")
