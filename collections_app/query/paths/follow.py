"""``author.company.name``: along relations, forwards and back, to the last part."""

from __future__ import annotations

from collections_app.fields.base import FieldType
from collections_app.query.errors import FilterError, quoted
from collections_app.query.paths import back_relation, own, relation
from collections_app.query.plan import Hop, Stored
from collections_app.query.scope import Scope
from collections_app.schema.definition import CollectionDef

MAX_HOPS = 6


def follow(
    scope: Scope, collection: CollectionDef, hops: tuple[Hop, ...], parts: list[str]
) -> Stored:
    """Return what ``parts`` read, beginning at the row of ``collection`` that ``hops`` lead to.

    Raise ``UnknownName`` where no field is named, ``FilterError`` for anything else.
    """
    for index, part in enumerate(parts[:-1]):
        field = collection.by_name.get(part)
        if field is not None:
            own.refuse_hidden(scope, field)
            if field.has_json_paths:
                return own.json_path(hops, field, parts[index + 1 :])
        if index >= MAX_HOPS:
            raise FilterError(f"max nested relations reached for field {quoted(part)}")
        if field is None:
            collection, hops = back_relation.step(scope, collection, hops, part)
        elif _is_id_of_single(scope, field, parts[index + 1 :]):
            return own.last(scope, collection, hops, part)
        else:
            collection, hops = relation.step(scope, hops, field)
    return own.last(scope, collection, hops, parts[-1])


def _is_id_of_single(scope: Scope, field: FieldType, rest: list[str]) -> bool:
    """``author.id`` is what the column itself holds: no other row is read."""
    target = field.relation_target
    return (
        target is not None
        and not field.is_multiple
        and rest == ["id"]
        and scope.find_collection(target) is not None
    )
