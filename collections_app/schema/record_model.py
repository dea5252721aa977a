"""``RecordModel``: the base of every runtime model, and the record that hooks and apps handle.

Values are read and written by field name (``record["total"]``, ``record.set("tags+", "new")``).
``save()`` and ``delete()`` go through the one door for writing, which ``records`` plugs in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.db import models

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef


class Door(Protocol):
    """What ``records`` offers for saving and deleting a record from Python."""

    def set(self, record: RecordModel, key: str, value: Any) -> None: ...
    def save(self, record: RecordModel) -> None: ...
    def delete(self, record: RecordModel) -> None: ...


class RecordModel(models.Model):
    """One record. Attributes are the Django fields; items are PocketBase's field names."""

    #: set on each runtime model
    collection: ClassVar[CollectionDef]
    #: field name -> the attribute that holds its value (``check`` -> ``check_field``; keys), in
    #: the order of the collection's fields
    attributes: ClassVar[Mapping[str, str]] = {}
    #: how ``records`` makes instances of rows and back; made with the first
    _row_plan: ClassVar[Any] = None
    door: ClassVar[Door]
    if TYPE_CHECKING:  # Django adds it to every model that is not abstract
        objects: ClassVar[models.Manager[Any]]
        #: as ``objects``, and what is in the trash
        with_trash: ClassVar[models.Manager[Any]]

    id: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)

    def __getitem__(self, name: str) -> Any:
        """Return a field's value in Python form. Raise ``KeyError`` for an unknown field."""
        return getattr(self, self.attributes[name])

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a field from any raw value; it is cast as a request's would be."""
        field = self.collection.by_name[name]
        setattr(self, self.attributes[name], field.prepare(value))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Create or update through the same door as HTTP, with hooks; no rule is asked."""
        self.door.save(self)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete through the same door as HTTP, with cascades and hooks; no rule is asked."""
        self.door.delete(self)
        return 1, {self.collection.name: 1}

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field's value in Python form, ``default`` for an unknown field."""
        return self[name] if name in self.collection.by_name else default

    def set(self, key: str, value: Any) -> None:
        """Set a field; ``key`` may carry a modifier (``tags+``, ``slug:autogenerate``)."""
        self.door.set(self, key, value)

    def put(self, name: str, value: Any) -> None:
        """Set a field to a value that is already in Python form."""
        setattr(self, self.attributes[name], value)

    def values(self) -> dict[str, Any]:
        """Return every field's Python value by name, in the order of the collection's fields."""
        return dict(zip(self.attributes, self._in_order(), strict=True))

    def _in_order(self) -> list[Any]:
        """Return every field's Python value, in the order of the collection's fields."""
        held, attributes = self.__dict__, self.attributes.values()
        try:
            return [held[attribute] for attribute in attributes]
        except KeyError:  # a query left a column out: Django reads it when asked for it
            return [getattr(self, attribute) for attribute in attributes]

    @property
    def collection_id(self) -> str:
        return self.collection.id

    @property
    def collection_name(self) -> str:
        return self.collection.name
