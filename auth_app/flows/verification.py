"""Proving that an address belongs to the record: a link by mail, and following it."""

from __future__ import annotations

from auth_app import background, counters, find, forms, hooks, mails, passwords, saving
from auth_app.flows import mail_tokens
from auth_app.forms import NothingSent
from auth_app.hooks import RecordAuthEvent
from auth_app.names import SUPERUSERS
from auth_app.tokens.kinds import TokenKind
from collections_app.fields.casting import to_text
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest, FieldError, required
from core_app.request_info import RequestInfo

#: seconds before the next mail to the same record
RESEND_AFTER_S = 120


def refuse_superusers(collection: CollectionDef) -> None:
    """Raise ``BadRequest`` for the collection whose records need no proof."""
    if collection.name == SUPERUSERS:
        raise BadRequest("All superusers are verified by default.")


def request(collection: CollectionDef, email: str, info: RequestInfo) -> None:
    """Mail a link to the unverified record with this address. Raise ``NothingSent``."""
    forms.refuse({"email": forms.email(email)})
    record = find.by_email(collection, email)
    if record is None:
        raise NothingSent(f"no record of {collection.name} has this address")
    event = RecordAuthEvent(collection=collection, record=record, info=info)
    hooks.ask(hooks.verification_request, collection, event)
    if event.record["verified"]:
        return
    if counters.hit(_lock(event.record), RESEND_AFTER_S) > 1:
        raise NothingSent("the last mail is too recent")
    background.run(mails.send_verification, event.record)


def confirm(collection: CollectionDef, token: str, info: RequestInfo) -> None:
    """Mark the record that ``token`` names as verified. Raise ``BadRequest``."""
    record = _record_of(collection, token)
    event = RecordAuthEvent(collection=collection, record=record, info=info)
    hooks.ask(hooks.verification_confirm_request, collection, event)
    record = event.record
    if not record["verified"]:
        record.put("verified", True)
        if not collection.options["passwordAuth"]["enabled"]:
            passwords.set_random(record)
        saving.save(record, "An error occurred while saving the verified state.")
        hooks.tell(hooks.record_verified, record, info)
    counters.forget(_lock(record))


def _lock(record: RecordModel) -> str:
    return f"verification:{record.collection.id}:{record.id}"


def _record_of(collection: CollectionDef, token: str) -> RecordModel:
    """Return the record of a verification token that was sent to its present address."""
    try:
        if not token:
            raise required()
        email = to_text(mail_tokens.claims(token).get("email"))
        if not email:
            raise FieldError("validation_invalid_token_claims", "Missing email token claim.")
        record = mail_tokens.record_of(token, TokenKind.VERIFICATION, collection)
        if record["email"] != email:
            raise FieldError(
                "validation_token_email_mismatch",
                "The record email doesn't match with the requested token claims.",
            )
    except FieldError as error:
        raise BadRequest(forms.VALIDATE_MESSAGE, {"token": error}) from error
    return record
