"""The ways to sign in to a collection, as clients are told."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from auth_app.oauth2 import providers
from collections_app.schema.definition import CollectionDef
from core_app import ids

_STATE_LENGTH = 30
_VERIFIER_LENGTH = 43


def of(collection: CollectionDef) -> dict[str, Any]:
    """Return the JSON of ``auth-methods``; states and verifiers are new each time."""
    options = collection.options
    password, mfa, otp, oauth2 = (
        options[name] for name in ("passwordAuth", "mfa", "otp", "oauth2")
    )
    fields = list(password["identityFields"]) if password["enabled"] else []
    shown = _providers(oauth2["providers"]) if oauth2["enabled"] else []
    return {
        "password": {"identityFields": fields, "enabled": password["enabled"]},
        "oauth2": {"providers": shown, "enabled": oauth2["enabled"]},
        "mfa": _timed(mfa),
        "otp": _timed(otp),
        # what clients older than these four keys read
        "authProviders": [{**provider, "logo": ""} for provider in shown],
        "usernamePassword": "username" in fields,
        "emailPassword": "email" in fields,
    }


def _timed(option: Mapping[str, Any]) -> dict[str, Any]:
    enabled = option["enabled"]
    return {"enabled": enabled, "duration": option["duration"] if enabled else 0}


def _providers(configs: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_provider(config) for config in configs if config["name"] in providers.PROVIDERS]


def _provider(config: Mapping[str, Any]) -> dict[str, Any]:
    provider = providers.of(config)
    state = ids.random_string(_STATE_LENGTH)
    verifier = ids.random_string(_VERIFIER_LENGTH) if provider.has_pkce else ""
    challenge = _challenge(verifier) if verifier else ""
    url = provider.sign_in_url(state, challenge)
    return {
        "name": provider.id,
        "displayName": provider.app.name,
        "logo": provider.logo(),
        "state": state,
        "authURL": url,
        "authUrl": url,
        "codeVerifier": verifier,
        "codeChallenge": challenge,
        "codeChallengeMethod": "S256" if verifier else "",
    }


def _challenge(verifier: str) -> str:
    """Return the S256 code challenge of PKCE (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
