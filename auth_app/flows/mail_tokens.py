"""The tokens in the links that we mail: whose they are, and what is wrong with them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from auth_app import forms, saving
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import passwords
from core_app.errors import BadRequest, FieldError
from core_app.transactions import write


def claims(token: str) -> dict[str, Any]:
    """Return what ``token`` says of itself, unverified; nothing for what is no token at all."""
    try:
        return sign.unverified_claims(token)
    except sign.InvalidToken:
        return {}


def record_of(token: str, kind: TokenKind, collection: CollectionDef) -> RecordModel:
    """Return the record of ``collection`` that ``token`` was made for. Raise ``FieldError``."""
    try:
        signed_in = sign.verify(token, kind)
    except sign.InvalidToken as error:
        raise _invalid() from error
    if signed_in.collection.id != collection.id:
        raise FieldError(
            "validation_token_collection_mismatch",
            "The provided token is for different auth collection.",
        )
    return signed_in.record()


def use(token: str, kind: TokenKind, record: RecordModel, message: str) -> None:
    """Store ``record``, which ``token`` let change; that ends the token. Raise ``BadRequest``.

    Of two requests with the same token only one gets through, whichever workers they meet: the
    other one finds it ended. ``message`` is told with what the fields refuse.
    """
    with suppress(passwords.TooLong):
        _ = record["password"].hash  # before the transaction; what is too long is refused in it
    with write():
        try:
            sign.verify(token, kind, to_change=True)
        except sign.InvalidToken as error:
            raise BadRequest(forms.VALIDATE_MESSAGE, {"token": _invalid()}) from error
        saving.save(record, message)


def _invalid() -> FieldError:
    return FieldError("validation_invalid_token", "Invalid or expired token.")
