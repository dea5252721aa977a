"""Talking to providers: every call that allauth's classes and ours make, within a limit of time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

#: seconds for all calls of one sign-in together
BUDGET_S = 30.0
_LONGEST_ERROR = 500

#: what a provider's failure, or an answer that is not what it should be, ends in
FAILURES = (
    OAuth2Error,
    requests.RequestException,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)

_until: ContextVar[float] = ContextVar("until")


class ProviderRefused(OAuth2Error):
    """An answer of 400 and above."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        super().__init__(f"{response.url}: {self.status} {response.text[:_LONGEST_ERROR]}")


class Adapter(DefaultSocialAccountAdapter):
    """allauth's door to the world outside (the setting ``SOCIALACCOUNT_ADAPTER``)."""

    def get_requests_session(self) -> requests.Session:
        """Return a session that ends with the sign-in's time."""
        return _Session()


@contextmanager
def time_limit(seconds: float = BUDGET_S) -> Iterator[None]:
    """Let all calls inside take ``seconds`` together."""
    reset = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(reset)


def ask(method: str, url: str, **options: Any) -> Any:
    """Return the JSON that ``url`` answers. Raise one of ``FAILURES``."""
    with get_adapter().get_requests_session() as session:
        return session.request(method, url, **options).json()


class _Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        # without one, requests would put what a .netrc says in place of the user's token
        self.auth = lambda request: request

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        """Send one request. Raise ``ProviderRefused`` for a status of 400 and above."""
        left = _until.get() - time.monotonic()
        if left <= 0:
            raise requests.Timeout(f"{url}: no time left")
        response = super().request(method, url, *args, **{**options, "timeout": left})
        if response.status_code >= 400:
            raise ProviderRefused(response)
        return response
