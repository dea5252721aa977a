"""``author.name``: from a row to those its relation field names."""

from __future__ import annotations

from collections_app.fields.base import FieldType
from collections_app.query.errors import FilterError, quoted
from collections_app.query.plan import Hop, Items, ItemTarget, ToOne
from collections_app.query.scope import Scope
from collections_app.schema.definition import CollectionDef


def step(
    scope: Scope, hops: tuple[Hop, ...], field: FieldType
) -> tuple[CollectionDef, tuple[Hop, ...]]:
    """Return the collection that ``field`` leads to, and the hops up to there."""
    if field.relation_target is None:
        raise FilterError(f"field {quoted(field.name)} is not a valid relation")
    target = scope.find_collection(field.relation_target)
    if target is None:
        raise FilterError(f"failed to load field {quoted(field.name)} collection")
    if field.is_multiple:
        hops = (
            *hops,
            Items(field.name, many=True),
            ItemTarget(target.table, has_trash=target.has_trash),
        )
    else:
        hops = (*hops, ToOne(field.name, target.table, has_trash=target.has_trash))
    scope.enter(target, hops)
    return target, hops
