"""The mails an auth collection starts with: ``{subject, body}`` with ``{PLACEHOLDERS}``.

They are answers of the API (scaffolds, new collections, exported schemas), so they are the
reference's to the byte. Bodies are fragments that ``mails`` puts into its layout.
"""

from __future__ import annotations

Template = dict[str, str]

_HELLO = "<p>Hello,</p>"
_BYE = "<p>\n  Thanks,<br/>\n  {APP_NAME} team\n</p>"


def _button(path: str, label: str) -> str:
    return (
        f'<p>\n  <a class="btn" href="{{APP_URL}}/_/#/auth/{path}/{{TOKEN}}" '
        f'target="_blank" rel="noopener">{label}</a>\n</p>'
    )


def _template(subject: str, *parts: str) -> Template:
    return {"subject": subject, "body": "\n".join((_HELLO, *parts, _BYE))}


VERIFICATION = _template(
    "Verify your {APP_NAME} email",
    "<p>Thank you for joining us at {APP_NAME}.</p>",
    "<p>Click on the button below to verify your email address.</p>",
    _button("confirm-verification", "Verify"),
    "<p><i>If you didn't recently register, please ignore this email.</i></p>",
)
PASSWORD_RESET = _template(
    "Reset your {APP_NAME} password",
    "<p>Click on the button below to reset your password.</p>",
    _button("confirm-password-reset", "Reset password"),
    "<p><i>If you didn't ask to reset your password, please ignore this email.</i></p>",
)
EMAIL_CHANGE = _template(
    "Confirm your {APP_NAME} new email address",
    "<p>Click on the button below to confirm your new email address.</p>",
    _button("confirm-email-change", "Confirm new email"),
    "<p><i>If you didn't ask to change your email address, please ignore this email.</i></p>",
)
OTP = _template(
    "OTP for {APP_NAME}",
    "<p>Your one-time password is: <strong>{OTP}</strong></p>",
    "<p><i>If you didn't ask for the one-time password, you can ignore this email.</i></p>",
)
AUTH_ALERT = _template(
    "Login from a new location",
    "<p>We noticed a login to your {APP_NAME} account from a new location:</p>",
    "<p><em>{ALERT_INFO}</em></p>",
    "<p><strong>If this wasn't you, you should immediately change your {APP_NAME} account "
    "password to revoke access from all other locations.</strong></p>",
    "<p>If this was you, you may disregard this email.</p>",
)
