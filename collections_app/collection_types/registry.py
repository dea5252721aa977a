"""The types of collections by name; upper floors register theirs here."""

from __future__ import annotations

from collections.abc import Mapping

from collections_app.collection_types.base import CollectionType

_types: dict[str, CollectionType] = {}


def register(collection_type: type[CollectionType]) -> type[CollectionType]:
    """Make ``collection_type`` known by its ``type_name``."""
    _types[collection_type.type_name] = collection_type()
    return collection_type


def registered() -> Mapping[str, CollectionType]:
    """Return every known type by name."""
    return _types


def of(type_name: str) -> CollectionType:
    """Return the type named ``type_name``. Raise ``KeyError``."""
    return _types[type_name]
