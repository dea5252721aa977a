"""Stored rows <-> records: the instances that hooks, ``save()`` and the service handle.

The read path makes none of these. A row is a tuple in the order of ``CollectionDef.columns``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import signals
from django.db.models.base import Model, ModelState

from collections_app.fields.base import FieldType, Shape
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from collections_app.schema.snapshot import Snapshot
from core_app.sql import Row

Convert = Callable[[Any], Any]

NOTHING: Mapping[str, Any] = MappingProxyType({})
_IMMUTABLE = (str, int, float, bool, type(None))
_DJANGOS_FROM_DB = getattr(Model.from_db, "__func__", None)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How values and rows of one model's collection become its instances and back."""

    #: attribute of each column in Django's order, which is not that of ``CollectionDef.columns``
    attnames: tuple[str, ...]
    #: zero values by attribute, and what makes those of them that each record has to itself
    zeros: dict[str, Any]
    own_zeros: tuple[tuple[str, Callable[[], Any]], ...]
    #: position and function of each column that is not the same in both forms
    from_stored: tuple[tuple[int, Convert], ...]
    to_stored: tuple[tuple[int, Convert], ...]


def blank(
    snapshot: Snapshot, collection: CollectionDef, values: Mapping[str, Any] = NOTHING
) -> RecordModel:
    """Return a new record of Python ``values`` by field name, all others at their zero value."""
    model = snapshot.model(collection)
    plan, attributes = _plan(model), model.attributes
    held = plan.zeros.copy()
    for attribute, zero in plan.own_zeros:
        held[attribute] = zero()
    for name, value in values.items():
        held[attributes[name]] = value
    return _instance(model, plan, held)


def of_row(snapshot: Snapshot, collection: CollectionDef, row: Row) -> RecordModel:
    """Return the record that a stored row is."""
    model = snapshot.model(collection)
    plan = _plan(model)
    held = dict(zip(model.attributes.values(), _python(plan, row), strict=True))
    if getattr(model.from_db, "__func__", None) is not _DJANGOS_FROM_DB:
        return model.from_db("default", plan.attnames, [held[name] for name in plan.attnames])
    record = _instance(model, plan, held)
    record._state.adding = False
    record._state.db = "default"
    return record


def values_of_row(snapshot: Snapshot, collection: CollectionDef, row: Row) -> dict[str, Any]:
    """Return the Python values, by field name, that a stored row holds."""
    values = _python(_plan(snapshot.model(collection)), row)
    return dict(zip(collection.columns, values, strict=True))


def stored_row(record: RecordModel) -> Row:
    """Return ``record`` as a row, as it is or would be stored."""
    values = record._in_order()
    for at, convert in _plan(type(record)).to_stored:
        values[at] = convert(values[at])
    return tuple(values)


def values_for_rule(collection: CollectionDef, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return Python ``values``, one for each field, as a create rule is judged by: stored forms.

    A password counts as set or not; hashing waits until the rule has passed.
    """
    stored = {}
    for field in collection.fields:
        value = values[field.name]
        if field.shape is Shape.BLANK:
            stored[field.name] = "" if field.is_zero(value) else "*"
        else:
            stored[field.name] = field.to_stored(value)
    return stored


def is_heard(signal: signals.ModelSignal, model: type[RecordModel]) -> bool:
    """Return whether anyone listens to one of Django's signals about ``model``."""
    return bool(signal.receivers) and signal.has_listeners(model)


def _instance(model: type[RecordModel], plan: _Plan, held: dict[str, Any]) -> RecordModel:
    """Return what ``model()`` makes of values by attribute, one for each. It keeps ``held``.

    Django's way goes through every field, and tells of each instance though nobody listens.
    """
    if is_heard(signals.pre_init, model) or is_heard(signals.post_init, model):
        return model(*[held[name] for name in plan.attnames])
    record = model.__new__(model)
    record.__dict__ = held
    record._state = ModelState()
    return record


def _python(plan: _Plan, row: Row) -> list[Any]:
    values = list(row)
    for at, convert in plan.from_stored:
        values[at] = convert(values[at])
    return values


def _plan(model: type[RecordModel]) -> _Plan:
    """Return the plan of ``model``, which keeps it: it lives as long as the model does."""
    if model._row_plan is None:
        model._row_plan = _make_plan(model)
    plan: _Plan = model._row_plan
    return plan


def _make_plan(model: type[RecordModel]) -> _Plan:
    fields = model.collection.fields
    zeros = {model.attributes[field.name]: field.zero() for field in fields}
    return _Plan(
        attnames=tuple(field.attname for field in model._meta.concrete_fields),
        zeros=zeros,
        own_zeros=tuple(
            (attribute, field.zero)
            for field, (attribute, zero) in zip(fields, zeros.items(), strict=True)
            if type(zero) not in _IMMUTABLE
        ),
        from_stored=tuple(
            (at, field.from_stored)
            for at, field in enumerate(fields)
            if type(field).from_stored is not FieldType.from_stored
        ),
        to_stored=tuple(
            (at, field.to_stored)
            for at, field in enumerate(fields)
            if type(field).to_stored is not FieldType.to_stored
        ),
    )
