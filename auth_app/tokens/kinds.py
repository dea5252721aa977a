"""The kinds of tokens, and which option of an auth collection holds each one's secret and life."""

from __future__ import annotations

import enum


class TokenKind(enum.StrEnum):
    """The ``type`` claim of a token."""

    AUTH = "auth"
    FILE = "file"
    VERIFICATION = "verification"
    PASSWORD_RESET = "passwordReset"  # noqa: S105 a name, not a password
    EMAIL_CHANGE = "emailChange"

    @property
    def option(self) -> str:
        """The collection option ``{"secret", "duration"}`` that this kind goes by."""
        return f"{self.value}Token"


#: the options that hold a secret, in the order the collection JSON shows them
TOKEN_OPTIONS = (
    TokenKind.AUTH.option,
    TokenKind.PASSWORD_RESET.option,
    TokenKind.EMAIL_CHANGE.option,
    TokenKind.VERIFICATION.option,
    TokenKind.FILE.option,
)
