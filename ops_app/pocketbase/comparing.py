"""One collection of PocketBase beside the one that is here: what is new, the same, in the way."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

from auth_app.names import SUPERUSERS
from collections_app.fields.base import FieldType
from collections_app.schema import field_list, rows, soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import bootstrap
from ops_app.pocketbase import records

_COMPARED_APART = frozenset({"created", "updated", "options", "fields"})


class OnConflict(enum.StrEnum):
    """What becomes of what is here already and differs."""

    REFUSE = "refuse"  # nothing is done at all
    SKIP = "skip"  # what is here stays
    REPLACE = "replace"  # what comes takes its place


class State(enum.StrEnum):
    """What a collection that comes meets here."""

    NEW = "new"
    SAME = "same"
    GIVES_WAY = "gives way"  # here as every installation has it at first, without records
    DIFFERS = "differs"
    CLASHES = "clashes"  # nothing can be done about it here


@dataclass(frozen=True, slots=True)
class Meeting:
    """``here`` is the collection that it meets, ``made`` what will be; ``why`` says what differs.

    ``made`` is ``None`` where nothing can be made.
    """

    source: CollectionDef
    here: CollectionDef | None
    made: CollectionDef | None
    state: State
    why: tuple[str, ...] = ()


def meet(source: CollectionDef, held: Snapshot, policy: OnConflict) -> Meeting:
    """Return what ``source`` meets among the collections that are here."""
    here = held.by_id.get(source.id)
    named = held.by_lower_name.get(source.name.lower())
    if here is None:
        if named is None:
            return Meeting(source, None, source, State.NEW)
        if _is_untouched(named) and not _is_referenced(named, held):
            return Meeting(source, named, source, State.GIVES_WAY)
        return _clash(source, named, f"there is another collection of this name, {named.id}")
    if here.name != source.name:
        return _clash(source, here, f"it is called {here.name} here")
    if here.type_name != source.type_name:
        return _clash(source, here, f"it is of type {here.type_name} here")
    why = tuple(_differences(source, here))
    if rows.to_row(source) != rows.to_row(here) and _is_untouched(here):
        return Meeting(source, here, source, State.GIVES_WAY, why)
    if not why:
        return Meeting(source, here, here, State.SAME)
    if policy is OnConflict.SKIP:
        lost = _without_place(source, here)
        if lost:
            return _clash(source, here, f"here is no field for: {', '.join(lost)}")
        return Meeting(source, here, here, State.DIFFERS, why)
    made = _united(source, here)
    if isinstance(made, str):
        return _clash(source, here, f"field {made} is of another type here")
    return Meeting(source, here, made, State.DIFFERS, why)


def _clash(source: CollectionDef, here: CollectionDef, why: str) -> Meeting:
    return Meeting(source, here, None, State.CLASHES, (why,))


def _is_untouched(here: CollectionDef) -> bool:
    """Whether it is one that every installation has, and nobody has used it."""
    declared = {item["id"] for item in bootstrap.declared()}
    if here.id not in declared:
        return False
    return here.is_view or not records.exist(here, but_installer=here.name == SUPERUSERS)


def _is_referenced(here: CollectionDef, held: Snapshot) -> bool:
    return any(
        field.relation_target == here.id for item in held.collections for field in item.fields
    )


def _differences(source: CollectionDef, here: CollectionDef) -> Iterator[str]:
    """Yield the names of what differs; moments do not count, nor does our soft delete."""
    pairs = zip(rows.to_row(source), rows.to_row(here), strict=True)
    for name, (theirs, mine) in zip(rows.COLUMNS, pairs, strict=True):
        if name not in _COMPARED_APART and theirs != mine:
            yield name
    options = soft_delete.without(here.options)
    for key in sorted({*source.options, *options}):
        if source.options.get(key) != options.get(key):
            yield f"{key}.secret" if _only_secret(source, here, key) else key
    ours = _without_mark(here)
    if [item.to_json() for item in source.fields] != [item.to_json() for item in ours]:
        changed = [
            item.name
            for item in source.fields
            if (same := here.by_id.get(item.id)) is None or same.to_json() != item.to_json()
        ]
        changed += [item.name for item in ours if item.id not in source.by_id]
        yield f"fields ({', '.join(changed) or 'their order'})"


def _without_mark(here: CollectionDef) -> tuple[FieldType, ...]:
    return soft_delete.with_mark(here.fields, is_on=False)


def _only_secret(source: CollectionDef, here: CollectionDef, key: str) -> bool:
    one, other = source.options.get(key), here.options.get(key)
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    return {**one, "secret": ""} == {**other, "secret": ""}


def _without_place(source: CollectionDef, here: CollectionDef) -> list[str]:
    return [
        item.name
        for item in source.fields
        if (mine := here.by_name.get(item.name)) is None
        or (mine.type_name, mine.is_multiple) != (item.type_name, item.is_multiple)
    ]


def _united(source: CollectionDef, here: CollectionDef) -> CollectionDef | str:
    """Return ``source`` with what only ``here`` has, or the name of a field that cannot be both."""
    fields = source.fields
    for mine in _without_mark(here):
        if mine.id in source.by_id:
            if source.by_id[mine.id].type_name != mine.type_name:
                return str(mine.name)
            continue
        same = source.by_name.get(mine.name)
        if same is None:
            fields = (*fields, mine)
        elif same.type_name != mine.type_name:
            return str(mine.name)
        else:  # the column is known by our id
            kept = field_list.with_options(same, id=mine.id)
            fields = tuple(kept if item is same else item for item in fields)
    trash = soft_delete.as_options(here.soft_delete)
    return replace(
        source,
        fields=soft_delete.with_mark(fields, is_on=here.has_trash),
        options={**source.options, **trash},
    )
