"""Settings at rest: plain JSON, or sealed with the operator's key. In PocketBase's form.

Sealed is base64 of a nonce of 12 bytes and AES-GCM's ciphertext. What is stored in plain stays so
until the settings are saved again.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Sealed(Exception):
    """The stored settings cannot be opened."""

    def __init__(self) -> None:
        super().__init__(
            "invalid settings db data or missing encryption key: HOLDALL_ENCRYPTION_KEY is not the "
            "key that the settings were saved with"
        )


def seal(values: dict[str, Any]) -> str:
    """Return what is stored for ``values``."""
    text = json.dumps(values, ensure_ascii=False)
    key: str = settings.HOLDALL_ENCRYPTION_KEY
    if not key:
        return text
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key.encode()).encrypt(nonce, text.encode(), None)
    return base64.b64encode(nonce + sealed).decode()


def unseal(stored: str) -> dict[str, Any]:
    """Return the values of what is stored. Raise ``Sealed``."""
    try:
        found: dict[str, Any] = json.loads(stored)
        return found
    except json.JSONDecodeError:
        pass
    key: str = settings.HOLDALL_ENCRYPTION_KEY
    if not key:
        raise Sealed
    try:
        raw = base64.b64decode(stored, validate=True)
        opened = AESGCM(key.encode()).decrypt(raw[:_NONCE], raw[_NONCE:], None)
        found = json.loads(opened)
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise Sealed from error
    return found
