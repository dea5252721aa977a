"""Telling hooks of every sign-in that was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from auth_app import hooks
from auth_app.flows.mfa import SecondFactorNeeded
from auth_app.hooks import AuthFailedEvent
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError
from core_app.request_info import RequestInfo


class Attempt:
    """One attempt; ``record`` is who is meant, once that is known."""

    record: RecordModel | None = None


@contextmanager
def attempt(collection: CollectionDef, info: RequestInfo, method: str) -> Iterator[Attempt]:
    """Send ``auth_failed`` if the block is refused; a first factor alone is no failure."""
    made = Attempt()
    try:
        yield made
    except SecondFactorNeeded:
        raise
    except ApiError as error:
        event = AuthFailedEvent(
            collection=collection, record=made.record, info=info, method=method, error=error
        )
        hooks.auth_failed.send_robust(collection.name, event=event)
        raise
