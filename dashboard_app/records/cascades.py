"""What a deletion would take along, told before it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collections_app import records
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef

#: beyond this many records it is not counted
MAX_COUNTED = 100


def lines(collection: CollectionDef, ids: Sequence[str]) -> Iterator[str]:
    """Yield a line for each relation through which records of ``collection`` take others along.

    Only those that refer to them directly are counted; a record that refers to others too stays.
    """
    for other in snapshot.current().collections:
        for field in other.fields:
            if (
                field.relation_target == collection.id
                and getattr(field.options, "cascadeDelete", False)
                and not other.is_view
            ):
                if len(ids) > MAX_COUNTED:
                    yield f"{other.name} records that refer to them by {field.name}"
                    continue
                refers = " || ".join(f'{field.name} ?~ "{record_id}"' for record_id in ids)
                if count := records.count(other, refers):
                    yield f"{other.name}: {count} that refer by {field.name}"
