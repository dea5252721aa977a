"""Who asks: the ``Authorization`` header -> the signed-in record, or nobody."""

from __future__ import annotations

from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind

_BEARER = "bearer "


def authenticate(header: str) -> SignedIn | None:
    """Return the record behind an ``Authorization`` header; ``None`` for a guest.

    A token that is wrong in any way is no error: who sends it is a guest.
    """
    token = token_of(header)
    if not token:
        return None
    try:
        return sign.verify(token, TokenKind.AUTH)
    except sign.InvalidToken:
        return None


def token_of(header: str) -> str:
    """Return the token in ``TOKEN`` or ``Bearer TOKEN`` (in any case)."""
    if len(header) > len(_BEARER) and header[: len(_BEARER)].lower() == _BEARER:
        return header[len(_BEARER) :]
    return header
