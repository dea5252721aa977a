"""What a service refused -> errors at the places of a form where they belong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType

from core_app.errors import ApiError, FieldError, sentenize


def show_in(form: forms.BaseForm, refusal: ApiError, otherwise: str = "") -> None:
    """Add what ``refusal`` says to ``form``: at the named fields, else above them all.

    ``otherwise``: the field, if the form has it, that has to do with all keys without one.
    """
    for key, detail in refusal.data.items():
        at = next((name for name in (key, otherwise) if name in form.fields), None)
        for line in lines(detail, "" if at == key else key):
            form.add_error(at, line)
    if not refusal.data:
        form.add_error(None, text_of(refusal))


def undone(refusal: ApiError) -> str:
    """Return the message of a ``refusal`` that undid a transaction."""
    # the first entry in a model's history makes a row that Django remembers, also if it was undone
    ContentType.objects.clear_cache()
    return text_of(refusal)


def text_of(refusal: ApiError) -> str:
    """Return the message of ``refusal``."""
    return str(refusal.body()["message"])


def told(refusal: ApiError) -> list[str]:
    """Return what ``refusal`` says of each key, its message if it names none."""
    found = [line for key, detail in refusal.data.items() for line in lines(detail, key)]
    return found or [text_of(refusal)]


def lines(detail: Any, path: str = "") -> Iterator[str]:
    """Yield one line for each error in ``detail``; nested ones begin with where they are.

    ``{"0": {"name": …}}`` -> ``1. name: Cannot be blank.`` Positions are counted from 1.
    """
    if isinstance(detail, FieldError):
        text = sentenize(detail.message)
        yield f"{path}: {text}" if path else text
    elif isinstance(detail, Mapping):
        for key, inner in detail.items():
            step = f"{int(key) + 1}." if str(key).isdecimal() else str(key)
            yield from lines(inner, f"{path} {step}".strip())
    else:
        yield f"{path}: Invalid value." if path else "Invalid value."


def with_reason(refusal: ApiError) -> str:
    """Return what ``undone`` does, and the reason that only the log has else."""
    reason = f" {refusal.reason}" if refusal.reason else ""
    return f"{undone(refusal)}{reason}"
