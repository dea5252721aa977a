"""Is this record fit to be stored? Every field is judged; what all refer to is asked at the end.

Runs for every write, so what is to be asked of which field is worked out once per collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from collections_app.fields.base import FieldType
from collections_app.records import referenced
from collections_app.records.referenced import Wanted
from collections_app.records.rows import dialect, quoted
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import sql
from core_app.errors import FieldError, FieldErrors


class _Plan(NamedTuple):
    #: fields that the server may fill in
    filled: tuple[FieldType, ...]
    #: name and check of each field, and the field itself if its stored value matters too
    steps: tuple[tuple[str, Callable[[Any], None], FieldType | None], ...]
    #: fields that may point at records
    pointing: tuple[FieldType, ...]


def validate(
    collection: CollectionDef, record: RecordModel, original: Mapping[str, Any], *, is_new: bool
) -> Wanted:
    """Fill in generated values, then raise ``FieldErrors`` with the first error of each field.

    ``original`` holds the stored Python values by name; it is not looked at for a new record.
    Return the records that fields point at: nobody has looked yet whether they are there.
    """
    plan: _Plan = collection.cached("validation", lambda: _plan(collection))
    values = record.values()
    for field in plan.filled:
        value = values[field.name]
        filled = field.fill(value, is_new=is_new)
        if filled is not value:
            values[field.name] = filled
            record.put(field.name, filled)
    errors: dict[str, FieldError] = {}
    for name, check, compared in plan.steps:
        try:
            if compared is None:
                check(values[name])
            else:
                _check(collection, compared, values[name], original, is_new)
        except FieldError as error:
            errors[name] = error
    wanted: Wanted = {}
    for field in plan.pointing:
        name = field.name
        if name not in errors and (references := field.references(values[name])):
            wanted[name] = references
    if errors:
        raise FieldErrors(errors | referenced.missing(wanted))
    return wanted


def _check(
    collection: CollectionDef,
    field: FieldType,
    value: Any,
    original: Mapping[str, Any],
    is_new: bool,
) -> None:
    if field.is_key and not is_new:
        _require_unchanged(value, original.get(field.name))
        return  # it is the stored one, whatever the rules are now
    field.validate_change(value, original.get(field.name), is_new=is_new)
    if field.unique_in_any_case:
        _require_free(collection, field.name, value)
    field.validate(value)


def _require_unchanged(value: Any, before: Any) -> None:
    if value != before:
        raise FieldError("validation_pk_change", "The record primary key cannot be changed.")


def _require_free(collection: CollectionDef, name: str, value: str) -> None:
    """Raise ``FieldError`` if a record has this value in any case."""
    table, column = quoted(collection.table), quoted(name)
    statement = f"SELECT 1 FROM {table} WHERE lower({column}) = lower({dialect().mark}) LIMIT 1"  # noqa: S608
    if sql.fetch_one(statement, (value,)):
        raise FieldError(
            "validation_pk_invalid", "The record primary key is invalid or already exists."
        )


def _plan(collection: CollectionDef) -> _Plan:
    return _Plan(
        tuple(field for field in collection.fields if type(field).fill is not FieldType.fill),
        tuple(
            (field.name, field.validate, field if _is_compared(field) else None)
            for field in collection.fields
            if not field.is_automatic  # the server sets it, so nothing can be wrong
        ),
        tuple(field for field in collection.fields if field.relation_target is not None),
    )


def _is_compared(field: FieldType) -> bool:
    return field.is_key or type(field).validate_change is not FieldType.validate_change
