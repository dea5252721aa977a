"""The options of a collection beside its fields and rules, as sections of a form.

A control is ``{path, kind, label, help}``; ``path`` leads to its value in the options' JSON. What
has no control here can be edited as JSON.
"""

from __future__ import annotations

from typing import Any

from auth_app.oauth2.providers import PROVIDERS
from collections_app.schema import soft_delete

Control = dict[str, Any]


def sections(type_name: str, *, is_system: bool) -> list[dict[str, Any]]:
    """Return ``{title, says, controls}`` for each group of options."""
    found = _sign_in() if type_name == "auth" else []
    if type_name != "view" and not is_system:
        found.append(_trash())
    return found


def _sign_in() -> list[dict[str, Any]]:
    return [
        _section(
            "Who may sign in",
            _control("authRule", "rule", "Sign-in rule", "Of the account that signs in."),
            _control(
                "manageRule",
                "rule",
                "Manage rule",
                "Who may change e-mail, password and "
                "verification of accounts without the old password.",
            ),
        ),
        _section(
            "Password",
            _control("passwordAuth.enabled", "flag", "Sign in with a password"),
            _control(
                "passwordAuth.identityFields",
                "lines",
                "Known by",
                "Fields with a unique index, one on each line, such as email.",
            ),
        ),
        _section(
            "OAuth2",
            _control("oauth2.enabled", "flag", "Sign in with OAuth2"),
            {
                **_control(
                    "oauth2.providers",
                    "providers",
                    "Providers",
                    "Register the redirect address below with each of them.",
                ),
                "known": [
                    {"name": name, "label": provider.name}
                    for name, provider in sorted(PROVIDERS.items())
                ],
            },
            *(
                _control(f"oauth2.mappedFields.{name}", "own field", f"{label} goes to")
                for name, label in (
                    ("id", "Id"),
                    ("name", "Name"),
                    ("username", "User name"),
                    ("avatarURL", "Picture"),
                )
            ),
        ),
        _section(
            "One-time password",
            _control("otp.enabled", "flag", "Sign in with a code from a mail"),
            _control("otp.duration", "whole", "Valid for", "Seconds."),
            _control("otp.length", "whole", "Length", "Digits."),
        ),
        _section(
            "Second factor",
            _control("mfa.enabled", "flag", "Ask for a second way to sign in"),
            _control("mfa.duration", "whole", "Time for it", "Seconds."),
            _control(
                "mfa.rule",
                "rule text",
                "Only from those for whom this is true",
                "Empty for everyone.",
            ),
        ),
        _section(
            "Tokens",
            *(
                _control(f"{name}.duration", "whole", label, "Valid for so many seconds.")
                for name, label in (
                    ("authToken", "Sign-in"),
                    ("passwordResetToken", "Password reset"),
                    ("verificationToken", "Verification"),
                    ("emailChangeToken", "Change of e-mail"),
                    ("fileToken", "Protected files"),
                )
            ),
            says="Void tokens, above, ends all of them.",
        ),
        _section(
            "Mails",
            _control("authAlert.enabled", "flag", "Tell of a sign-in from a new place"),
            *(
                control
                for path, label in (
                    ("verificationTemplate", "Verification"),
                    ("resetPasswordTemplate", "Password reset"),
                    ("confirmEmailChangeTemplate", "Change of e-mail"),
                    ("otp.emailTemplate", "One-time password"),
                    ("authAlert.emailTemplate", "New place"),
                )
                for control in (
                    _control(f"{path}.subject", "text", f"{label}: subject"),
                    _control(f"{path}.body", "mail", f"{label}: text"),
                )
            ),
            says="Replaced in both: {APP_NAME}, {APP_URL}, {TOKEN}, {OTP}, {ALERT_INFO}, "
            "{RECORD:field}.",
        ),
    ]


def _trash() -> dict[str, Any]:
    return _section(
        "Trash",
        _control(soft_delete.ON, "flag", "Keep deleted records", "They can be restored."),
        _control(soft_delete.RETENTION, "whole", "Days", "Deleted for good after; 0 for never."),
        _control(soft_delete.RULE, "rule", "Who sees the trash"),
    )


def _section(title: str, *controls: Control, says: str = "") -> dict[str, Any]:
    return {"title": title, "says": says, "controls": list(controls)}


def _control(path: str, kind: str, label: str, says: str = "") -> Control:
    return {"path": path.split("."), "kind": kind, "label": label, "help": says}
