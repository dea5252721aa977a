"""``Settings``: the app's settings as frozen values, and their JSON. Knows no database.

Attributes are snake_case, JSON keys PocketBase's (``app_url`` is ``appURL``). What is wrong with
the values is ``check.py``'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from core_app import strict_json

Group = TypeVar("Group")

_UPPER_WORDS = {"url": "URL", "ip": "IP", "ips": "IPs"}
_plans: dict[str, tuple[tuple[str, str, bool, Any], ...]] = {}


class WrongType(ValueError):
    """A value in submitted JSON has the wrong JSON type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    enabled: bool = False
    port: int = 587
    host: str = "smtp.example.com"
    username: str = ""
    password: str = field(default="", metadata={"secret": True})
    auth_method: str = ""  # "" and PLAIN are the same; LOGIN
    tls: bool = False  # from the first byte; otherwise STARTTLS where the server offers it
    local_name: str = ""  # said in EHLO


@dataclass(frozen=True, slots=True, kw_only=True)
class S3:
    enabled: bool = False
    bucket: str = ""
    region: str = ""
    endpoint: str = ""
    access_key: str = ""
    secret: str = field(default="", metadata={"secret": True})
    force_path_style: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    cron: str = ""
    cron_max_keep: int = 3
    s3: S3 = field(default_factory=S3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    accent_color: str = "#1055c9"
    app_name: str = "Acme"
    app_url: str = "http://localhost:8090"
    sender_name: str = "Support"
    sender_address: str = "support@example.com"
    hide_controls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitRule:
    label: str = ""
    audience: str = ""  # "", @guest or @auth
    duration: int = 0  # seconds
    max_requests: int = 0


DEFAULT_RULES = (
    RateLimitRule(label="*:auth", duration=3, max_requests=2),
    RateLimitRule(label="*:create", duration=5, max_requests=20),
    RateLimitRule(label="/api/batch", duration=1, max_requests=3),
    RateLimitRule(label="/api/", duration=10, max_requests=300),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    rules: tuple[RateLimitRule, ...] = DEFAULT_RULES
    excluded_ips: tuple[str, ...] = ()
    enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedProxy:
    headers: tuple[str, ...] = ()
    use_leftmost_ip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    enabled: bool = False
    max_requests: int = 50
    timeout: int = 3  # seconds
    max_body_size: int = 0  # bytes; 0 is 128 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    max_data_size: int = 0  # bytes; 0 is about 16 KB
    max_days: int = 5  # 0 turns request logs off
    min_level: int = 0
    log_ip: bool = True
    log_auth_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a superuser may set, at one version."""

    superuser_ips: tuple[str, ...] = ()
    smtp: Smtp = field(default_factory=Smtp)
    backups: Backups = field(default_factory=Backups)
    s3: S3 = field(default_factory=S3)
    meta: Meta = field(default_factory=Meta)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    trusted_proxy: TrustedProxy = field(default_factory=TrustedProxy)
    batch: Batch = field(default_factory=Batch)
    logs: Logs = field(default_factory=Logs)


def to_json(group: Any, *, secrets: bool = False) -> dict[str, Any]:
    """Return a group as JSON-ready dict; secret values only with ``secrets``."""
    out: dict[str, Any] = {}
    for name, key, secret, _kind in _plan(type(group)):
        if not secret or secrets:
            out[key] = _value_to_json(getattr(group, name), secrets)
    return out


def merged(group: Group, patch: Mapping[str, Any]) -> Group:
    """Return ``group`` changed by submitted JSON: groups merge key by key, lists are replaced.

    Keys match as ``strict_json.expected`` says, unknown ones are ignored, ``null`` means the type's
    empty value (for a group: of everything in it).
    Raise ``WrongType``.
    """
    plan = {key: (name, kind) for name, key, _secret, kind in _plan(type(group))}
    try:
        found = strict_json.expected(patch, plan)
    except strict_json.DuplicateKey as error:
        raise WrongType(str(error)) from error
    changes: dict[str, Any] = {}
    for key, value in found.items():
        name, kind = plan[key]
        changes[name] = _from_json(kind, getattr(group, name), value)
    values = {item.name: getattr(group, item.name) for item in fields(group)}  # type: ignore[arg-type]
    return type(group)(**values | changes)


def kinds(group_class: type[Any]) -> dict[str, Any]:
    """Return the type of every value of a group, by its JSON key."""
    return {key: kind for _name, key, _secret, kind in _plan(group_class)}


def is_group(kind: Any) -> bool:
    """Whether values of this type have keys of their own."""
    return hasattr(kind, "__dataclass_fields__")


def json_name(name: str) -> str:
    """Return the JSON key of an attribute: ``use_leftmost_ip`` -> ``useLeftmostIP``."""
    first, *rest = name.split("_")
    return first + "".join(_UPPER_WORDS.get(word, word.capitalize()) for word in rest)


def _plan(group_class: type[Any]) -> tuple[tuple[str, str, bool, Any], ...]:
    """Return ``(attribute, JSON key, is secret, type)`` of every value of a group."""
    name = group_class.__name__
    plan = _plans.get(name)
    if plan is None:
        hints = get_type_hints(group_class)
        plan = _plans[name] = tuple(
            (item.name, json_name(item.name), bool(item.metadata.get("secret")), hints[item.name])
            for item in fields(group_class)
        )
    return plan


def _value_to_json(value: Any, secrets: bool) -> Any:
    if isinstance(value, tuple):
        return [_value_to_json(item, secrets) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return to_json(value, secrets=secrets)
    return value


def _from_json(kind: Any, current: Any, value: Any) -> Any:
    """Return ``value`` as ``kind``; a group is merged into ``current``."""
    if is_group(kind):
        if value is None:
            return _zero(kind)
        if not isinstance(value, Mapping):
            raise WrongType(f"expected an object, got {value!r}")
        return merged(current, value)
    if get_origin(kind) is tuple:
        if not isinstance(value, list | None):
            raise WrongType(f"expected a list, got {value!r}")
        item_kind = get_args(kind)[0]
        return tuple(_from_json(item_kind, item_kind(), item) for item in value or ())
    if value is None:
        return kind()
    if type(value) is not kind:
        raise WrongType(f"expected {kind.__name__}, got {value!r}")
    if kind is int and not -(2**63) <= value < 2**63:
        raise WrongType(f"{value} has more than 64 bits")
    return value


def _zero(kind: Any) -> Any:
    """Return the empty value of a type: a group with nothing set, an empty list, ``""``, 0."""
    if is_group(kind):
        return kind(**{name: _zero(inner) for name, _key, _secret, inner in _plan(kind)})
    return () if get_origin(kind) is tuple else kind()
