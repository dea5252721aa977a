"""A snapshot's collections -> Django models, in an ``Apps()`` of their own.

Collections that relations lead to or come from are built together; the others can wait. The models
know each other (``filter(product__stock__gt=0)``, ``product.orders_via_product``) and
nobody else knows them: nothing enters the global registry, and a snapshot's models go with it.
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any, cast

from django.apps.registry import Apps
from django.db import models
from django.db.models.base import ModelBase

from collections_app.fields.base import FieldType
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


def models_around(collection: CollectionDef, snapshot: Snapshot) -> dict[str, type[RecordModel]]:
    """Return, by collection id, the model of ``collection`` and of all that it is related to.

    Related is also what is related to these, and so on: no model is ever built a second time.
    4,000 fields in 200 collections that are all related take about 0.2 s, one alone 1 ms.
    """
    apps = _RecordApps()
    return {item.id: _model(item, snapshot, apps) for item in _related(collection, snapshot)}


def _related(collection: CollectionDef, snapshot: Snapshot) -> list[CollectionDef]:
    """Return the collections that keys lead to from ``collection``, in both directions."""
    next_to = snapshot.cached(("keys",), lambda: _next_to(snapshot))
    found = {collection.id: collection}
    left = [collection.id]
    while left:
        for other in next_to.get(left.pop(), ()):
            if other not in found:
                found[other] = snapshot.by_id[other]
                left.append(other)
    return list(found.values())


def _next_to(snapshot: Snapshot) -> dict[str, list[str]]:
    """Return which collections a key leads to or comes from, by the id of the collection."""
    out: dict[str, list[str]] = {}
    for collection in snapshot.collections:
        for field in collection.fields:
            target = snapshot.by_id.get(field.relation_target or "")
            if target is not None and not field.is_multiple:
                out.setdefault(collection.id, []).append(target.id)
                out.setdefault(target.id, []).append(collection.id)
    return out


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


class _RecordApps(Apps):
    """A registry of one snapshot. It has no app configs, only models."""

    def get_models(
        self, include_auto_created: bool = False, include_swapped: bool = False
    ) -> list[type[models.Model]]:
        return list(self.all_models[APP_LABEL].values())

    def clear_cache(self) -> None:
        """Do nothing: no model is asked who relates to it before all are made."""


def _model(collection: CollectionDef, snapshot: Snapshot, apps: Apps) -> type[RecordModel]:
    meta = {
        "apps": apps,
        "app_label": APP_LABEL,
        "base_manager_name": "objects",
        "db_table": sql.dialect().identifier(collection.table),
        "managed": False,
    }
    body: dict[str, Any] = {
        "__module__": __name__,
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
            body[attribute] = _key(field, stored, collection, target)
            held_by[field.name] = stored
    body["attributes"] = {name: held for name, held in held_by.items() if name != held}
    return cast("type[RecordModel]", ModelBase(collection.name, (RecordModel,), body))


def _key(
    field: FieldType, stored: str, collection: CollectionDef, target: CollectionDef
) -> RelationKey:
    return RelationKey(
        f"{APP_LABEL}.{target.name}",
        stored_attribute=stored,
        db_column=sql.dialect().identifier(field.name),
        related_name=f"{collection.name}_via_{field.name}",
    )


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
