"""Errors as PocketBase writes them for people rather than for programs: bare messages, no codes.

Messages of its general validation rules start small there and have no full stop; messages of its
own stand as they are, but for one that has none either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core_app.errors import FieldError

_GENERAL = frozenset(
    f"validation_{name}"
    for name in (
        "required",
        "nil",
        "nil_or_not_empty_required",
        "empty",
        "in_invalid",
        "not_in_invalid",
        "match_invalid",
        "length_out_of_range",
        "length_too_long",
        "length_too_short",
        "min_greater_equal_than_required",
        "max_less_equal_than_required",
        "is_email",
        "is_url",
        "is_domain",
        "only_int_constraint",
        "values_mismatch",
    )
)


def tree(errors: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``errors`` with a bare message in place of each ``FieldError``, keys sorted."""
    return {
        key: tree(errors[key]) if isinstance(errors[key], Mapping) else _message(errors[key])
        for key in sorted(errors)
    }


def sentence(errors: Mapping[str, Any]) -> str:
    """Return ``errors`` in one line: ``name: cannot be blank; values: (0: cannot be blank.).``."""
    parts = [
        f"{key}: ({sentence(errors[key])})"
        if isinstance(errors[key], Mapping)
        else f"{key}: {_message(errors[key])}"
        for key in sorted(errors)
    ]
    return "; ".join(parts) + "."


def _message(error: FieldError) -> str:
    text = error.message
    if error.code in _GENERAL:
        text = text[:1].lower() + text[1:].removesuffix(".")
    elif error.code == "validation_min_number_constraint":
        text = text.removesuffix(".")
    return text
