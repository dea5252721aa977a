"""The secret that Apple wants of its clients: a token that they sign themselves, for a while."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from core_app.errors import BadRequest, FieldError, required

AUDIENCE = "https://appleid.apple.com"
LONGEST_S = 15_777_000  # six months
_ID_LENGTH = 10
_PEM = re.compile(
    r"\s*-----BEGIN PRIVATE KEY-----.+-----END PRIVATE KEY-----\s*", re.ASCII | re.DOTALL
)


def generate(
    *, client_id: str, team_id: str, key_id: str, private_key: str, duration_s: int
) -> str:
    """Return the secret, an ES256 token. Raise ``BadRequest``."""
    errors = {
        "clientId": None if client_id else required(),
        "teamId": _exactly(team_id, _ID_LENGTH),
        "keyId": _exactly(key_id, _ID_LENGTH),
        "privateKey": _pem_error(private_key),
        "duration": _duration_error(duration_s),
    }
    found = {name: error for name, error in errors.items() if error is not None}
    if found:
        raise BadRequest("Invalid client secret data.", found)
    now = int(time.time())
    claims: Mapping[str, Any] = {
        "iss": team_id,
        "sub": client_id,
        "aud": [AUDIENCE],
        "exp": now + duration_s,
        "iat": now,
    }
    return jwt.encode(dict(claims), _key_of(private_key), "ES256", {"kid": key_id})


def _key_of(pem: str) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem.strip().encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _refused("invalid key: Key must be a PEM encoded PKCS1 or PKCS8 key") from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise _refused("key is not a valid ECDSA private key")
    return key


def _refused(why: str) -> BadRequest:
    return BadRequest(f"Failed to generate client secret. Raw error: \n{why}")


def _exactly(value: str, length: int) -> FieldError | None:
    if not value:
        return required()
    if len(value.encode()) == length:
        return None
    message = f"The length must be exactly {length}."
    return FieldError("validation_length_invalid", message, {"min": length, "max": length})


def _pem_error(value: str) -> FieldError | None:
    if not value:
        return required()
    if _PEM.fullmatch(value):
        return None
    return FieldError("validation_match_invalid", "Must be in a valid format.")


def _duration_error(value: int) -> FieldError | None:
    if value == 0:
        return required()
    if value < 1:
        code, text, limit = "min_greater_equal_than", "no less than", 1
    elif value > LONGEST_S:
        code, text, limit = "max_less_equal_than", "no greater than", LONGEST_S
    else:
        return None
    message = f"Must be {text} {limit}."
    return FieldError(f"validation_{code}_required", message, {"threshold": limit})
