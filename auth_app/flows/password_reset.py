"""A forgotten password: a link by mail, and a new password by following it."""

from __future__ import annotations

from auth_app import background, counters, find, forms, hooks, mails
from auth_app.flows import mail_tokens
from auth_app.flows.password import DISABLED
from auth_app.flows.verification import RESEND_AFTER_S
from auth_app.forms import NothingSent
from auth_app.hooks import RecordAuthEvent
from auth_app.names import INSTALLER_EMAIL
from auth_app.record_form import mismatch
from auth_app.tokens.kinds import TokenKind
from collections_app.fields.casting import to_text
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest, FieldError, required
from core_app.request_info import RequestInfo


def request(collection: CollectionDef, email: str, info: RequestInfo) -> None:
    """Mail a link to the record with this address. Raise ``NothingSent``."""
    forms.refuse({"email": forms.email(email)})
    record = find.by_email(collection, email)
    if record is None or record["email"] == INSTALLER_EMAIL:
        raise NothingSent(f"no record of {collection.name} has this address")
    event = RecordAuthEvent(collection=collection, record=record, info=info)
    hooks.ask(hooks.password_reset_request, collection, event)
    if counters.hit(_lock(event.record), RESEND_AFTER_S) > 1:
        raise NothingSent("the last mail is too recent")
    background.run(_send, event.record)


def require_enabled(collection: CollectionDef) -> None:
    """Raise ``BadRequest`` where a new password would be of no use."""
    if not collection.options["passwordAuth"]["enabled"]:
        raise BadRequest(DISABLED)


def confirm(
    collection: CollectionDef, info: RequestInfo, *, token: str, password: str, repeated: str
) -> None:
    """Give the record that ``token`` names a new password. Raise ``BadRequest``.

    Whoever could follow the link reads the mailbox, so the address counts as verified.
    """
    errors: dict[str, FieldError | None] = {
        "password": forms.text(password, _shortest(collection), 255),
        "passwordConfirm": required() if not repeated else None,
    }
    if repeated and repeated != password:
        errors["passwordConfirm"] = mismatch()
    record = None
    try:
        if not token:
            raise required()
        record = mail_tokens.record_of(token, TokenKind.PASSWORD_RESET, collection)
    except FieldError as error:
        errors["token"] = error
    forms.refuse(errors)
    assert record is not None  # noqa: S101 without one there is an error
    event = RecordAuthEvent(collection=collection, record=record, info=info)
    hooks.ask(hooks.password_reset_confirm_request, collection, event)
    record = event.record
    record["password"] = password
    becomes_verified = not record["verified"] and record["email"] == to_text(
        mail_tokens.claims(token).get("email")
    )
    if becomes_verified:
        record.put("verified", True)
    mail_tokens.use(token, TokenKind.PASSWORD_RESET, record, "Failed to set new password.")
    counters.forget(_lock(record))
    hooks.tell(hooks.password_reset, record, info)
    if becomes_verified:
        hooks.tell(hooks.record_verified, record, info)


def _send(record: RecordModel) -> None:
    try:
        mails.send_password_reset(record)
    except Exception:
        counters.forget(_lock(record))
        raise


def _lock(record: RecordModel) -> str:
    return f"password-reset:{record.collection.id}:{record.id}"


def _shortest(collection: CollectionDef) -> int:
    return max(1, int(getattr(collection.by_name["password"].options, "min", 0)))
