"""The second factor: two different ways to sign in, one after the other, within a short time.

The first one leaves a row in ``_mfas`` and answers with its id, the second one takes it away.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from auth_app import belongings, find
from auth_app.names import MFAS
from collections_app.query import judge
from collections_app.query.errors import FilterError
from collections_app.schema import lookup, snapshot
from collections_app.schema.record_model import RecordModel
from core_app import dates
from core_app.errors import ApiError, BadRequest, NotFound
from core_app.request_info import RequestInfo

EXPIRED = "Invalid or expired MFA session."


class SecondFactorNeeded(ApiError):
    """The answer to a first factor: no error for the user, nothing but the session's id."""

    status: ClassVar[int] = 401

    def __init__(self, mfa_id: str) -> None:
        super().__init__("A second factor is needed.")
        self.mfa_id = mfa_id

    def body(self) -> dict[str, Any]:
        return {"mfaId": self.mfa_id}


def check(record: RecordModel, method: str, mfa_id: str | None, info: RequestInfo) -> None:
    """Return if ``method`` is enough for ``record``.

    ``mfa_id`` is the session of the first factor, which is used up (``None``: what was sent for it
    is no text). Raise ``SecondFactorNeeded`` where there is none, ``BadRequest`` where it does not
    fit; of two requests with the same one, only one gets through.
    """
    if not is_wanted(record, info):
        return
    if mfa_id is None:
        raise BadRequest("Failed to read MFA Id.")
    if not mfa_id:
        raise SecondFactorNeeded(belongings.add(MFAS, record, method=method).id)
    session = find.by_id(lookup.get(MFAS), mfa_id)
    if session is None or _has_expired(session, record):
        if session is not None:
            with suppress(NotFound):  # another request did it
                session.delete()
        raise BadRequest(EXPIRED)
    if session["recordRef"] != record.id or session["collectionRef"] != record.collection.id:
        raise BadRequest("Invalid MFA session.")
    if session["method"] == method:
        raise BadRequest("A different authentication method is required.")
    try:
        session.delete()
    except NotFound as error:
        raise BadRequest(EXPIRED, reason="used by another request") from error


def is_wanted(record: RecordModel, info: RequestInfo) -> bool:
    """Whether one way to sign in is not enough for ``record``."""
    option = record.collection.options["mfa"]
    if not option["enabled"]:
        return False
    if not option["rule"]:
        return True
    try:
        return judge.passes_stored(
            snapshot.current(), record.collection, info, record.id, rule=option["rule"]
        )
    except FilterError as error:
        raise BadRequest("Failed to authenticate.", reason=error.reason) from error


def delete_expired() -> None:
    """Delete sessions that are older than their collection allows, for the hourly job."""
    model = lookup.get_model(MFAS)
    for collection in snapshot.current().collections:
        if collection.is_auth:
            limit = oldest(collection.options["mfa"]["duration"])
            model.objects.filter(collectionRef=collection.id, created__lt=limit).delete()


def oldest(duration_s: int) -> str:
    """Return the moment, in wire form, before which what lasts ``duration_s`` has ended."""
    return dates.to_wire(datetime.now(UTC) - timedelta(seconds=duration_s))


def _has_expired(session: RecordModel, record: RecordModel) -> bool:
    return bool(session["created"] < oldest(record.collection.options["mfa"]["duration"]))
