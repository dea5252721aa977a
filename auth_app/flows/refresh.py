"""A new token for one that still works, and a token for somebody else by a superuser."""

from __future__ import annotations

from typing import Any

from auth_app import hooks
from auth_app.flows import finish
from auth_app.hooks import RecordAuthEvent
from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app.fields.casting import to_bool
from collections_app.schema.record_model import RecordModel
from core_app.request_info import RequestInfo


def refresh(signed_in: SignedIn, token: str, info: RequestInfo) -> dict[str, Any]:
    """Return the answer for who is signed in; a ``token`` that may not be refreshed stays."""
    record = signed_in.record()
    event = RecordAuthEvent(collection=record.collection, record=record, info=info)
    hooks.ask(hooks.auth_refresh_request, record.collection, event)
    is_refreshable = to_bool(signed_in.claims.get("refreshable"))
    return finish.answer(event.record, info, "", token="" if is_refreshable else token)


def impersonate(record: RecordModel, duration_s: int, info: RequestInfo) -> dict[str, Any]:
    """Return the answer with a token of ``record`` that cannot be refreshed; 0: usual duration."""
    token = sign.issue(record, TokenKind.AUTH, duration_s=duration_s, refreshable=False)
    return finish.answer(record, info, "", token=token)
