"""What settings may hold: every refusal of ``PATCH /api/settings``, by path and in its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from collections_app.fields.formats import is_email, is_url
from core_app.cron_expression import BadExpression, parse
from core_app.errors import FieldError, FieldErrors, required
from core_app.networks import expanded, is_ip_or_network
from core_app.settings_store.shape import (
    S3,
    Backups,
    Batch,
    Logs,
    Meta,
    RateLimitRule,
    RateLimits,
    Settings,
    Smtp,
    json_name,
)

Errors = dict[str, Any]

_LABEL = re.compile(r"(\w+ /[\w/-]*|/[\w/-]*|\w+:\w+|\*:\w+|\w+)", re.ASCII)
_HEX_COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_DNS_NAME = re.compile(r"\w[\w-]{0,62}(\.\w[\w-]{0,62})*[._]?", re.ASCII)
_LONGEST_TEXT = 255
_MOST = 2**53 - 1


def check(settings: Settings) -> None:
    """Raise ``FieldErrors`` with every value that is refused, nested as in the JSON."""
    errors = _without_empty(
        {
            "superuserIPs": _networks(settings.superuser_ips),
            "smtp": _smtp(settings.smtp),
            "backups": _backups(settings.backups),
            "s3": _s3(settings.s3),
            "meta": _meta(settings.meta),
            "rateLimits": _rate_limits(settings.rate_limits),
            "batch": _batch(settings.batch),
            "logs": _logs(settings.logs),
        }
    )
    if errors:
        raise FieldErrors(errors)


def _meta(meta: Meta) -> Errors:
    return _without_empty(
        {
            "accentColor": _color(meta.accent_color),
            "appName": _name(meta.app_name),
            "appURL": _url(meta.app_url) if meta.app_url else required(),
            "senderName": _name(meta.sender_name),
            "senderAddress": _email(meta.sender_address),
        }
    )


def _smtp(smtp: Smtp) -> Errors:
    return _without_empty(
        {
            "host": _host(smtp.host, smtp.enabled),
            "port": _least(smtp.port, 0, smtp.enabled),
            "authMethod": _one_of(smtp.auth_method, ("", "PLAIN", "LOGIN")),
            "localName": _host(smtp.local_name, False),
        }
    )


def _s3(s3: S3) -> Errors:
    errors: Errors = {
        json_name(name): required()
        for name in ("endpoint", "bucket", "region", "access_key", "secret")
        if s3.enabled and not getattr(s3, name)
    }
    if s3.endpoint:
        errors["endpoint"] = _url(s3.endpoint)
    return _without_empty(errors)


def _backups(backups: Backups) -> Errors:
    return _without_empty(
        {
            "cron": _cron(backups.cron),
            "cronMaxKeep": _least(backups.cron_max_keep, 1, bool(backups.cron)),
            "s3": _s3(backups.s3),
        }
    )


def _batch(batch: Batch) -> Errors:
    return _without_empty(
        {
            "maxRequests": _least(batch.max_requests, 0, batch.enabled),
            "timeout": _least(batch.timeout, 0, batch.enabled),
            "maxBodySize": _least(batch.max_body_size, 0),
        }
    )


def _logs(logs: Logs) -> Errors:
    return _without_empty(
        {
            "maxDays": _least(logs.max_days, 0) or _most(logs.max_days),
            "maxDataSize": _least(logs.max_data_size, 0) or _most(logs.max_data_size),
            "minLevel": _most(logs.min_level),
        }
    )


def _rate_limits(limits: RateLimits) -> Errors:
    rules: Any = {str(at): _rule(rule) for at, rule in enumerate(limits.rules)}
    rules = _without_empty(rules) or _conflict(limits.rules)
    if limits.enabled and not limits.rules:
        rules = required()
    return _without_empty({"rules": rules, "excludedIPs": _networks(limits.excluded_ips)})


def _rule(rule: RateLimitRule) -> Errors:
    label = required() if not rule.label else None
    if rule.label and not _LABEL.fullmatch(rule.label):
        label = FieldError("validation_match_invalid", "Must be in a valid format.")
    return _without_empty(
        {
            "label": label,
            "audience": _one_of(rule.audience, ("", "@guest", "@auth")),
            "duration": _least(rule.duration, 1, needed=True),
            "maxRequests": _least(rule.max_requests, 1, needed=True),
        }
    )


def _conflict(rules: Sequence[RateLimitRule]) -> Errors:
    """Return the error of the first rule that stands for the same requests as an earlier one."""
    seen: list[str] = []
    for at, rule in enumerate(rules):
        key = f"{rule.label}@@{rule.audience}"
        if any(key.startswith(other) or other.startswith(key) for other in seen):
            message = (
                f"Rate limit rule configuration with label {rule.label} already exists or "
                "conflicts with another rule."
            )
            code = "validation_conflicting_rate_limit_rule"
            return {str(at): {"label": FieldError(code, message, {"label": rule.label})}}
        seen.append(key)
    return {}


def _networks(entries: Sequence[str]) -> Errors:
    bad = FieldError("validation_invlaid_ip_or_subnet", "Invalid IP or CIDR subnet.")
    return {
        str(at): bad if entry else required()
        for at, entry in enumerate(entries)
        if not entry or not is_ip_or_network(entry)
    }


def _name(text: str) -> FieldError | None:
    if not text:
        return required()
    if len(text) <= _LONGEST_TEXT:
        return None
    return FieldError(
        "validation_length_out_of_range",
        f"The length must be between 1 and {_LONGEST_TEXT}.",
        {"max": _LONGEST_TEXT, "min": 1},
    )


def _color(text: str) -> FieldError | None:
    if not text:
        return None
    if len(text) != 7:
        return FieldError(
            "validation_length_invalid", "The length must be exactly 7.", {"max": 7, "min": 7}
        )
    return _unless(
        _HEX_COLOR.fullmatch(text),
        "validation_is_hex_color",
        "Must be a valid hexadecimal color code.",
    )


def _email(text: str) -> FieldError | None:
    if not text:
        return required()
    return _unless(is_email(text), "validation_is_email", "Must be a valid email address.")


def _url(text: str) -> FieldError | None:
    return _unless(is_url(text), "validation_is_url", "Must be a valid URL.")


def _host(text: str, needed: bool) -> FieldError | None:
    if not text:
        return required() if needed else None
    is_name = _DNS_NAME.fullmatch(text) and len(text.replace(".", "")) <= _LONGEST_TEXT
    return _unless(
        expanded(text) or is_name,
        "validation_is_host",
        "Must be a valid IP address or DNS name.",
    )


def _cron(text: str) -> FieldError | None:
    if text:
        try:
            parse(text)
        except BadExpression as error:
            return FieldError("validation_invalid_cron", str(error))
    return None


def _least(number: int, least: int, needed: bool = False) -> FieldError | None:
    """Refuse what is below ``least``; zero counts as blank: refused if ``needed``, else fine."""
    if number == 0:
        return required() if needed else None
    if number >= least:
        return None
    return FieldError(
        "validation_min_greater_equal_than_required",
        f"Must be no less than {least}.",
        {"threshold": least},
    )


def _most(number: int) -> FieldError | None:
    if number <= _MOST:
        return None
    return FieldError(
        "validation_max_less_equal_than_required",
        f"Must be no greater than {_MOST}.",
        {"threshold": _MOST},
    )


def _one_of(text: str, allowed: Sequence[str]) -> FieldError | None:
    return _unless(text in allowed, "validation_in_invalid", "Must be a valid value.")


def _unless(fine: object, code: str, message: str) -> FieldError | None:
    return None if fine else FieldError(code, message)


def _without_empty(errors: Errors) -> Errors:
    return {key: error for key, error in errors.items() if error}
