"""The small forms of the sign-in endpoints: each value's first broken rule, all together.

Lengths are counted in bytes, as PocketBase counts them here (its source: apis/record_auth_*.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collections_app.fields.formats import is_email
from core_app.errors import BadRequest, FieldError, required

VALIDATE_MESSAGE = "An error occurred while validating the submitted data."


class NothingSent(Exception):
    """No mail goes out, for a reason that only the log may learn; the answer is as for one."""


def refuse(errors: Mapping[str, FieldError | None]) -> None:
    """Raise ``BadRequest`` if there are any errors."""
    found = {name: error for name, error in errors.items() if error is not None}
    if found:
        raise BadRequest(VALIDATE_MESSAGE, found)


def text(value: str, low: int, high: int, *, optional: bool = False) -> FieldError | None:
    """Return what is wrong with a text: missing, or not ``low`` to ``high`` long."""
    if not value:
        return None if optional else required()
    if low <= len(value.encode()) <= high:
        return None
    message = f"The length must be between {low} and {high}."
    return FieldError("validation_length_out_of_range", message, {"min": low, "max": high})


def email(value: str) -> FieldError | None:
    """Return what is wrong with an e-mail address."""
    return text(value, 1, 255) or (
        None
        if is_email(value)
        else FieldError("validation_is_email", "Must be a valid email address.")
    )


def one_of(value: str, allowed: Any) -> FieldError | None:
    """Return the error of a value that is not among ``allowed``; empty is fine."""
    if not value or value in allowed:
        return None
    return FieldError("validation_in_invalid", "Must be a valid value.")
