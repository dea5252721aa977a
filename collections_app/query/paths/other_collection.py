"""``@collection.name.path`` and ``@collection.name:alias.path``: rows related to nothing."""

from __future__ import annotations

from collections_app.query.errors import FilterError, quoted
from collections_app.query.paths.follow import follow
from collections_app.query.plan import Everyone, Stored
from collections_app.query.scope import Scope


def resolve(scope: Scope, text: str) -> Stored:
    """Return what the identifier ``text`` reads in the rows of another collection.

    Two mentions of one collection (or of one alias) mean the same row.
    """
    _, named, *parts = text.split(".")
    name, _, alias = named.partition(":")
    collection = scope.find_collection(name)
    if collection is None:
        raise FilterError(
            f"failed to load collection {quoted(named)} from field path {quoted(text)}"
        )
    label = f"as {alias}" if alias else collection.name
    everyone = Everyone(collection.table, label, has_trash=collection.has_trash)
    scope.enter(collection, (everyone,))
    return follow(scope, collection, (everyone,), parts)
