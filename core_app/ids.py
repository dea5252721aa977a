"""Random ids and secrets, and the stable ids that PocketBase derives from names."""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Callable
from itertools import count

LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
RECORD_ID_LENGTH = 15

# A byte below 252 (= 7 * 36) picks one of 36 characters without bias; the last 4 are dropped.
_LOWER_BY_BYTE = (LOWER * 8)[:256].encode()


def record_id() -> str:
    """Return 15 random characters of ``[a-z0-9]``, the id of a new record."""
    return random_lower(RECORD_ID_LENGTH)


def random_lower(length: int) -> str:
    """Return ``length`` random characters of ``[a-z0-9]``."""
    out = b""
    while len(out) < length:
        out += os.urandom(length + 8).translate(_LOWER_BY_BYTE, b"\xfc\xfd\xfe\xff")
    return out[:length].decode()


def random_string(length: int, alphabet: str = ALNUM) -> str:
    """Return ``length`` random characters of ``alphabet``, fit for secrets."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def stable_id(prefix: str, text: str) -> str:
    """Return ``prefix`` + CRC-32 (IEEE) of ``text`` in decimal, as PocketBase names its schema."""
    return f"{prefix}{zlib.crc32(text.encode())}"


def first_free(stable: str, is_taken: Callable[[str], bool]) -> str:
    """Return ``stable``, or with the first of 2, 3, … behind it that is not taken."""
    if not is_taken(stable):
        return stable
    return next(name for n in count(2) if not is_taken(name := f"{stable}{n}"))
