"""Signing in: the same e-mail and password as at the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.forms import AuthenticationForm


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """A superuser gives an e-mail; an editor its e-mail or user name as it was given."""

    error_messages = {
        "invalid_login": "This e-mail and password do not belong to anyone who may come in.",
        "inactive": "This account is not active.",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.attrs["autocomplete"] = "email"
