"""Signed tokens: claims in, text out, and back to the record that they name.

HS256 JWTs; the key is the record's ``tokenKey`` followed by the secret that its collection keeps
for this kind of token, so a token dies when either changes or the record goes. No other algorithm
is ever accepted, whatever a token's header says.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

import jwt
import orjson

from auth_app.signed_in import SignedIn
from auth_app.tokens.kinds import TokenKind
from collections_app.records import rows
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef

ALGORITHM = "HS256"
#: how many verified tokens a process remembers; each is a few hundred bytes
REMEMBERED = 4096

_signer = jwt.PyJWS(algorithms=[ALGORITHM])
_form = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_header = {"alg": ALGORITHM, "typ": "JWT"}


class InvalidToken(Exception):
    """The token is malformed, out of date, of another kind, or not signed by us."""


class Holder(Protocol):
    """A record that tokens are issued for: ``SignedIn`` and ``RecordModel`` both are."""

    @property
    def id(self) -> Any: ...
    @property
    def collection(self) -> CollectionDef: ...
    def get(self, name: str, /) -> Any: ...


def issue(holder: Holder, kind: TokenKind, *, duration_s: int = 0, **claims: Any) -> str:
    """Return a new token of ``kind`` for ``holder``; 0 seconds mean the collection's duration."""
    option = holder.collection.options[kind.option]
    payload = {
        "collectionId": holder.collection.id,
        "exp": int(time.time()) + (duration_s if duration_s > 0 else option["duration"]),
        "id": holder.id,
        "type": kind.value,
        **claims,
    }
    text = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    return _signer.encode(text, _key(holder.get("tokenKey"), option), ALGORITHM, _header)


def verify(token: str, kind: TokenKind, *, to_change: bool = False) -> SignedIn:
    """Return the record that ``token`` stands for. Raise ``InvalidToken``.

    ``to_change``: in a transaction, nobody else changes the record until the end.
    One SQL statement. A signature once found right is not computed again while the token and the
    record's key stay the same; its time and its record are looked at every time.
    """
    known = _known.get(token)
    claims = known.claims if known is not None else unverified_claims(token)
    _check_times(claims)
    record_id, collection_id = claims.get("id"), claims.get("collectionId")
    if claims.get("type") != kind.value or not _is_text(record_id) or not _is_text(collection_id):
        raise InvalidToken("a claim is missing or the token is of another kind")
    held = snapshot.current()
    collection = held.find(str(collection_id))
    if collection is None or not collection.is_auth:
        raise InvalidToken("no such auth collection")
    row = rows.fetch_by_id(collection, str(record_id), to_change=to_change)
    if row is None:
        raise InvalidToken("no such record")
    stored = dict(zip(collection.columns, row, strict=True))
    key = _key(stored["tokenKey"], collection.options[kind.option])
    if known is None or known.key != key:
        _check_signature(token, key)
        _remember(token, _Known(claims, key))
    return SignedIn(collection, stored, claims)


def unverified_claims(token: str) -> dict[str, Any]:
    """Return what ``token`` says of itself, not to be believed. Raise ``InvalidToken``."""
    if not _form.fullmatch(token):
        raise InvalidToken("not a JWT")
    part = token.split(".")[1]
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError as error:  # base64's and JSON's errors both are
        raise InvalidToken(str(error)) from error
    if not isinstance(claims, dict):
        raise InvalidToken("claims are no object")
    return claims


class _Known:
    """A token whose signature was right under ``key``."""

    __slots__ = ("claims", "key")

    def __init__(self, claims: dict[str, Any], key: bytes) -> None:
        self.claims = claims
        self.key = key


# Oldest out first. Only tokens that were right get in, so nobody can flood it with invented ones.
_known: dict[str, _Known] = {}
_remembering = threading.Lock()


def _remember(token: str, known: _Known) -> None:
    with _remembering:
        while len(_known) >= REMEMBERED:
            del _known[next(iter(_known))]
        _known[token] = known


def _key(token_key: str, option: Mapping[str, Any]) -> bytes:
    return f"{token_key}{option['secret']}".encode()


def _check_signature(token: str, key: bytes) -> None:
    try:
        _signer.decode_complete(token, key, algorithms=[ALGORITHM])
    except jwt.InvalidTokenError as error:
        raise InvalidToken(str(error)) from error


def _check_times(claims: Mapping[str, Any]) -> None:
    """Raise ``InvalidToken`` outside the token's time: whole seconds, no leeway, 0 is no limit."""
    now = time.time()
    if (ends := _seconds(claims, "exp")) and now >= ends:
        raise InvalidToken("the token has expired")
    for name in ("nbf", "iat"):
        if name in claims and (starts := _seconds(claims, name)) and now < starts:
            raise InvalidToken("the token is not valid yet")


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name, 0)
    if type(value) not in (int, float):
        raise InvalidToken(f"{name} is no number")
    return int(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
