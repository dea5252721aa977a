"""Passwords in bcrypt's own ``$2a$`` form, as PocketBase stores them.

Hashing takes tens of milliseconds and frees the interpreter meanwhile: do it before a transaction.
The system's libxcrypt does it where it is there (measured: 62 ms of CPU at cost 10, the package
``bcrypt`` 73 ms), else the package.
"""

from __future__ import annotations

import ctypes
import hmac
from collections.abc import Callable

import bcrypt

LEAST_COST, GREATEST_COST = 4, 31
#: bcrypt sees no more of a password than this
MAX_BYTES = 72


class TooLong(ValueError):
    """A password has more than 72 bytes."""


def make_hash(plain: str, cost: int) -> str:
    """Return the hash of ``plain``. Raise ``TooLong``; ``cost`` is 4 to 31."""
    raw = plain.encode()
    if len(raw) > MAX_BYTES:
        raise TooLong
    return _hashed(raw, bcrypt.gensalt(cost, b"2a")).decode()


def verify(plain: str, hashed: str) -> bool:
    """Whether ``plain`` is the password behind ``hashed``; never for an empty or foreign hash.

    Only the first 72 bytes count.
    """
    if not hashed:
        return False
    try:
        given = hashed.encode()
        return hmac.compare_digest(_hashed(plain.encode()[:MAX_BYTES], given), given)
    except ValueError:
        return False


_Crypt = Callable[[bytes, bytes, ctypes.Array[ctypes.c_char], int], bytes | None]
_CRYPT_DATA_BYTES = 32768  # what libxcrypt's crypt_rn works in


def _load_crypt() -> _Crypt | None:
    """Return libxcrypt's ``crypt_rn`` if the system has one that makes bcrypt hashes."""
    for name in ("libcrypt.so.1", "libcrypt.so.2"):
        try:
            function = ctypes.CDLL(name).crypt_rn
        except (OSError, AttributeError):
            continue
        function.restype = ctypes.c_char_p
        function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
        salt = b"$2y$04$abcdefghijklmnopqrstuu"
        wanted = bcrypt.hashpw(b"\xff\xa3", salt)
        if function(b"\xff\xa3", salt, _room(), _CRYPT_DATA_BYTES) == wanted:
            return function
    return None


def _hashed(raw: bytes, salt: bytes) -> bytes:
    """Return the hash of ``raw`` with the salt and cost of ``salt``, which may be a whole hash.

    Raise ``ValueError`` for what is no bcrypt salt.
    """
    if _crypt is None or b"\0" in raw or salt[:4] not in _SAME:
        return bcrypt.hashpw(raw, salt)
    # libxcrypt's "2a" differs from everybody's for some passwords, its "2y" does not
    made = _crypt(raw, b"$2y$" + salt[4:], _room(), _CRYPT_DATA_BYTES)
    if made is None or not made.startswith(b"$2y$"):
        raise ValueError("not a bcrypt salt")
    return salt[:4] + made[4:]


def _room() -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(_CRYPT_DATA_BYTES)


#: prefixes that name the same algorithm
_SAME = (b"$2a$", b"$2b$", b"$2y$")
_crypt = _load_crypt()
