"""The first superuser: a link that lets whoever sees the server's output make one.

The link's token belongs to an account that exists only for this, and goes with the first real one.
"""

from __future__ import annotations

from auth_app import find, superusers
from auth_app.names import INSTALLER_EMAIL
from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app import records
from collections_app.schema.record_model import RecordModel
from core_app import ids

_VALID_S = 30 * 60
_PASSWORD_LENGTH = 30


def pending_link(base_url: str) -> str | None:
    """Return the address of the installer's page, ``None`` if there is a superuser already."""
    if superusers.exist():
        return None
    token = sign.issue(_account(), TokenKind.AUTH, duration_s=_VALID_S, refreshable=False)
    return f"{base_url.rstrip('/')}/_/install/{token}"


def holder_of(token: str) -> SignedIn | None:
    """Return the installer's account if ``token`` is a valid one of it, else ``None``."""
    try:
        signed_in = sign.verify(token, TokenKind.AUTH)
    except sign.InvalidToken:
        return None
    is_installer = signed_in.is_superuser and signed_in.get("email") == INSTALLER_EMAIL
    return signed_in if is_installer else None


def _account() -> RecordModel:
    collection = superusers.collection()
    account = find.by_email(collection, INSTALLER_EMAIL)
    if account is not None:
        return account
    password = ids.random_string(_PASSWORD_LENGTH)
    return records.create(collection, email=INSTALLER_EMAIL, password=password)
