"""Stored rows <-> records: the instances that hooks, ``save()`` and the service handle.

The read path makes none of these. A row is a tuple in the order of ``CollectionDef.columns``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from collections_app.fields.base import FieldType, Shape
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from collections_app.schema.snapshot import Snapshot
from core_app.sql import Row

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows of one model's collection become its instances and back."""

    #: positions in a row, in the order of the model's columns
    order: tuple[int, ...]
    attnames: tuple[str, ...]
    #: attribute of each column, in the order of ``CollectionDef.columns``
    attributes: tuple[str, ...]
    #: position and function of each column that is not the same in both forms
    from_stored: tuple[tuple[int, Convert], ...]
    to_stored: tuple[tuple[int, Convert], ...]


def blank(snapshot: Snapshot, collection: CollectionDef) -> RecordModel:
    """Return a new record, every field at its zero value."""
    model = snapshot.model(collection)
    values = [field.zero() for field in collection.fields]
    return model(*[values[at] for at in _plan(model).order])


def of_row(snapshot: Snapshot, collection: CollectionDef, row: Row) -> RecordModel:
    """Return the record that a stored row is."""
    model = snapshot.model(collection)
    plan = _plan(model)
    values = _python(plan, row)
    return model.from_db("default", plan.attnames, [values[at] for at in plan.order])


def values_of_row(snapshot: Snapshot, collection: CollectionDef, row: Row) -> dict[str, Any]:
    """Return the Python values, by field name, that a stored row holds."""
    values = _python(_plan(snapshot.model(collection)), row)
    return dict(zip(collection.columns, values, strict=True))


def stored_row(record: RecordModel) -> Row:
    """Return ``record`` as a row, as it is or would be stored."""
    plan = _plan(type(record))
    values = [getattr(record, attribute) for attribute in plan.attributes]
    for at, convert in plan.to_stored:
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


def _python(plan: _Plan, row: Row) -> list[Any]:
    values = list(row)
    for at, convert in plan.from_stored:
        values[at] = convert(values[at])
    return values


def _plan(model: type[RecordModel]) -> _Plan:
    """Return the plan of ``model``, which keeps it: it lives as long as the model does."""
    plan: _Plan | None = model.__dict__.get("_row_plan")
    if plan is None:
        plan = _make_plan(model)
        setattr(model, "_row_plan", plan)  # noqa: B010 no attribute that mypy should know
    return plan


def _make_plan(model: type[RecordModel]) -> _Plan:
    fields = model.collection.fields
    attributes = tuple(model.attributes.get(field.name, field.name) for field in fields)
    attnames = tuple(field.attname for field in model._meta.concrete_fields)
    return _Plan(
        order=tuple(attributes.index(attname) for attname in attnames),
        attnames=attnames,
        attributes=attributes,
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
