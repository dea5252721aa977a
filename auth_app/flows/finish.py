"""The end of every way to sign in: may this record be signed in, and what the client gets.

Source: PocketBase apis/record_helpers.go (recordAuthResponse).
"""

from __future__ import annotations

from typing import Any

from auth_app import hooks
from auth_app.flows import auth_origins, mfa
from auth_app.hooks import AuthEvent
from auth_app.names import SUPERUSERS
from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app.query import judge
from collections_app.query.errors import FilterError
from collections_app.records import present
from collections_app.schema import snapshot
from collections_app.schema.record_model import RecordModel
from core_app import networks
from core_app.errors import Forbidden
from core_app.request_info import RequestInfo
from core_app.settings_store import store

NOT_ALLOWED = "The request doesn't satisfy the collection requirements to authenticate."


def answer(
    record: RecordModel,
    info: RequestInfo,
    method: str,
    *,
    token: str = "",
    mfa_id: str | None = "",
    meta: Any = None,
) -> dict[str, Any]:
    """Return ``{"record", "token"[, "meta"]}`` for a record that has proved who it is.

    ``method`` is how (``password``, ``otp``, ``oauth2``), empty for refresh and impersonation,
    which need no second factor and alert nobody. ``token`` empty: a new one.
    Raise ``Forbidden``, ``mfa.SecondFactorNeeded``, ``BadRequest``.
    """
    if method:
        info = info.but(context=method)
    _check_address(record, info)
    _check_auth_rule(record, info)
    event = AuthEvent(
        collection=record.collection,
        record=record,
        info=info,
        method=method,
        token=token or sign.issue(record, TokenKind.AUTH, refreshable=True),
        meta=meta,
    )
    hooks.ask(hooks.record_auth_request, record.collection, event)
    if event.method:
        mfa.check(event.record, event.method, mfa_id, info)
    signed_in = SignedIn.of(event.record)
    body: dict[str, Any] = {
        "record": present.shown_record(
            event.record, info.but(auth=signed_in), info.query.get("expand", "")
        ),
        "token": event.token,
    }
    if event.method:
        auth_origins.remember(event.record, info)
    hooks.record_authenticated.send_robust(record.collection.name, event=event)
    return body if event.meta is None else {"meta": event.meta, **body}


def _check_address(record: RecordModel, info: RequestInfo) -> None:
    """Superusers may sign in only from the addresses that the settings list, if any."""
    allowed = store.current().superuser_ips
    if (
        record.collection.name == SUPERUSERS
        and allowed
        and not networks.is_listed(info.ip, allowed)
    ):
        raise Forbidden(reason=f"{info.ip} is not an address of superusers")


def _check_auth_rule(record: RecordModel, info: RequestInfo) -> None:
    """The rule is asked as who sends the request, so a superuser passes it for anyone."""
    rule = record.collection.options["authRule"]
    if rule == "" or info.is_superuser:
        return
    try:
        allowed = rule is not None and judge.passes_stored(
            snapshot.current(), record.collection, info, record.id, rule=rule
        )
    except FilterError as error:
        raise Forbidden(NOT_ALLOWED, reason=error.reason) from error
    if not allowed:
        raise Forbidden(NOT_ALLOWED)
