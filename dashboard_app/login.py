"""Signing in: the same e-mail and password as at the API, and a code where that is asked for.

Between the two steps the session says whose password was right, and for how long that counts.
"""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from auth_app.backend import SuperuserBackend
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError

FIRST_FACTOR = "first_factor"  # in the session


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """A superuser gives an e-mail; an editor its e-mail or user name as it was given."""

    error_messages = {
        "invalid_login": "This e-mail and password do not belong to anyone who may come in.",
        "inactive": "This account is not active.",
        "code_sent": "A code is on its way to your e-mail address. Type it here.",
        "code_wrong": "This code is wrong, or it has run out.",
        "too_late": "That took too long. Begin again.",
    }

    otp = forms.CharField(
        label="Code",
        required=False,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autofocus": "",
                "class": " ".join(BASE_INPUT_CLASSES),
                "inputmode": "numeric",
            }
        ),
    )

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.attrs["autocomplete"] = "email"
        #: whether the page shall have the second step
        self.asks_code = "otp" in self.data
        if self.asks_code:
            for name in ("username", "password"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Find the user by a code, or by e-mail and password. Raise ``ValidationError``."""
        found = self._by_code() if self.asks_code else self._by_password()
        self.confirm_login_allowed(found)
        self.user_cache = found
        cleaned: dict[str, Any] = self.cleaned_data
        return cleaned

    def _by_password(self) -> Any:
        name, password = (self.cleaned_data.get(key) for key in ("username", "password"))
        if not name or not password:
            raise self.get_invalid_login_error()
        try:
            found = authenticate(
                self.request,
                username=name,
                password=password,
                on_first_factor=self._keep_first_factor,
            )
        except ApiError as error:  # no code could be made
            raise ValidationError(error.message) from error
        if found is None:
            raise self._error("code_sent") if self.asks_code else self.get_invalid_login_error()
        return found

    def _keep_first_factor(self, record: RecordModel, otp_id: str) -> None:
        until = time.time() + record.collection.options["mfa"]["duration"]
        kept = {"record": record.id, "key": record["tokenKey"], "otp": otp_id, "until": until}
        self.request.session[FIRST_FACTOR] = kept
        self.asks_code = True

    def _by_code(self) -> Any:
        kept = self.request.session.get(FIRST_FACTOR)
        if kept is None or kept["until"] < time.time():
            self.request.session.pop(FIRST_FACTOR, None)
            self.asks_code = False
            raise self._error("too_late")
        code = self.cleaned_data.get("otp", "").strip()
        backend = SuperuserBackend()
        found = backend.with_code(self.request, kept["record"], kept["key"], kept["otp"], code)
        if found is None:
            raise self._error("code_wrong")
        del self.request.session[FIRST_FACTOR]
        found.backend = f"{SuperuserBackend.__module__}.{SuperuserBackend.__qualname__}"
        return found

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)
