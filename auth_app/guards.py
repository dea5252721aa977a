"""Yes or no before a view's work begins: is somebody signed in, and is it the right one?"""

from __future__ import annotations

from django.http import HttpRequest

from auth_app.signed_in import SignedIn
from collections_app.schema.definition import CollectionDef
from core_app.errors import Forbidden, Unauthorized

NO_TOKEN = "The request requires valid record authorization token."  # noqa: S105 a message
NOT_ALLOWED = "The authorized record is not allowed to perform this action."


def require_auth(request: HttpRequest) -> SignedIn:
    """Return who is signed in. Raise ``Unauthorized`` for a guest."""
    record: SignedIn | None = getattr(request, "auth_record", None)
    if record is None:
        raise Unauthorized(NO_TOKEN)
    return record


def require_superuser(request: HttpRequest) -> SignedIn:
    """Return the signed-in superuser. Raise ``Unauthorized`` or ``Forbidden``."""
    record = require_auth(request)
    if not record.is_superuser:
        raise Forbidden(NOT_ALLOWED)
    return record


def require_same_collection(request: HttpRequest, collection: CollectionDef) -> SignedIn:
    """Return who is signed in, a record of ``collection``. Raise ``Unauthorized``, ``Forbidden``.

    The message names the caller's collection, as PocketBase's does.
    """
    record = require_auth(request)
    if record.collection.id != collection.id:
        raise Forbidden(
            f"The request requires auth record from {record.collection.name} collection."
        )
    return record
