"""What a draft gets by itself before it is checked: a free id, the ``id`` field, tidy indexes."""

from __future__ import annotations

from dataclasses import replace

from collections_app.collection_types import registry
from collections_app.schema import field_list, indexes, soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import draft, views
from core_app import ids


def completed(
    asked: CollectionDef, original: CollectionDef | None, held: Snapshot
) -> CollectionDef:
    """Return ``asked`` with everything that is not up to whoever asked.

    ``original`` is the stored collection, ``None`` for a new one; ``held`` all stored ones.
    """
    kind = draft.kind_of(asked.type_name)
    if not kind.stores_records:
        fields = views.fields_if_any(asked.options["viewQuery"], held)
    elif asked.type_name in registry.registered():
        fields = soft_delete.with_mark(field_list.with_id(asked.fields), is_on=asked.has_trash)
    else:
        fields = asked.fields
    made = replace(
        asked,
        id=_free_id(asked, held) if original is None else asked.id,
        fields=fields,
        indexes=tuple(indexes.rewritten(text, asked.name) for text in asked.indexes),
    )
    return kind.complete(made, of_same_type(original, made), held)


def of_same_type(original: CollectionDef | None, made: CollectionDef) -> CollectionDef | None:
    """Return ``original`` unless it is of another type: then it has no options to compare."""
    return original if original is not None and original.type_name == made.type_name else None


def _free_id(asked: CollectionDef, held: Snapshot) -> str:
    """Return the collection's id; a generated one steps aside for one that is taken."""
    generated = draft.scaffold(asked.type_name, asked.name).id
    if asked.id not in ("", generated):
        return asked.id
    return ids.first_free(generated, held.by_id.__contains__)
