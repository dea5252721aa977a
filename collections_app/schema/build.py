"""A snapshot's collections -> Django models, each made when it is first asked for.

The models know each other (``filter(product__stock__gt=0)``, ``product.orders_via_product``) and
nobody else knows them: nothing enters the global registry, and a snapshot's models go with it.
A key makes the model that it leads to when a query or a record follows it.
"""

from __future__ import annotations

import keyword
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.apps.registry import Apps
from django.db import models
from django.db.models.base import ModelBase

from collections_app.fields.base import FieldType
from collections_app.schema import holders
from collections_app.schema.definition import CollectionDef
from collections_app.schema.living import Living
from collections_app.schema.record_model import RecordModel
from collections_app.schema.relation_key import RelationKey
from core_app import sql

if TYPE_CHECKING:
    from collections_app.schema.snapshot import Snapshot

APP_LABEL = "records"

#: names that mean something on every model, beside those ``dir()`` shows
_INSTANCE_NAMES = {"_state", "_prefetched_objects_cache"}
_TAKEN = (
    {*dir(RecordModel), *dir(models.Model), *RecordModel.__annotations__, *_INSTANCE_NAMES}
    | {"objects", "with_trash"}
) - {"id"}


class Models:
    """The models of one snapshot. A model takes 1 ms; none is ever made a second time."""

    def __init__(self, held: Snapshot) -> None:
        self._snapshot = held
        self._made: dict[str, type[RecordModel]] = {}
        self._making = threading.RLock()
        self._apps: dict[str, _RelatedApps] = {}

    def of(self, collection_id: str) -> type[RecordModel]:
        """Return the model of a collection."""
        found = self._made.get(collection_id)
        if found is not None:
            return found
        with self._making:
            if collection_id not in self._made:
                self._made[collection_id] = self._make(self._snapshot.by_id[collection_id])
        return self._made[collection_id]

    def _make(self, collection: CollectionDef) -> type[RecordModel]:
        if collection.id not in self._apps:
            related = _related(collection, self._snapshot)
            apps = _RelatedApps([item.id for item in related], self.of)
            self._apps.update({item.id: apps for item in related})
        return _model(collection, self._snapshot, self._apps[collection.id])


def _related(collection: CollectionDef, snapshot: Snapshot) -> list[CollectionDef]:
    """Return the collections that keys lead to from ``collection``, in both directions, and on."""
    keys = _keys(snapshot)
    found = {collection.id: collection}
    left = [collection.id]
    while left:
        for other in keys.next_to.get(left.pop(), ()):
            if other not in found:
                found[other] = snapshot.by_id[other]
                left.append(other)
    return list(found.values())


class _Keys(NamedTuple):
    """By the id of a collection: what keys lead to or come from, and the keys that lead to it."""

    next_to: dict[str, list[str]]
    leading_to: dict[str, list[tuple[CollectionDef, FieldType]]]


def _keys(snapshot: Snapshot) -> _Keys:
    def read() -> _Keys:
        out = _Keys({}, {})
        for collection in snapshot.collections:
            for field in collection.fields:
                target = snapshot.by_id.get(field.relation_target or "")
                if target is not None and not field.is_multiple:
                    out.next_to.setdefault(collection.id, []).append(target.id)
                    out.next_to.setdefault(target.id, []).append(collection.id)
                    out.leading_to.setdefault(target.id, []).append((collection, field))
        return out

    found: _Keys = snapshot.cached(("keys",), read)
    return found


def attribute_names(collection: CollectionDef) -> dict[str, str]:
    """Return the Python attribute for each field: its name, or ``<name>_field`` where that clashes.

    A name clashes if a model or Python already means something by it (``save``, ``class``), or if
    Django could not look it up (``a__b``, ``a_``, ``9lives``).
    """
    used = {name for name in collection.columns if _is_usable(name)}
    out: dict[str, str] = {}
    for name in collection.columns:
        attribute = name
        while not _is_usable(attribute) or (attribute != name and attribute in used):
            attribute = f"{_plain(attribute)}_field"
        used.add(attribute)
        out[name] = attribute
    return out


class _RelatedApps(Apps):
    """A registry of collections that keys connect. It has no app configs, only models."""

    def __init__(self, collections: list[str], model: Callable[[str], type[RecordModel]]) -> None:
        super().__init__()
        self._collections = collections
        self.model = model

    def get_models(
        self, include_auto_created: bool = False, include_swapped: bool = False
    ) -> list[type[models.Model]]:
        """Return all models: Django asks when it needs to know every key to one of them."""
        return [self.model(item) for item in self._collections]

    def clear_cache(self) -> None:
        """Do nothing: who relates to a model is asked of all of them at once."""


def _model(collection: CollectionDef, snapshot: Snapshot, apps: _RelatedApps) -> type[RecordModel]:
    meta = {
        "apps": apps,
        "app_label": APP_LABEL,
        "base_manager_name": "objects",
        "db_table": sql.dialect().identifier(collection.table),
        "managed": False,
    }
    body: dict[str, Any] = {
        "__module__": __name__,
        # without one Django lists the fields here, for which it looks at what each key leads to
        "__doc__": f"A record of {collection.name}.",
        "Meta": type("Meta", (), meta),
        "collection": collection,
        "objects": Living() if collection.has_trash else models.Manager(),
        "with_trash": models.Manager(),
    }
    attributes = attribute_names(collection)
    used = set(attributes.values())
    held_by = {}
    for field in collection.fields:
        attribute = attributes[field.name]
        target = snapshot.by_id.get(field.relation_target or "")
        if target is None or field.is_multiple:
            column = body[attribute] = field.model_field()
            column.db_column = sql.dialect().identifier(field.name)
            held_by[field.name] = attribute
        else:
            stored = _key_attribute(attribute, used)
            body[attribute] = _key(field, stored, collection, target, apps)
            held_by[field.name] = stored
    makers = {
        _name_of_holders(source, field): partial(apps.model, source.id)
        for source, field in _keys(snapshot).leading_to.get(collection.id, ())
    }
    for name, make in makers.items():
        body[name] = holders.Holders(name, make)
    body["attributes"] = held_by
    model = cast("type[RecordModel]", ModelBase(collection.name, (RecordModel,), body))
    holders.tell(model, makers)
    return model


def _key(
    field: FieldType,
    stored: str,
    collection: CollectionDef,
    target: CollectionDef,
    apps: _RelatedApps,
) -> RelationKey:
    return RelationKey(
        f"{APP_LABEL}.{target.name}",
        make_target=partial(apps.model, target.id),
        stored_attribute=stored,
        db_column=sql.dialect().identifier(field.name),
        related_name=_name_of_holders(collection, field),
    )


def _name_of_holders(collection: CollectionDef, field: FieldType) -> str:
    return f"{collection.name}_via_{field.name}"


def _key_attribute(attribute: str, used: set[str]) -> str:
    """Return the name of the attribute that holds the id: ``<attribute>_id`` if that is free."""
    stored = f"{attribute}_id"
    while stored in used:
        stored += "_key"
    used.add(stored)
    return stored


def _is_usable(name: str) -> bool:
    """Return whether a field's name can be a model's attribute as it is."""
    return name == "id" or (
        name not in _TAKEN
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and not name.endswith("_")
        and "__" not in name
    )


def _plain(name: str) -> str:
    """Return ``name`` without what Django or Python would not take at its ends or inside."""
    while "__" in name:
        name = name.replace("__", "_")
    name = name.strip("_")
    return f"n{name}" if not name.isidentifier() else name
