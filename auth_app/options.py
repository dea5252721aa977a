"""What an auth collection has beside a base one: the shape of its options, merging, showing.

Options are plain JSON, stored with their secrets. ``SHAPE`` says which keys there are, of what
JSON type, in the order they are shown; whether a value makes sense is ``options_check``'s matter.
"""

from __future__ import annotations

import copy
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from auth_app import mail_templates
from auth_app.tokens.kinds import TOKEN_OPTIONS, TokenKind
from collections_app.fields.base import WrongShape
from core_app import ids

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value of one JSON type; ``null`` means ``zero``."""

    kind: type
    zero: Any


@dataclass(frozen=True, slots=True)
class _NamedList:
    """A list of objects; a submitted one is merged over the stored one with the same name."""

    item: Mapping[str, Any]


_TEXT = _Leaf(str, "")
_FLAG = _Leaf(bool, False)
_WHOLE = _Leaf(int, 0)
_RULE = _Leaf(str, None)
_TEXTS = _Leaf(list, [])
_TEMPLATE = {"subject": _TEXT, "body": _TEXT}
_TOKEN = {"secret": _TEXT, "duration": _WHOLE}
_PROVIDER = {
    "pkce": _Leaf(bool, None),
    "name": _TEXT,
    "clientId": _TEXT,
    "clientSecret": _TEXT,
    "authURL": _TEXT,
    "tokenURL": _TEXT,
    "userInfoURL": _TEXT,
    "displayName": _TEXT,
    "extra": _Leaf(dict, {}),
}
_MAPPED = {"id": _TEXT, "name": _TEXT, "username": _TEXT, "avatarURL": _TEXT}

SHAPE: Mapping[str, Any] = {
    "authRule": _RULE,
    "manageRule": _RULE,
    "authAlert": {"enabled": _FLAG, "emailTemplate": _TEMPLATE},
    "oauth2": {"providers": _NamedList(_PROVIDER), "mappedFields": _MAPPED, "enabled": _FLAG},
    "passwordAuth": {"enabled": _FLAG, "identityFields": _TEXTS},
    "mfa": {"enabled": _FLAG, "duration": _WHOLE, "rule": _TEXT},
    "otp": {"enabled": _FLAG, "duration": _WHOLE, "length": _WHOLE, "emailTemplate": _TEMPLATE},
    **dict.fromkeys(TOKEN_OPTIONS, _TOKEN),
    "verificationTemplate": _TEMPLATE,
    "resetPasswordTemplate": _TEMPLATE,
    "confirmEmailChangeTemplate": _TEMPLATE,
}
#: keys that are written and never shown
SECRETS = frozenset({"secret", "clientSecret"})

_SECRET_LENGTH = 50
_DAY = 86_400
_DURATIONS = {
    TokenKind.AUTH.option: 5 * _DAY,
    TokenKind.PASSWORD_RESET.option: 1800,
    TokenKind.EMAIL_CHANGE.option: 1800,
    TokenKind.VERIFICATION.option: _DAY,
    TokenKind.FILE.option: 180,
}
_DEFAULTS: Options = {
    "authRule": "",
    "manageRule": None,
    "authAlert": {"enabled": True, "emailTemplate": mail_templates.AUTH_ALERT},
    "oauth2": {"providers": [], "mappedFields": dict.fromkeys(_MAPPED, ""), "enabled": False},
    "passwordAuth": {"enabled": True, "identityFields": ["email"]},
    "mfa": {"enabled": False, "duration": 600, "rule": ""},
    "otp": {
        "enabled": False,
        "duration": 180,
        "length": 8,
        "emailTemplate": mail_templates.OTP,
    },
    **{option: {"duration": _DURATIONS[option]} for option in TOKEN_OPTIONS},
    "verificationTemplate": mail_templates.VERIFICATION,
    "resetPasswordTemplate": mail_templates.PASSWORD_RESET,
    "confirmEmailChangeTemplate": mail_templates.EMAIL_CHANGE,
}


def defaults() -> Options:
    """Return the options a new auth collection begins with; secrets are not among them."""
    return copy.deepcopy(_DEFAULTS)


def new_secrets() -> Options:
    """Return the change that ends every token of a collection."""
    return {name: {"secret": ids.random_string(_SECRET_LENGTH)} for name in TOKEN_OPTIONS}


def merge(stored: Mapping[str, Any], submitted: Mapping[str, Any]) -> Options:
    """Return ``stored`` with what was ``submitted`` over it, key by key; lists replace.

    ``null`` is the zero value of whatever it stands for. Raise ``WrongShape``.
    """
    merged: Options = _merged_object(SHAPE, stored, submitted, "")
    return merged


def completed(
    options: Mapping[str, Any], before: Mapping[str, Any] | None, field_names: Container[str]
) -> Options:
    """Return ``options`` with the secrets that are missing, and without names of missing fields.

    ``before`` are the stored ones. Who may be signed in changes with ``authRule``: everyone then
    has to sign in again, so the tokens' secret is replaced. As in PocketBase, ``null`` is no other
    rule than ``""`` here.
    """
    out = dict(options)
    for name in TOKEN_OPTIONS:
        if "secret" not in out[name]:
            out[name] = {"secret": ids.random_string(_SECRET_LENGTH), **out[name]}
    auth = TokenKind.AUTH.option
    if (
        before is not None
        and (before["authRule"] or "") != (out["authRule"] or "")
        and before[auth]["secret"] == out[auth]["secret"]
    ):
        out[auth] = {**out[auth], "secret": ids.random_string(_SECRET_LENGTH)}
    mapped = out["oauth2"]["mappedFields"]
    known = {key: name if name in field_names else "" for key, name in mapped.items()}
    out["oauth2"] = {**out["oauth2"], "mappedFields": known}
    return out


def forced_for_superusers(options: Mapping[str, Any]) -> Options:
    """Return ``options`` as ``_superusers`` must have them.

    Superusers sign in with a password, never through others; a code is then a second factor.
    """
    out = dict(options)
    out["oauth2"] = {**out["oauth2"], "enabled": False, "providers": []}
    out["passwordAuth"] = {**out["passwordAuth"], "enabled": True}
    if out["otp"]["enabled"]:
        out["mfa"] = {**out["mfa"], "enabled": True}
    return out


def public(options: Mapping[str, Any]) -> Options:
    """Return what the API shows: every option in order, without any secret."""
    return {key: _shown(part, options.get(key)) for key, part in SHAPE.items()}


def _merged(part: Any, stored: Any, given: Any, at: str) -> Any:
    if given is None:
        return _zero(part)
    if isinstance(part, _NamedList):
        return _merged_list(part, stored, given, at)
    if not isinstance(part, _Leaf):
        return _merged_object(part, stored or {}, given, at)
    if type(given) is not part.kind:
        raise WrongShape(f"{at}: not a {part.kind.__name__}")
    if isinstance(given, dict):
        merged = {**(stored or {}), **given}
        return {key: merged[key] for key in sorted(merged)}
    if isinstance(given, list):
        return [_merged(_TEXT, None, item, at) for item in given]
    return given


def _merged_object(
    shape: Mapping[str, Any], stored: Mapping[str, Any], given: Any, at: str
) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise WrongShape(f"{at}: not an object")
    out = {}
    for key, part in shape.items():
        if key in given:
            out[key] = _merged(part, stored.get(key), given[key], f"{at}.{key}")
        elif key in stored:
            out[key] = stored[key]
    return out


def _merged_list(part: _NamedList, stored: Any, given: Any, at: str) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise WrongShape(f"{at}: not a list")
    by_name = {item["name"]: item for item in stored or ()}
    out = []
    for item in given:
        name = item.get("name") if isinstance(item, Mapping) else None
        before = by_name.get(name) if isinstance(name, str) else None
        out.append(_merged(part.item, {**_zero(part.item), **(before or {})}, item, at))
    return out


def _zero(part: Any) -> Any:
    if isinstance(part, _NamedList):
        return []
    if isinstance(part, _Leaf):
        return copy.copy(part.zero)
    return {key: _zero(inner) for key, inner in part.items()}


def _shown(part: Any, value: Any) -> Any:
    if value is None:
        return _shown(part, _zero(part)) if not isinstance(part, _Leaf) else _zero(part)
    if isinstance(part, _NamedList):
        return [_shown(part.item, item) for item in value]
    if isinstance(part, _Leaf):
        return value
    return {key: _shown(inner, value.get(key)) for key, inner in part.items() if key not in SECRETS}
