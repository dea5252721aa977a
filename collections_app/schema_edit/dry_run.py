"""Trying a view's query: its fields and first rows, without making the view."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from collections_app.records import rows
from collections_app.records.shape import shaper
from collections_app.schema import snapshot
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import views
from core_app.errors import BadRequest, FieldError, required
from core_app.transactions import write

MAX_LENGTH = 5000


def run(query: str) -> dict[str, Any]:
    """Return ``{"fields": […], "sample": [up to ten records]}``. Raise ``BadRequest``.

    Hidden fields are left out of the sample.
    """
    _check_length(query)
    held = snapshot.current()
    with write():
        try:
            draft = views.check(query, held)
            views.save(draft, None, held)
            found = rows.fetch(draft, None, views.SAMPLE_SIZE)
        except InvalidQuery as error:
            raise BadRequest(f"Invalid view query. Raw error: \n{error}") from error
        transaction.set_rollback(True)
    sample = shaper(draft, superuser=False)(found)
    return {"fields": [field.to_json() for field in draft.fields], "sample": sample}


def _check_length(query: str) -> None:
    error = None
    if not query:
        error = required()
    elif len(query.encode()) > MAX_LENGTH:
        error = FieldError(
            "validation_length_too_long",
            f"The length must be no more than {MAX_LENGTH}.",
            {"max": MAX_LENGTH, "min": 0},
        )
    if error is not None:
        raise BadRequest("An error occurred while validating the submitted data.", {"query": error})
