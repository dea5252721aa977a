"""Saving records inside a flow, with the flow's own words for a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from collections_app.records import service
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest


def save(record: RecordModel, message: str) -> None:
    """Store ``record``. Raise ``BadRequest(message)`` with the errors of its fields, if any."""
    with refusing(message):
        record.save()


@contextmanager
def refusing(message: str) -> Iterator[None]:
    """Let what cannot be saved in the block be refused with ``message``.

    What a hook refuses in its own words stays as the hook said it.
    """
    try:
        yield
    except BadRequest as error:
        if error.message not in (service.CREATE_FAILED, service.UPDATE_FAILED):
            raise
        raise BadRequest(message, error.data, reason=error.reason) from error
