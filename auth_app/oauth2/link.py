"""Whose account a provider's user is: finding it, making it, and linking the two.

A link is a row of ``_externalAuths``. Accounts whose address nobody has proved are taken over by
whoever the provider vouches for, so that nobody keeps a way in to an address that is not theirs.
Source: PocketBase apis/record_auth_with_oauth2.go.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import QuerySet

from auth_app import belongings, find, passwords
from auth_app.names import EXTERNAL_AUTHS, SUPERUSERS
from auth_app.oauth2 import avatars
from auth_app.oauth2.base import Profile
from collections_app.fields.text import TextField
from collections_app.records import service
from collections_app.schema import indexes, lookup
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import BadRequest, FieldError
from core_app.request_info import RequestInfo

logger = logging.getLogger("holdall.auth")


def linked(collection: CollectionDef, provider: str, user_id: str) -> RecordModel | None:
    """Return the record that is linked to a provider's user, or ``None``."""
    row = _links(collection, provider, user_id).first()
    return None if row is None else find.by_id(collection, row["recordRef"])


def meant(
    collection: CollectionDef, provider: str, profile: Profile, info: RequestInfo
) -> RecordModel | None:
    """Return whose account it is: linked before, signed in now, or with the same address."""
    record = linked(collection, provider, profile.id)
    if record is not None:
        return record
    auth = info.auth
    if auth is not None and auth.collection_id == collection.id:
        return find.by_id(collection, auth.id)
    return find.by_email(collection, profile.email) if profile.email else None


def create(
    collection: CollectionDef, payload: dict[str, Any], profile: Profile, info: RequestInfo
) -> RecordModel:
    """Make an account as ``POST /records`` would, under the collection's create rule."""
    if collection.name == SUPERUSERS:
        raise BadRequest(reason="superusers do not sign up through providers")
    record = service.create(collection, payload, info.but(method="POST", body=payload))
    if record["email"] == profile.email and not record["verified"]:
        record.put("verified", True)
        record.save()
    return record


def update(record: RecordModel, profile: Profile, info: RequestInfo) -> bool:
    """Bring an existing account in line with what the provider vouches for.

    Return whether it has become verified.
    """
    if record["verified"] and record["email"]:
        return False
    was_verified = record["verified"]
    if not was_verified:
        if record["email"] and not _is_own(record, info):
            passwords.set_random(record)
        belongings.drop(EXTERNAL_AUTHS, record)
        if record["email"] in ("", profile.email):
            record.put("verified", True)
    if not record["email"] and profile.email:
        record["email"] = profile.email
    record.save()
    return bool(record["verified"]) and not was_verified


def link(record: RecordModel, provider: str, user_id: str) -> None:
    """Link ``record`` to a provider's user, unless it is.

    An account in the trash that was linked to this user before will come back without the link.
    """
    if belongings.of(EXTERNAL_AUTHS, record, provider=provider, providerId=user_id):
        return
    for old in _links(record.collection, provider, user_id):
        if find.by_id(record.collection, old["recordRef"]) is None:
            old.delete()
    belongings.add(EXTERNAL_AUTHS, record, provider=provider, providerId=user_id)


def payload_of(
    collection: CollectionDef, create_data: dict[str, Any], profile: Profile
) -> dict[str, Any]:
    """Return the body that an account is made of: what the app sent, then what the provider knows.

    Pictures are fetched here, passwords hashed: nothing slow is left for the transaction.
    """
    payload = dict(create_data)
    mapped = collection.options["oauth2"]["mappedFields"]
    if not isinstance(payload.get("email"), str) or not payload["email"]:
        payload["email"] = profile.email
    for key, value in (("id", profile.id), ("name", profile.name)):
        if mapped[key]:
            payload.setdefault(mapped[key], value)
    username = mapped["username"]
    if username and username not in payload and _is_free(collection, username, profile.username):
        payload[username] = profile.username
    avatar = mapped["avatarURL"]
    if avatar and avatar not in payload:
        payload[avatar] = _avatar(collection, avatar, profile.avatar_url)
    if "password" not in payload:
        payload["password"] = passwords.random_of(collection)
    return payload


def _links(collection: CollectionDef, provider: str, user_id: str) -> QuerySet[Any]:
    """Return the rows (one at most) that link a provider's user to a record of ``collection``."""
    return lookup.get_model(EXTERNAL_AUTHS).objects.filter(
        collectionRef=collection.id, provider=provider, providerId=user_id
    )


def _is_own(record: RecordModel, info: RequestInfo) -> bool:
    """Whether the request comes from the record itself."""
    auth = info.auth
    return auth is not None and auth.id == record.id and auth.collection_id == record.collection.id


def _is_free(collection: CollectionDef, name: str, username: str) -> bool:
    """Whether ``username`` fits the text field ``name`` and nobody has it."""
    field = collection.by_name.get(name)
    if not isinstance(field, TextField):
        return False
    try:
        field.validate(username)
    except FieldError:
        return False
    if indexes.unique_on(collection.indexes, name) is None:
        return True
    return find.by_unique(collection, name, username) is None


def _avatar(collection: CollectionDef, name: str, url: str) -> Any:
    """Return the picture for a field of files, the address itself for any other."""
    if collection.by_name[name].type_name != "file":
        return url
    if not url:
        return ""
    try:
        return avatars.download(url)
    except avatars.NoPicture as error:
        logger.warning("no avatar: %s", error)
        return ""
