"""The checks of a submitted auth record that come before its fields are validated.

A password comes with its confirmation, and with the old one if its owner changes it; ``email`` and
``verified`` are changed by the flows that prove them, or by who manages the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collections_app.fields.casting import to_text
from core_app.errors import FieldError, FieldErrors, required


def check(
    *,
    body: Mapping[str, Any],
    email: tuple[str, str],
    verified: tuple[bool, bool],
    stored_password: Any,
    is_new: bool,
    is_managed: bool,
) -> None:
    """Raise ``FieldErrors`` for what is wrong with the form.

    ``email`` and ``verified`` are pairs of the value before and the value now;
    ``stored_password`` the ``Password`` before (``None`` for a new record).
    """
    password, confirm, old = (
        to_text(body.get(key)) for key in ("password", "passwordConfirm", "oldPassword")
    )
    errors: dict[str, FieldError] = {}
    if not is_managed:
        if not is_new and email[0] != email[1]:
            errors["email"] = mismatch()
        if verified[0] != verified[1]:
            errors["verified"] = mismatch()
    if not password and (is_new or confirm or old):
        errors["password"] = required()
    if not confirm and (is_new or password or old):
        errors["passwordConfirm"] = required()
    elif confirm != password:
        errors["passwordConfirm"] = mismatch()
    if not is_new and not is_managed and (password or confirm):
        if not old:
            errors["oldPassword"] = required()
        elif not stored_password.verify(old):
            errors["oldPassword"] = FieldError(
                "validation_invalid_old_password", "Missing or invalid old password."
            )
    if errors:
        raise FieldErrors(errors)


def mismatch() -> FieldError:
    """The error of a value that must equal another one."""
    return FieldError("validation_values_mismatch", "Values don't match.")
