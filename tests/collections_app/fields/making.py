"""What tests of field types share: a field from its options, and the error of a value."""

from __future__ import annotations

from typing import Any

from collections_app.fields import base
from collections_app.schema.definition import CollectionDef
from core_app.errors import FieldError

REQUIRED = {"code": "validation_required", "message": "Cannot be blank."}


def made(type_name: str, **options: Any) -> Any:
    """Return a field named ``f``."""
    return base.from_json({"type": type_name, "id": "x", "name": "f", **options})


def error_of(field: Any, value: Any) -> dict[str, Any] | None:
    """Return what is wrong with a value in Python form, as the API shows it."""
    try:
        field.validate(value)
    except FieldError as error:
        return error.body()
    return None


def code_of(field: Any, value: Any) -> str | None:
    """Return only the code of what is wrong."""
    error = error_of(field, value)
    return error["code"] if error else None


def option_errors(field: Any, original: Any = None, *others: Any) -> dict[str, Any]:
    """Return what is wrong with the options of ``field``, as the API shows it."""
    collection = CollectionDef(id="c", name="c", fields=(field, *others))
    return bodies(field.check_options(collection, original))


def bodies(errors: Any) -> Any:
    """Return errors as the API shows them."""
    if isinstance(errors, FieldError):
        return errors.body()
    return {key: bodies(item) for key, item in errors.items()}


def at_least(low: int) -> dict[str, Any]:
    return {
        "code": "validation_min_greater_equal_than_required",
        "message": f"Must be no less than {low}.",
        "params": {"threshold": low},
    }


def at_most(high: int) -> dict[str, Any]:
    return {
        "code": "validation_max_less_equal_than_required",
        "message": f"Must be no greater than {high}.",
        "params": {"threshold": high},
    }
