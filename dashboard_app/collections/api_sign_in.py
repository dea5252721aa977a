"""The endpoints of an auth collection, with examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auth_app.names import SUPERUSERS
from collections_app.schema.definition import CollectionDef
from dashboard_app.collections.api_example import SHOWN, Endpoint, curl, examples, who_may

_EMAIL, _PASSWORD = "somebody@example.com", "a-long-password"


@dataclass(frozen=True, slots=True)
class _Act:
    """One endpoint: ``keys`` are those of its body; calls are what follows ``pb.collection(…)``."""

    title: str
    path: str
    keys: tuple[tuple[str, str], ...]
    body: dict[str, Any]
    js: str
    dart: str
    python: str
    who: str = "Everyone"
    needs_token: bool = False
    answers_record: bool = False


_TOKEN = ("token", "from the link in the mail")
_WAYS_IN = (
    _Act(
        "Sign in with a password",
        "auth-with-password",
        (("identity", "what a user is known by"), ("password", "")),
        {"identity": _EMAIL, "password": _PASSWORD},
        js=f'authWithPassword("{_EMAIL}", "{_PASSWORD}")',
        dart=f'authWithPassword("{_EMAIL}", "{_PASSWORD}")',
        python=f'auth_with_password("{_EMAIL}", "{_PASSWORD}")',
        answers_record=True,
    ),
    _Act(
        "Sign in with a provider",
        "auth-with-oauth2",
        (
            ("provider", "its name, as under ways to sign in"),
            ("code", "what the provider has sent to redirectURL"),
            ("codeVerifier, redirectURL", "as in the request for the code"),
            ("createData", "further fields of an account that is new"),
        ),
        {
            "provider": "google",
            "code": "CODE",
            "codeVerifier": "VERIFIER",
            "redirectURL": "https://example.com/redirect",
        },
        js='authWithOAuth2({"provider": "google"})',
        dart='authWithOAuth2("google", (url) async => await launchUrl(url))',
        python='auth_with_oauth2("google", "CODE", "VERIFIER", "https://example.com/redirect")',
        answers_record=True,
    ),
    _Act(
        "Ask for a one-time password",
        "request-otp",
        (("email", "where it is sent"),),
        {"email": _EMAIL},
        js=f'requestOTP("{_EMAIL}")',
        dart=f'requestOTP("{_EMAIL}")',
        python="",
    ),
    _Act(
        "Sign in with a one-time password",
        "auth-with-otp",
        (("otpId", "what asking for it has answered"), ("password", "from the mail")),
        {"otpId": "OTP_ID", "password": "123456"},
        js='authWithOTP("OTP_ID", "123456")',
        dart='authWithOTP("OTP_ID", "123456")',
        python="",
        answers_record=True,
    ),
    _Act(
        "Get a new token",
        "auth-refresh",
        (),
        {},
        js="authRefresh()",
        dart="authRefresh()",
        python="auth_refresh()",
        who="Whoever is signed in",
        needs_token=True,
        answers_record=True,
    ),
    _Act(
        "Ask for a new password",
        "request-password-reset",
        (("email", "of the account"),),
        {"email": _EMAIL},
        js=f'requestPasswordReset("{_EMAIL}")',
        dart=f'requestPasswordReset("{_EMAIL}")',
        python=f'request_password_reset("{_EMAIL}")',
    ),
    _Act(
        "Set a new password",
        "confirm-password-reset",
        (_TOKEN, ("password, passwordConfirm", "the new one, twice")),
        {"token": "TOKEN", "password": _PASSWORD, "passwordConfirm": _PASSWORD},
        js=f'confirmPasswordReset("TOKEN", "{_PASSWORD}", "{_PASSWORD}")',
        dart=f'confirmPasswordReset("TOKEN", "{_PASSWORD}", "{_PASSWORD}")',
        python=f'confirm_password_reset("TOKEN", "{_PASSWORD}", "{_PASSWORD}")',
    ),
)
_ADDRESSES = (
    _Act(
        "Ask for the proof of an address",
        "request-verification",
        (("email", "of the account"),),
        {"email": _EMAIL},
        js=f'requestVerification("{_EMAIL}")',
        dart=f'requestVerification("{_EMAIL}")',
        python=f'request_verification("{_EMAIL}")',
    ),
    _Act(
        "Prove an address",
        "confirm-verification",
        (_TOKEN,),
        {"token": "TOKEN"},
        js='confirmVerification("TOKEN")',
        dart='confirmVerification("TOKEN")',
        python='confirm_verification("TOKEN")',
    ),
    _Act(
        "Ask for another address",
        "request-email-change",
        (("newEmail", "where the link is sent"),),
        {"newEmail": "other@example.com"},
        js='requestEmailChange("other@example.com")',
        dart='requestEmailChange("other@example.com")',
        python='request_email_change("other@example.com")',
        who="Whoever is signed in",
        needs_token=True,
    ),
    _Act(
        "Change the address",
        "confirm-email-change",
        (_TOKEN, ("password", "of the account")),
        {"token": "TOKEN", "password": _PASSWORD},
        js=f'confirmEmailChange("TOKEN", "{_PASSWORD}")',
        dart=f'confirmEmailChange("TOKEN", "{_PASSWORD}")',
        python=f'confirm_email_change("TOKEN", "{_PASSWORD}")',
    ),
)
_IMPERSONATE = _Act(
    "Get somebody's token",
    "impersonate/ID",
    (("duration", "seconds; 0: as long as any sign-in"),),
    {"duration": 600},
    js='impersonate("ID", 600)',
    dart='impersonate("ID", 600)',
    python="",
    who="Superusers only",
    needs_token=True,
    answers_record=True,
)


def endpoints(collection: CollectionDef, root: str, path: str, sdk: str) -> Iterator[Endpoint]:
    """Yield the endpoints below ``path``, at ``root`` of this server."""
    yield Endpoint(
        title="Ways to sign in",
        method="GET",
        path=f"{path}/auth-methods",
        who="Everyone",
        examples=examples(
            curl=curl("GET", f"{root}/auth-methods"),
            js=f"await {sdk}.listAuthMethods();",
            dart=f"await {sdk}.listAuthMethods();",
            python=f"{sdk}.list_auth_methods()",
        ),
    )
    rule = collection.options.get("authRule", "")
    for act in _acts(collection):
        who = act.who
        if act.path.startswith("auth-with-") and rule != "":
            who = who_may(rule)
        yield Endpoint(
            title=act.title,
            method="POST",
            path=f"{path}/{act.path}",
            who=who,
            parameters=[*act.keys, *(SHOWN if act.answers_record else [])],
            body=act.body,
            examples=examples(
                curl=curl("POST", f"{root}/{act.path}", act.body or None, token=act.needs_token),
                js=f"await {sdk}.{act.js};",
                dart=f"await {sdk}.{act.dart};",
                python=f"{sdk}.{act.python}" if act.python else "",
            ),
        )


def _acts(collection: CollectionDef) -> Iterator[_Act]:
    yield from _WAYS_IN
    if collection.name != SUPERUSERS:
        yield from _ADDRESSES
    yield _IMPERSONATE
