"""Claims of the id tokens that providers sign. Source: PocketBase tools/auth/{oidc,apple}.go."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from auth_app.oauth2.session import ask

Claims = dict[str, Any]

APPLE_KEYS = "https://appleid.apple.com/auth/keys"
APPLE_ISSUER = "https://appleid.apple.com"
#: kinds of keys that signatures are checked with
_KEY_TYPES = ("RSA", "OKP")


def leeway_s() -> int:
    """Return by how many seconds a provider's clock may differ from ours."""
    return int(os.environ.get("PB_ID_TOKEN_LEEWAY") or 300)


def claims_of(
    id_token: str,
    *,
    audience: str = "",
    issuers: Iterable[str] = (),
    keys_url: str = "",
    must_expire: bool = False,
) -> Claims:
    """Return the claims after checking what is asked for. Raise one of ``FAILURES``.

    Without ``keys_url`` the signature is not checked: the token came straight from the provider's
    own address.
    """
    if not id_token:
        raise OAuth2Error("the answer holds no id_token")
    try:
        claims = _signed_claims(id_token, keys_url) if keys_url else _claims(id_token)
    except jwt.InvalidTokenError as error:
        raise OAuth2Error(f"id_token: {error}") from error
    _check_times(claims, must_expire=must_expire)
    given = claims.get("aud")
    if audience and audience not in (given if isinstance(given, list) else [given]):
        raise OAuth2Error("id_token: made for somebody else")
    wanted = tuple(issuers)
    if wanted and claims.get("iss") not in wanted:
        raise OAuth2Error("id_token: another issuer")
    return claims


def apple_claims(id_token: str, client_id: str) -> Claims:
    """Return the claims of Apple's id token, everything checked."""
    return claims_of(
        id_token,
        audience=client_id,
        issuers=(APPLE_ISSUER,),
        keys_url=APPLE_KEYS,
        must_expire=True,
    )


def _claims(id_token: str) -> Claims:
    claims: Claims = jwt.decode(id_token, options={"verify_signature": False})
    return claims


def _signed_claims(id_token: str, keys_url: str) -> Claims:
    key = _key(keys_url, str(jwt.get_unverified_header(id_token).get("kid") or ""))
    unchecked = ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss")
    options = {**dict.fromkeys(unchecked, False), "verify_sub": False, "verify_jti": False}
    claims: Claims = jwt.decode(
        id_token,
        key.key,
        algorithms=[key.algorithm_name],
        options=options,  # type: ignore[arg-type]
    )
    return claims


def _key(keys_url: str, key_id: str) -> jwt.PyJWK:
    """Return the provider's public key with this id."""
    answer = ask("GET", keys_url)
    keys: list[Mapping[str, Any]] = answer.get("keys") or [] if isinstance(answer, dict) else []
    for item in keys:
        if key_id and item.get("kid") == key_id and item.get("kty") in _KEY_TYPES:
            if not item.get("alg"):
                break
            try:
                return jwt.PyJWK(dict(item))
            except jwt.PyJWTError as error:
                raise OAuth2Error(f"{keys_url}: {error}") from error
    raise OAuth2Error(f"{keys_url}: no usable key {key_id!r}")


def _check_times(claims: Claims, *, must_expire: bool) -> None:
    now, leeway = time.time(), leeway_s()
    ends, begins = claims.get("exp"), claims.get("iat")
    if must_expire and ends is None:
        raise OAuth2Error("id_token: no expiry")
    if ends is not None and (not _is_number(ends) or now >= ends + leeway):
        raise OAuth2Error("id_token: expired")
    if begins is not None and (not _is_number(begins) or now < begins - leeway):
        raise OAuth2Error("id_token: from the future")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
