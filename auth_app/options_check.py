"""What is wrong with an auth collection's options, as nested ``{key: FieldError}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auth_app.oauth2.providers import PROVIDERS
from auth_app.tokens.kinds import TOKEN_OPTIONS
from collections_app.fields.formats import is_url
from collections_app.query import check as rules
from collections_app.query.errors import FilterError
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.errors import FieldError, required

Errors = dict[str, Any]

_DAY = 86_400
_LONGEST_TOKEN = 94_670_856  # seconds, about three years
_TEMPLATES = ("verificationTemplate", "resetPasswordTemplate", "confirmEmailChangeTemplate")


def check(draft: CollectionDef, original: CollectionDef | None, snapshot: Snapshot) -> Errors:
    """Return what is wrong with ``draft``'s options.

    What concerns several of them is only asked when each by itself is fine.
    """
    rule = _RuleCheck(draft, original, snapshot)
    options = draft.options
    errors = {
        "authRule": rule.error(options["authRule"], "authRule"),
        "manageRule": rule.error(options["manageRule"], "manageRule"),
        "authAlert": _some({"emailTemplate": _template(options["authAlert"]["emailTemplate"])}),
        "oauth2": _oauth2(options["oauth2"]),
        "passwordAuth": _password_auth(options["passwordAuth"]),
        "mfa": _mfa(options["mfa"]),
        "otp": _otp(options["otp"]),
        **{option: _token(options[option]) for option in TOKEN_OPTIONS},
        **{name: _template(options[name]) for name in _TEMPLATES},
    }
    if options["manageRule"] == "":
        errors["manageRule"] = FieldError("validation_nil_or_not_empty_required", "Cannot be blank")
    return _some(errors) or _mfa_together(options, rule) or _identity_fields(draft)


class _RuleCheck:
    """Checks the rules of one draft: they must compile, and a system collection keeps its own."""

    def __init__(
        self, draft: CollectionDef, original: CollectionDef | None, snapshot: Snapshot
    ) -> None:
        self._draft = draft
        self._original = original
        self._snapshot = snapshot

    def error(self, rule: str | None, *path: str) -> FieldError | None:
        """Return what is wrong with the rule that the options hold at ``path``."""
        if rule:
            try:
                rules.check_rule(self._snapshot, self._draft, rule)
            except FilterError as error:
                message = f"Invalid rule. Raw error: {error.reason}"
                return FieldError("validation_invalid_rule", message)
        if self._original is None or not self._original.system:
            return None
        before: Any = self._original.options
        for key in path:
            before = before[key]
        if rule == before:
            return None
        return FieldError(
            "validation_collection_system_rule_change",
            "System collection API rule cannot be changed.",
        )


def _mfa_together(options: Mapping[str, Any], rule: _RuleCheck) -> Errors:
    mfa = options["mfa"]
    if not mfa["enabled"]:
        return {}
    if sum(options[method]["enabled"] for method in ("passwordAuth", "oauth2", "otp")) < 2:
        message = "MFA requires at least 2 auth methods to be enabled."
        return {"mfa": {"enabled": FieldError("validation_mfa_not_enough_auths", message)}}
    error = rule.error(mfa["rule"], "mfa", "rule") if mfa["rule"] else None
    return {"mfa": {"rule": error}} if error else {}


def _identity_fields(draft: CollectionDef) -> Errors:
    """Each name one signs in with must be a field whose values are unique."""
    password = draft.options["passwordAuth"]
    if not password["enabled"]:
        return {}
    for name in password["identityFields"]:
        if name not in draft.by_name:
            error = FieldError("validation_missing_field", f"Invalid or missing field {name}")
        elif indexes.unique_on(draft.indexes, name) is None:
            error = FieldError(
                "validation_missing_unique_constraint",
                f"The field {name} doesn't have a UNIQUE constraint.",
            )
        else:
            continue
        error.params = {"fieldName": name}
        return {"passwordAuth": {"identityFields": error}}
    return {}


def _password_auth(option: Mapping[str, Any]) -> Errors:
    missing = option["enabled"] and option["identityFields"] in ([], [""])
    return {"identityFields": required()} if missing else {}


def _mfa(option: Mapping[str, Any]) -> Errors:
    return _some({"duration": _bounds(option["duration"], 10, _DAY)}) if option["enabled"] else {}


def _otp(option: Mapping[str, Any]) -> Errors:
    errors: Errors = {"emailTemplate": _template(option["emailTemplate"])}
    if option["enabled"]:
        errors["duration"] = _bounds(option["duration"], 10, _DAY)
        errors["length"] = _bounds(option["length"], 4, None)
    return _some(errors)


def _token(option: Mapping[str, Any]) -> Errors:
    return _some(
        {
            "duration": _bounds(option["duration"], 10, _LONGEST_TOKEN),
            "secret": _length(option["secret"], 30, 255),
        }
    )


def _template(option: Mapping[str, Any]) -> Errors:
    return {key: required() for key in ("subject", "body") if not option[key]}


def _oauth2(option: Mapping[str, Any]) -> Errors:
    if not option["enabled"]:
        return {}
    providers = option["providers"]
    errors = _duplicates(providers) or _some(
        {str(at): _provider(item) for at, item in enumerate(providers)}
    )
    return {"providers": errors} if errors else {}


def _duplicates(providers: list[Mapping[str, Any]]) -> Errors:
    """Return the error of the first name that is there twice."""
    seen = set()
    for at, item in enumerate(providers):
        name = item["name"]
        if name and name in seen:
            message = f"The provider {name} is already registered."
            error = FieldError("validation_duplicated_provider", message, {"name": name})
            return {str(at): {"name": error}}
        seen.add(name)
    return {}


def _provider(item: Mapping[str, Any]) -> Errors:
    errors: Errors = {key: required() for key in ("clientId", "clientSecret") if not item[key]}
    name = item["name"]
    if not name:
        errors["name"] = required()
    elif name not in PROVIDERS:
        message = f"Invalid or missing provider with name {name}."
        errors["name"] = FieldError("validation_missing_provider", message, {"name": name})
    for key in ("authURL", "tokenURL", "userInfoURL"):
        if item[key] and not is_url(item[key]):
            errors[key] = FieldError("validation_is_url", "Must be a valid URL.")
    return errors


def _bounds(value: int, low: int, high: int | None) -> FieldError | None:
    if value == 0:
        return required()
    if value < low:
        return FieldError(
            "validation_min_greater_equal_than_required",
            f"Must be no less than {low}.",
            {"threshold": low},
        )
    if high is not None and value > high:
        return FieldError(
            "validation_max_less_equal_than_required",
            f"Must be no greater than {high}.",
            {"threshold": high},
        )
    return None


def _length(value: str, low: int, high: int) -> FieldError | None:
    if not value:
        return required()
    if low <= len(value.encode()) <= high:
        return None
    return FieldError(
        "validation_length_out_of_range",
        f"The length must be between {low} and {high}.",
        {"min": low, "max": high},
    )


def _some(errors: Mapping[str, Any]) -> Errors:
    """Return the entries that are errors."""
    return {key: error for key, error in errors.items() if error}
