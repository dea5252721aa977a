"""A new address: a link mailed to it, and following the link with the account's password."""

from __future__ import annotations

from auth_app import find, forms, hooks, mails, passwords
from auth_app.flows import mail_tokens
from auth_app.hooks import EmailChangeEvent
from auth_app.names import SUPERUSERS
from auth_app.signed_in import SignedIn
from auth_app.tokens.kinds import TokenKind
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest, FieldError, required
from core_app.mail.transport import MailFailed
from core_app.request_info import RequestInfo


def refuse_superusers(collection: CollectionDef) -> None:
    """Raise ``BadRequest`` for the collection whose records need no proof."""
    if collection.name == SUPERUSERS:
        raise BadRequest("All superusers can change their emails directly.")


def request(signed_in: SignedIn, new_email: str, info: RequestInfo) -> None:
    """Mail a link to ``new_email``, and wait until it is sent. Raise ``BadRequest``."""
    collection = signed_in.collection
    record = signed_in.record()
    forms.refuse({"newEmail": forms.email(new_email) or _taken(record, new_email)})
    event = EmailChangeEvent(collection=collection, record=record, info=info, new_email=new_email)
    hooks.ask(hooks.email_change_request, collection, event)
    try:
        mails.send_email_change(event.record, event.new_email)
    except MailFailed as error:
        raise BadRequest("Failed to request email change.", reason=str(error)) from error


def confirm(collection: CollectionDef, info: RequestInfo, *, token: str, password: str) -> None:
    """Give the record that ``token`` names its new address, proved. Raise ``BadRequest``."""
    new_email = mail_tokens.claims(token).get("newEmail")
    record: RecordModel | None = None
    errors: dict[str, FieldError | None] = {"token": None, "password": forms.text(password, 1, 100)}
    try:
        record = _record_of(collection, token, new_email)
    except FieldError as error:
        errors["token"] = error
    if errors["password"] is None and (record is None or not passwords.is_right(record, password)):
        errors["password"] = FieldError(
            "validation_invalid_password", "Missing or invalid auth record password."
        )
    forms.refuse(errors)
    assert record is not None  # noqa: S101 without one there is an error
    event = EmailChangeEvent(
        collection=collection, record=record, info=info, new_email=str(new_email)
    )
    hooks.ask(hooks.email_change_confirm_request, collection, event)
    record = event.record
    record["email"] = event.new_email
    record.put("verified", True)
    mail_tokens.use(token, TokenKind.EMAIL_CHANGE, record, "Failed to confirm email change.")
    hooks.tell(hooks.email_changed, record, info)


def _taken(record: RecordModel, new_email: str) -> FieldError | None:
    if new_email == record["email"]:
        return FieldError("validation_not_in_invalid", "Must not be in list.")
    if find.by_email(record.collection, new_email) is not None:
        return FieldError("validation_invalid_new_email", "Invalid new email address.")
    return None


def _record_of(collection: CollectionDef, token: str, new_email: object) -> RecordModel:
    """Return the record of a token that names an address which is still free."""
    if not token:
        raise required()
    if not isinstance(new_email, str) or not new_email:
        raise FieldError(
            "validation_invalid_token_payload", "Invalid token payload - newEmail must be set."
        )
    record = mail_tokens.record_of(token, TokenKind.EMAIL_CHANGE, collection)
    if find.by_email(collection, new_email) is not None:
        raise FieldError("validation_invalid_token_email", "The new email address is invalid.")
    return record
