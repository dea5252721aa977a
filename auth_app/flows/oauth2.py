"""Signing in with the account of an OAuth2 provider: its code -> its user -> our record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from allauth.socialaccount.models import SocialToken

from auth_app import hooks, saving
from auth_app.flows import finish
from auth_app.flows.attempts import attempt
from auth_app.hooks import OAuth2Event
from auth_app.oauth2 import apple, exchange, link, providers
from auth_app.oauth2.base import Profile
from auth_app.oauth2.session import FAILURES, time_limit
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import dates
from core_app.bodies import LOAD_MESSAGE
from core_app.errors import BadRequest, FieldError, Forbidden, required
from core_app.request_info import RequestInfo
from core_app.transactions import write

METHOD = "oauth2"
DISABLED = "The collection is not configured to allow OAuth2 authentication."
_LONGEST_NAME = 100


def require_enabled(collection: CollectionDef) -> None:
    """Raise ``Forbidden`` if nobody may sign in to ``collection`` through a provider."""
    if not collection.options["oauth2"]["enabled"]:
        raise Forbidden(DISABLED)


def sign_in(
    collection: CollectionDef,
    info: RequestInfo,
    *,
    provider: str,
    code: str,
    verifier: str = "",
    redirect_url: str = "",
    create_data: dict[str, Any],
    mfa_id: str | None = "",
) -> dict[str, Any]:
    """Return the answer of a sign-in, with the provider's user as ``meta``. Raise ``ApiError``."""
    config = _checked(collection, provider, code)
    info = info.but(context=METHOD)
    with attempt(collection, info, METHOD) as made:
        token, profile = _ask(config, code, verifier, redirect_url)
        event = OAuth2Event(
            collection=collection,
            record=link.meant(collection, provider, profile, info),
            info=info,
            provider=provider,
            user=profile,
            create_data=create_data,
        )
        hooks.ask(hooks.auth_with_oauth2_request, collection, event)
        is_new = event.record is None
        made.record = record = _linked(event)
        meta = _meta(event.user, token, is_new=is_new)
        return finish.answer(record, info, METHOD, mfa_id=mfa_id, meta=meta)


def _checked(collection: CollectionDef, provider: str, code: str) -> Mapping[str, Any]:
    """Return the collection's settings of ``provider``. Raise ``BadRequest``."""
    configs: dict[str, Mapping[str, Any]] = {
        item["name"]: item for item in collection.options["oauth2"]["providers"]
    }
    errors: dict[str, FieldError] = {}
    if not code:
        errors["code"] = required()
    if not provider:
        errors["provider"] = required()
    elif len(provider.encode()) > _LONGEST_NAME:
        message = f"The length must be no more than {_LONGEST_NAME}."
        params = {"min": 0, "max": _LONGEST_NAME}
        errors["provider"] = FieldError("validation_length_too_long", message, params)
    elif provider not in configs or provider not in providers.PROVIDERS:
        message = f"Provider with name {provider} is missing or is not enabled."
        errors["provider"] = FieldError("validation_invalid_provider", message, {"name": provider})
    if errors:
        raise BadRequest(LOAD_MESSAGE, errors)
    return configs[provider]


def _ask(
    config: Mapping[str, Any], code: str, verifier: str, redirect_url: str
) -> tuple[SocialToken, Profile]:
    """Return what the provider says of the user. Raise ``BadRequest``."""
    provider = providers.of(config)
    adapter = provider.oauth2_adapter_class(provider, redirect_url)
    with time_limit():
        with _refusing("Failed to fetch OAuth2 token."):
            answer = exchange.fetch(adapter, code, verifier)
            token = adapter.parse_token(answer)
        with _refusing("Failed to fetch OAuth2 user."):
            profile = provider.fetch(adapter, token, answer)
    if provider.id == "apple" and not profile.name:
        profile.name = apple.take_name(code)
    return token, profile


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    """Turn what goes wrong at the provider into a ``BadRequest``."""
    try:
        yield
    except FAILURES as error:
        raise BadRequest(message, reason=f"{type(error).__name__}: {error}") from error


def _linked(event: OAuth2Event) -> RecordModel:
    """Return the record that is now linked to the provider's user: all of it, or nothing."""
    payload = {}
    if event.record is None:
        payload = link.payload_of(event.collection, event.create_data, event.user)
    becomes_verified = False
    with write():
        record = event.record
        if record is None:
            record = link.create(event.collection, payload, event.user, event.info)
        with saving.refusing("Failed to authenticate."):
            if event.record is not None:
                becomes_verified = link.update(record, event.user, event.info)
            link.link(record, event.provider, event.user.id)
    if becomes_verified:
        hooks.tell(hooks.record_verified, record, event.info)
    return record


def _meta(profile: Profile, token: SocialToken, *, is_new: bool) -> dict[str, Any]:
    return {
        "id": profile.id,
        "name": profile.name,
        "username": profile.username,
        "email": profile.email,
        "avatarURL": profile.avatar_url,
        "avatarUrl": profile.avatar_url,  # what older clients read
        "accessToken": token.token,
        "refreshToken": token.token_secret,
        "expiry": dates.to_wire(token.expires_at) if token.expires_at else "",
        "rawUser": profile.raw,
        "isNew": is_new,
    }
