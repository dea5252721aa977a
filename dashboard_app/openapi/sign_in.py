"""The operations of an auth collection: signing in, and proving who one is."""

from __future__ import annotations

from typing import Any

from auth_app.names import SUPERUSERS
from dashboard_app.openapi.parts import (
    ANY_OBJECT,
    ANYONE,
    FLAG,
    SIGNED_IN,
    TEXT,
    WHOLE,
    Paths,
    Schema,
    answers,
    fields,
    items,
    json_body,
    named,
    operation,
    parameter,
    ref,
)
from dashboard_app.openapi.records import Described

_MFA_ID = parameter("mfaId", "The first factor's session, with the second factor.")
_PASSWORD: Schema = {**TEXT, "format": "password"}
_EMAIL: Schema = {**TEXT, "format": "email"}
_SECOND_FACTOR: Schema = {
    "description": "The first of two factors was right: `mfaId` goes with the second one.",
    "content": {"application/json": {"schema": {"anyOf": [fields({"mfaId": TEXT}), ref("Error")]}}},
}


def shared_schemas() -> dict[str, Schema]:
    """Return the components that all auth collections share."""
    provider = fields(
        {
            **dict.fromkeys(("name", "displayName", "logo", "state", "authURL"), TEXT),
            **dict.fromkeys(("codeVerifier", "codeChallenge", "codeChallengeMethod"), TEXT),
        }
    )
    timed = fields({"enabled": FLAG, "duration": WHOLE})
    methods = fields(
        {
            "password": fields({"enabled": FLAG, "identityFields": items(TEXT)}),
            "oauth2": fields({"enabled": FLAG, "providers": items(ref("AuthProvider"))}),
            "mfa": timed,
            "otp": timed,
        }
    )
    return {"AuthProvider": provider, "AuthMethods": methods}


def schemas(described: Described) -> dict[str, Schema]:
    """Return what a collection's own sign-in answers."""
    body = fields(
        {
            "token": {**TEXT, "description": "Goes into the header `Authorization`."},
            "record": ref(described.type_name),
            "meta": {**ANY_OBJECT, "description": "With OAuth2: what the provider says."},
        },
        "meta",
    )
    return {f"{described.type_name}Auth": body}


def paths(described: Described) -> Paths:
    """Return the operations; some are not there for superusers' own accounts."""
    acts = [*_ways_in(described), *_password_reset(described)]
    if described.collection.name != SUPERUSERS:
        acts += _addresses(described)
    found: Paths = {
        f"{described.path}/auth-methods": {"get": _methods(described)},
        **{f"{described.path}/{path}": {"post": item} for path, item in acts},
    }
    if described.for_superusers:
        found[f"{described.path}/impersonate/{{id}}"] = {"post": _impersonate(described)}
    return found


def _methods(described: Described) -> Schema:
    return operation(
        f"listAuthMethods{described.type_name}",
        described.collection.name,
        "Ways to sign in",
        answers(ref("AuthMethods"), 404),
        security=ANYONE,
        parameters=named("fields"),
    )


def _ways_in(described: Described) -> list[tuple[str, Schema]]:
    password = fields(
        {
            "identity": {**TEXT, "description": "What a user is known by: the e-mail, or another."},
            "password": _PASSWORD,
            "identityField": {**TEXT, "description": "Which field `identity` is; any, if none."},
        },
        "identityField",
    )
    oauth2 = fields(
        {
            **dict.fromkeys(("provider", "code", "codeVerifier", "redirectURL"), TEXT),
            "createData": {**ANY_OBJECT, "description": "For an account that is new."},
        },
        "codeVerifier",
        "createData",
    )
    otp = fields({"otpId": TEXT, "password": _PASSWORD})
    return [
        ("auth-with-password", _sign_in(described, "authWithPassword", "by password", password)),
        ("auth-with-oauth2", _sign_in(described, "authWithOAuth2", "by a provider", oauth2)),
        ("request-otp", _request_otp(described)),
        ("auth-with-otp", _sign_in(described, "authWithOTP", "by one-time password", otp)),
        ("auth-refresh", _refresh(described)),
    ]


def _sign_in(described: Described, act: str, how: str, form: Schema) -> Schema:
    responses = answers(ref(f"{described.type_name}Auth"), 400, 403, 429)
    return operation(
        f"{act}{described.type_name}",
        described.collection.name,
        f"Sign in {how}",
        {**responses, "401": _SECOND_FACTOR},
        security=ANYONE,
        parameters=[*named("expand", "fields"), _MFA_ID],
        body=json_body(form),
    )


def _request_otp(described: Described) -> Schema:
    return operation(
        f"requestOTP{described.type_name}",
        described.collection.name,
        "Mail a one-time password",
        answers(fields({"otpId": TEXT}), 400, 403, 429),
        security=ANYONE,
        body=json_body(fields({"email": _EMAIL})),
        description="The answer is the same whether or not there is such an account.",
    )


def _refresh(described: Described) -> Schema:
    return operation(
        f"authRefresh{described.type_name}",
        described.collection.name,
        "Get a new token",
        answers(ref(f"{described.type_name}Auth"), 401, 403, 404),
        parameters=named("expand", "fields"),
    )


def _impersonate(described: Described) -> Schema:
    duration = {**WHOLE, "description": "Seconds; 0, the default: as long as any sign-in."}
    return operation(
        f"impersonate{described.type_name}",
        described.collection.name,
        "Get somebody's token",
        answers(ref(f"{described.type_name}Auth"), 400, 401, 403, 404),
        parameters=[parameter("id", "The id of a record.", place="path"), *named("expand")],
        body={**json_body(fields({"duration": duration}, "duration")), "required": False},
        description="Superusers only.",
    )


def _password_reset(described: Described) -> list[tuple[str, Schema]]:
    confirm = fields({"token": TEXT, "password": _PASSWORD, "passwordConfirm": _PASSWORD})
    return [
        (
            "request-password-reset",
            _act(described, "requestPasswordReset", "Mail a link to a new password", _BY_EMAIL),
        ),
        (
            "confirm-password-reset",
            _act(described, "confirmPasswordReset", "Set a new password", confirm),
        ),
    ]


_BY_EMAIL = fields({"email": _EMAIL})


def _addresses(described: Described) -> list[tuple[str, Schema]]:
    change = fields({"token": TEXT, "password": _PASSWORD})
    return [
        (
            "request-verification",
            _act(described, "requestVerification", "Mail a link that proves an address", _BY_EMAIL),
        ),
        (
            "confirm-verification",
            _act(described, "confirmVerification", "Prove an address", fields({"token": TEXT})),
        ),
        (
            "request-email-change",
            _act(
                described,
                "requestEmailChange",
                "Mail a link to a new address",
                fields({"newEmail": _EMAIL}),
                security=SIGNED_IN,
            ),
        ),
        (
            "confirm-email-change",
            _act(described, "confirmEmailChange", "Change the address", change),
        ),
    ]


def _act(described: Described, act: str, summary: str, form: Schema, **options: Any) -> Schema:
    options.setdefault("security", ANYONE)
    refusals = (400, 401, 403, 429) if options["security"] is SIGNED_IN else (400, 429)
    return operation(
        f"{act}{described.type_name}",
        described.collection.name,
        summary,
        answers(None, *refusals),
        body=json_body(form),
        **options,
    )
