"""Signing in with an identity (e-mail or another unique field) and a password."""

from __future__ import annotations

from typing import Any

from auth_app import find, forms, hooks, passwords
from auth_app.flows import finish
from auth_app.flows.attempts import attempt
from auth_app.hooks import PasswordAuthEvent
from collections_app.fields.formats import is_email
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest, Forbidden, InternalError
from core_app.request_info import RequestInfo

METHOD = "password"
DISABLED = "The collection is not configured to allow password authentication."


def sign_in(
    collection: CollectionDef,
    info: RequestInfo,
    *,
    identity: str,
    password: str,
    identity_field: str = "",
    mfa_id: str | None = "",
) -> dict[str, Any]:
    """Return the answer of a sign-in. Raise ``ApiError``.

    Unknown identities and wrong passwords look the same and take the same time.
    """
    fields = collection.options["passwordAuth"]["identityFields"]
    forms.refuse(
        {
            "identity": forms.text(identity, 1, 255),
            "password": forms.text(password, 1, 255),
            "identityField": forms.text(identity_field, 1, 255, optional=True)
            or forms.one_of(identity_field, fields),
        }
    )
    event = PasswordAuthEvent(
        collection=collection,
        record=_find(collection, identity, (identity_field,) if identity_field else fields),
        info=info,
        identity=identity,
        identity_field=identity_field,
        password=password,
    )
    with attempt(collection, info, METHOD) as made:
        hooks.ask(hooks.auth_with_password_request, collection, event)
        made.record = event.record
        if event.record is None:
            passwords.pretend_to_check(collection, event.password)
            raise BadRequest("Failed to authenticate.", reason="no record has this identity")
        if not passwords.is_right(event.record, event.password):
            raise BadRequest("Failed to authenticate.", reason="wrong password")
        return finish.answer(event.record, info, METHOD, mfa_id=mfa_id)


def require_enabled(collection: CollectionDef) -> None:
    """Raise ``Forbidden`` if nobody may sign in to ``collection`` with a password."""
    if not collection.options["passwordAuth"]["enabled"]:
        raise Forbidden(DISABLED)


def _find(collection: CollectionDef, identity: str, fields: tuple[str, ...]) -> RecordModel | None:
    """Return who ``identity`` names in the first of ``fields``, an address in ``email`` first."""
    names = list(fields)
    if len(names) > 1 and "email" in names:
        names.remove("email")
        if is_email(identity):
            names.insert(0, "email")
    try:
        for name in names:
            record = find.by_unique(collection, name, identity)
            if record is not None:
                return record
    except find.NotUnique as error:
        raise InternalError(reason=f"not unique any more: {error}") from error
    return None
