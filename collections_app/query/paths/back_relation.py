"""``comments_via_post.text``: from a row to those whose relation field names it."""

from __future__ import annotations

import re

from collections_app.query.errors import FilterError, UnknownName, quoted
from collections_app.query.plan import Back, Hop
from collections_app.query.scope import Scope
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef

_VIA = re.compile(r"(\w+)_via_(\w+)", re.ASCII)


def step(
    scope: Scope, collection: CollectionDef, hops: tuple[Hop, ...], part: str
) -> tuple[CollectionDef, tuple[Hop, ...]]:
    """Return the collection that ``part`` (``name_via_field``) leads to, and the hops up to there.

    Raise ``UnknownName`` if it leads nowhere, ``FilterError`` if it is not for this writer.
    """
    found = _VIA.fullmatch(part)
    if found is None:
        raise UnknownName(f"failed to resolve field {quoted(part)}")
    source = scope.find_collection(found[1])
    if source is None:
        raise UnknownName(f"failed to load back relation field {quoted(part)} collection")
    field = source.by_name.get(found[2])
    if field is None:
        raise UnknownName(f"missing back relation field {quoted(found[2])}")
    if field.relation_target is None:
        raise UnknownName(f"invalid back relation field {quoted(found[2])}")
    if field.options.hidden and not scope.sees_all:
        raise FilterError(f"non-filterable back relation field {quoted(field.name)}")
    if field.relation_target != collection.id or (scope.is_new_row and not hops):
        raise UnknownName(
            f"invalid collection reference of a back relation field {quoted(field.name)}"
        )
    is_many = field.is_multiple or indexes.unique_on(source.indexes, field.name) is None
    back = Back(source.table, field.name, part, field.is_multiple, is_many, source.has_trash)
    hops = (*hops, back)
    scope.enter(source, hops)
    return source, hops
